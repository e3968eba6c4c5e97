"""Makes this process a way to another agent: bytes go through it, both ways, until one of its ends closes."""

import os
import select

import frames

_READ_BYTES = 65536


def relay(other, channel, wish):
    """Introduce the host to the other agent and pass everything on; False when that agent had just ended."""
    received = channel.take_over()
    try:
        other.sendall(frames.encode(wish) + b''.join(frames.encode(*frame) for frame in received[1]))
    except OSError:
        return False
    if other not in select.select([other, channel], [], [])[0]:
        return True
    try:
        first = other.recv(_READ_BYTES)
    except OSError:
        first = b''
    if not first:
        return False
    towards, back = _Way(channel.fd_in, other.fileno(), b''), _Way(other.fileno(), channel.fd_out, first)
    try:
        while True:
            _pass_on((towards, back))
    except (EOFError, OSError):
        return True


class _Way:
    """One direction: it reads only when all that was read before is written, so that neither end can block the other."""

    def __init__(self, source, target, data):
        self.source = source
        self.target = target
        self.data = data
        os.set_blocking(source, False)
        os.set_blocking(target, False)


def _pass_on(ways):
    readable, writable, _ = select.select(
        [way.source for way in ways if not way.data], [way.target for way in ways if way.data], [])
    for way in ways:
        try:
            if way.data and way.target in writable:
                way.data = way.data[os.write(way.target, way.data):]
            elif not way.data and way.source in readable:
                way.data = os.read(way.source, _READ_BYTES)
                if not way.data:
                    raise EOFError()
        except BlockingIOError:
            pass
