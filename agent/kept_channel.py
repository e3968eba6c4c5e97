"""A channel that loses its connection and is given another one."""

import os
import select
import socket
import struct
import time

import frames
from memory import Memory

_READ_BYTES = 65536
# The request in hand when its connection is gone: requests count from one.
_ORPHAN = 0


def is_own(connection):
    """Tell whether the same user is at the other end: anybody can find a name of Linux's abstract ones."""
    size = struct.calcsize('3i')
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return struct.unpack('3i', credentials)[1] == os.geteuid()


class _Visitor:
    """A connection that has not taken the agent over yet."""

    def __init__(self, connection):
        self.connection = connection
        self.decoder = frames.Decoder()
        self.holder = None


class KeptChannel(frames.Channel):
    """A channel that may lose its connection and be given another one; what is selected on stays the same.

    Who takes over wins at once, even over a connection that looks alive: what the one before sends is not read any
    more, and what is meant for it is not written. Who was taken over from cannot come back.
    """

    def __init__(self, first, listener, wish, identity):
        frames.Channel.__init__(self, first.fd_in, first.fd_out)
        self.memory = Memory()
        self._decoder, self._queue, self._queued_bytes = first.take_over()
        self._wish = wish
        self._identity = identity
        self._listener = listener
        self._events = select.epoll()
        self._visitors = {}
        self._holder = wish['holder']
        self._fence = 0
        self._fenced = set()
        self._turn = 0
        self._is_connected = True
        self._is_read = False
        self._is_writing = False
        self._since = 0
        self._key = None
        self._record = None
        self._lacks_content = False
        self._is_abandoned = False
        self._events.register(listener, select.EPOLLIN)
        for descriptor in (self.fd_in, self.fd_out):
            os.set_blocking(descriptor, False)
        self._read_or_not()

    def kept(self, is_new, is_fenced=False):
        """Return what is said to who connects."""
        said = dict(self._identity, isNew=is_new, inHand=self._key, known=len(self.memory))
        return dict(said, fenced=True) if is_fenced else said

    def close(self):
        """Be found no more, and end the connection."""
        self._listener.close()
        self._lose()
        for visitor in list(self._visitors.values()):
            self._dismiss(visitor)

    # The request in hand

    def begin_keyed(self, request_id, key):
        """Begin a request; data that it sends is recorded when it has a key."""
        self.begin(request_id)
        self._key = key
        self._record = [] if key else None
        self._lacks_content = self._is_abandoned = False

    def finish(self):
        """End the request in hand; return the data it sent, whether it lacked content, and whether its host is gone."""
        ended = self._record or [], self._is_abandoned, self._current == _ORPHAN
        self._cancelled.discard(self._current)
        self.begin(None)
        self._key = self._record = None
        self._since = time.monotonic()
        return ended

    def _orphan(self):
        """Let the request in hand belong to nobody; without the rest of its content it cannot go on."""
        is_cancelled = self.is_cancelled()
        self._cancelled.clear()
        if self._current is None:
            return
        if self._lacks_content and not self._is_abandoned:
            self._is_abandoned = is_cancelled = True
        self._current = _ORPHAN
        if is_cancelled:
            self._cancelled.add(_ORPHAN)

    # Reading

    def fileno(self):
        """Return the descriptor to select on: it stands for the connection and for who asks for the agent."""
        return self._events.fileno()

    def is_listening(self):
        """Tell whether more may be read: who asks for the agent is always heard."""
        return True

    def next_request(self):
        """Return the next (header, blob), or None when nobody came back in time."""
        while not self._queue or self._has_no_room(self._queue[0][0]):
            left = None
            if not self._is_connected:
                left = self._since + self._patience() - time.monotonic()
                if left <= 0:
                    return None
            if select.select([self], [], [], left)[0]:
                self.pump()
        header, blob = self._queue.popleft()
        self._queued_bytes -= len(blob)
        self._read_or_not()
        return header, blob

    def next_data(self):
        """Return the next data frame of the request in hand."""
        while not self._data:
            self.raise_if_cancelled()
            self.pump()
        return self._data.popleft()

    def _has_no_room(self, header):
        """Tell whether a request has to wait until answers are stored."""
        return self.memory.is_full() and header['t'] == 'run' and self.memory.get(header.get('key')) is None

    def _patience(self):
        return self._wish['busySeconds' if len(self.memory) else 'idleSeconds']

    def _take(self, _):
        """Handle one event: handling it may make another one meaningless."""
        for descriptor, _ in self._events.poll(0, 1):
            if descriptor == self._listener.fileno():
                self._admit()
            elif descriptor in self._visitors:
                self._hear(self._visitors[descriptor])
            else:
                self._read()

    def _read(self):
        data = _read(self.fd_in)
        if data:
            self._sort_all(self._decoder.feed(data))
        elif data is not None:
            self._lose()

    def _sort_all(self, received):
        turn = self._turn
        for frame in received:
            if self._turn == turn:
                self._sort(frame)
        self._read_or_not()

    def _sort(self, frame):
        header = frame[0]
        kind = header['t']
        if kind == 'take':
            self._fence = max(self._fence, header['fence'])
        elif kind == 'forget':
            self.memory.forget(header['keys'])
        elif kind == 'detach':
            self._say_goodbye()
            self._lose()
        elif kind == 'cancel':
            self._cancelled.add(self._current if self._is_in_hand(header['id']) else header['id'])
        else:
            if kind == 'data' and header['id'] == self._current and header.get('end'):
                self._lacks_content = False
            frames.Channel._sort(self, frame)

    def _is_in_hand(self, request_id):
        """Tell whether the request stands for the one in hand, which came from another connection."""
        return bool(self._key) and any(
            header['t'] == 'run' and header['id'] == request_id and header.get('key') == self._key
            for header, _ in self._queue)

    def _read_or_not(self):
        """Read from the connection as long as there is room for more."""
        wanted = self._is_connected and self._queued_bytes < frames.QUEUED_BYTES_MAX
        if wanted != self._is_read:
            self._is_read = wanted
            if wanted:
                self._events.register(self.fd_in, select.EPOLLIN)
            else:
                self._events.unregister(self.fd_in)

    # Writing

    def send(self, header, blob=b''):
        """Write one frame, or record it for the answer, or drop it when the one who asked is gone."""
        kind = header['t']
        if kind == 'data' and self._record is not None:
            self._record.append(blob)
            return
        if kind == 'need':
            self._lacks_content = True
        if self._current != _ORPHAN and self._is_connected:
            frames.Channel.send(self, header, blob)
        elif self._lacks_content:
            self._is_abandoned = True
            self._cancelled.add(self._current)

    def deliver(self, request_id, epoch, answer):
        """Write an answer, and the data before it, to the connection that its request came from."""
        head = ('{"id":%d,"epoch":%d,' % (request_id, epoch)).encode('ascii')
        written = [frames.encode({'t': 'data', 'id': request_id}, piece) for piece in answer.blobs]
        turn = self._turn
        for data in written + [frames.pack(head + answer.text[1:])]:
            if self._is_connected and self._turn == turn:
                self._undisturbed(self._write, data)

    def _write(self, data):
        """Write for as long as the connection is this one; who asks for the agent is heard meanwhile."""
        turn, view = self._turn, memoryview(data)
        self._is_writing = True
        while view and self._turn == turn:
            try:
                view = view[os.write(self.fd_out, view):]
            except BlockingIOError:
                if select.select([self], [self.fd_out], [])[0]:
                    self._take(None)
            except OSError:
                self._lose()
        self._is_writing = False

    # Connections

    def _admit(self):
        try:
            connection, _ = self._listener.accept()
            if not is_own(connection):
                connection.close()
                return
        except OSError:
            return
        connection.setblocking(False)
        self._visitors[connection.fileno()] = _Visitor(connection)
        self._events.register(connection, select.EPOLLIN)

    def _hear(self, visitor):
        data = _read(visitor.connection.fileno())
        if data is None:
            return
        received = visitor.decoder.feed(data)
        while received and visitor.connection.fileno() in self._visitors:
            header = received.pop(0)[0]
            if header['t'] == 'keep':
                self._greet(visitor, header)
            elif header['t'] == 'take' and self._may_take(visitor, header['fence']):
                self._change_to(visitor, received)
                return
            else:
                data = b''
        if not data:
            self._dismiss(visitor)

    def _greet(self, visitor, wish):
        visitor.holder = wish['holder']
        self._since = time.monotonic()
        try:
            visitor.connection.send(frames.encode(self.kept(False, visitor.holder in self._fenced)))
        except OSError:
            pass

    def _may_take(self, visitor, fence):
        """Tell whether nobody who knows more has held the agent; who may not finds out when it comes again."""
        if fence < self._fence:
            self._fenced.add(visitor.holder)
        self._fence = max(self._fence, fence)
        return visitor.holder not in self._fenced

    def _dismiss(self, visitor):
        if self._visitors.pop(visitor.connection.fileno(), None):
            self._events.unregister(visitor.connection)
            visitor.connection.close()

    def _change_to(self, visitor, received):
        """Serve the visitor from now on, and nobody else."""
        self._say_goodbye()
        self._lose()
        if visitor.holder != self._holder:
            self._fenced.add(self._holder)
            self._holder = visitor.holder
        del self._visitors[visitor.connection.fileno()]
        self._events.unregister(visitor.connection)
        self._decoder = visitor.decoder
        self._queue.clear()
        self._queued_bytes = 0
        self._queue.append(({'t': 'taken'}, b''))
        self.fd_in = visitor.connection.detach()
        self.fd_out = os.dup(self.fd_in)
        self._is_connected = True
        self._sort_all(received)

    def _say_goodbye(self):
        """Say that nothing follows, without waiting: a shell around the agent may hold the channel open."""
        if self._is_connected and not self._is_writing:
            try:
                os.write(self.fd_out, frames.encode({'t': 'left'}))
            except OSError:
                pass

    def _lose(self):
        """Forget the connection: the request in hand goes on, none of those behind it starts."""
        if not self._is_connected:
            return
        self._is_connected = False
        self._turn += 1
        self._read_or_not()
        for descriptor in (self.fd_in, self.fd_out):
            os.close(descriptor)
        _silence()
        self._end()
        self.ended = False
        self._queued_bytes = sum(len(blob) for _, blob in self._queue)
        self._orphan()
        self._since = time.monotonic()


def _silence():
    """Let go of the pipes that standard output and error may be: nobody reads them any more."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)


def _read(descriptor):
    """Return what is there: nothing at the end, None when there is nothing yet."""
    try:
        return os.read(descriptor, _READ_BYTES)
    except BlockingIOError:
        return None
    except OSError:
        return b''
