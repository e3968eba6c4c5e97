"""Frames between the agent and its host: `u32 header length, u32 blob length`, JSON header, blob."""

import collections
import json
import os
import select
import struct

_SIZES = struct.Struct('>II')
_READ_BYTES = 65536
# Because a host that sends ahead must not fill the target's memory while a long task runs.
QUEUED_BYTES_MAX = 64 * 1024 * 1024
# Because texts above it would make a header that the host has to hold twice to parse.
SPILL_BYTES = 262144


class Interrupted(BaseException):
    """Ends the request in hand; no `except Exception` of a module can swallow it."""

    def __init__(self, kind, message):
        BaseException.__init__(self, message)
        self.kind = kind
        self.message = message


class HostGone(BaseException):
    """Says that nobody reads any more; the agent ends."""


def encode(header, blob=b''):
    """Return the frame's bytes; what JSON does not know is sent as its text."""
    return pack(json.dumps(header, separators=(',', ':'), default=str).encode('ascii'), blob)


def pack(text, blob=b''):
    """Return the bytes of a frame whose header is JSON already."""
    return _SIZES.pack(len(text), len(blob)) + text + blob


class Decoder:
    """Cuts a byte stream into frames."""

    def __init__(self):
        self._buffer = bytearray()

    def feed(self, data):
        """Return the (header, blob) pairs that are complete with this data."""
        self._buffer += data
        frames, start = [], 0
        while len(self._buffer) - start >= 8:
            header_bytes, blob_bytes = _SIZES.unpack_from(self._buffer, start)
            middle = start + 8 + header_bytes
            end = middle + blob_bytes
            if len(self._buffer) < end:
                break
            header = json.loads(bytes(self._buffer[start + 8:middle]).decode('utf-8'))
            frames.append((header, bytes(self._buffer[middle:end])))
            start = end
        del self._buffer[:start]
        return frames


class Channel:
    """The two ends of a connection: queues what comes while a task runs, so that cancelling is seen at once."""

    def __init__(self, fd_in, fd_out):
        self.fd_in = fd_in
        self.fd_out = fd_out
        self.ended = False
        self._decoder = Decoder()
        self._queue = collections.deque()
        self._queued_bytes = 0
        self._data = collections.deque()
        self._current = None
        self._cancelled = set()
        self._is_busy = False
        self._late = None

    def fileno(self):
        """Return the descriptor to select on."""
        return self.fd_in

    def is_listening(self):
        """Tell whether more may be read: not after the end, and not when too much waits."""
        return not self.ended and self._queued_bytes < QUEUED_BYTES_MAX

    def begin(self, request_id):
        """Take data frames of this request from now on, and drop those of others."""
        self._current = request_id
        self._data.clear()

    def interrupt(self, interruption):
        """Raise now, from a signal, or after the frame in hand: half a frame would end the conversation."""
        if not self._is_busy:
            raise interruption
        self._late = interruption

    def _undisturbed(self, action, argument):
        self._is_busy = True
        try:
            action(argument)
        finally:
            self._is_busy = False
            late, self._late = self._late, None
        if late:
            raise late

    def pump(self):
        """Read what is there (waiting for something) and sort it into the queues."""
        select.select([self], [], [])
        self._undisturbed(self._take, None)

    def _take(self, _):
        data = os.read(self.fd_in, _READ_BYTES)
        if not data:
            self._end()
        for frame in self._decoder.feed(data):
            self._sort(frame)

    def _sort(self, frame):
        header, blob = frame
        if header['t'] == 'data':
            if header['id'] == self._current:
                self._data.append(frame)
        elif header['t'] == 'cancel':
            self._cancelled.add(header['id'])
        else:
            self._queue.append(frame)
            self._queued_bytes += len(blob)

    def take_over(self):
        """Return what was received and not used yet, for who serves the host instead."""
        return self._decoder, self._queue, self._queued_bytes

    def is_cancelled(self):
        """Tell whether the host no longer wants the request in hand."""
        return self._current in self._cancelled

    def raise_if_cancelled(self):
        """Raise Interrupted when the host no longer wants the request in hand."""
        if self.is_cancelled():
            raise Interrupted('timed-out', 'The task was cancelled')

    def listen(self, seconds):
        """Sleep, but wake up for the host: a cancelled wait must not go on."""
        self.raise_if_cancelled()
        if not self.is_listening():
            select.select([], [], [], seconds)
        elif select.select([self], [], [], seconds)[0]:
            self.pump()
        self.raise_if_cancelled()

    def next_request(self):
        """Return the next (header, blob), or None when the host went away."""
        while not self._queue:
            if self.ended:
                return None
            self.pump()
        frame = self._queue.popleft()
        self._queued_bytes -= len(frame[1])
        return frame

    def next_data(self):
        """Return the next data frame of the request in hand."""
        while not self._data:
            if self.ended:
                raise HostGone()
            self.raise_if_cancelled()
            self.pump()
        return self._data.popleft()

    def take_data(self):
        """Return the data frames that are there already."""
        frames = list(self._data)
        self._data.clear()
        return frames

    def send(self, header, blob=b''):
        """Write one frame."""
        self._undisturbed(self._write, encode(header, blob))

    def _write(self, data):
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self.fd_out, view):]
        except BrokenPipeError:
            self._end()
            raise HostGone()

    def _end(self):
        """Forget what is queued, unless the host asked for its end: after a lost host nothing more may start."""
        self.ended = True
        if not any(header['t'] == 'quit' for header, _ in self._queue):
            self._queue.clear()


def spill(channel, request_id, result):
    """Send the large texts of a result as data frames and return (the rest, [[key, bytes], ...])."""
    spilled = []
    for key, value in list(result.items()):
        if not isinstance(value, str) or len(value) * 4 < SPILL_BYTES:
            continue
        try:
            data = value.encode('utf-8', 'surrogateescape')
        except UnicodeEncodeError:
            continue
        if len(data) < SPILL_BYTES:
            continue
        if not spilled:
            result = dict(result)
        del result[key]
        spilled.append([key, len(data)])
        for start in range(0, len(data), SPILL_BYTES):
            channel.send({'t': 'data', 'id': request_id}, data[start:start + SPILL_BYTES])
    return result, spilled
