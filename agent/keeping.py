"""Lets the agent outlive its connection: it goes on, remembers its answers, and is found again under a name."""

import errno
import json
import os
import signal
import socket
import time

from kept_channel import KeptChannel, is_own
from main import is_failure
from memory import Answer
from relay import relay

# Because the name may be taken and freed between a look and the next: how often and how quickly to look again.
_MEETINGS_MAX = 500
_MEETING_SECONDS = 0.02


def serve(agent, wish):
    """Serve under the wished name: as its first agent, or as the way to the one that has it."""
    place = '\0sortie-%d-%s' % (os.geteuid(), wish['name'])
    while True:
        try:
            listener, other = _meet(place)
        except (AttributeError, OSError):
            agent.channel.send(dict(_identity(), isNew=True, lasting=False))
            agent.serve()
            return
        if not other:
            break
        if relay(other, agent.channel, wish):
            return
    signal.signal(signal.SIGHUP, _ignore)
    channel = KeptChannel(agent.channel, listener, wish, _identity())
    agent.channel = agent.runner.channel = channel
    try:
        channel.send(channel.kept(True))
        _serve(agent, channel)
    finally:
        channel.close()


def _ignore(_signal, _frame):
    """Go on: unlike a signal that is ignored, one that is handled is not passed on to commands."""


def _meet(place):
    """Return a listener under the name and None, or None and a connection to the agent that has it."""
    for _ in range(_MEETINGS_MAX):
        other = socket.socket(socket.AF_UNIX)
        try:
            other.connect(place)
            if not is_own(other):
                raise PermissionError()
            return None, other
        except (ConnectionRefusedError, ConnectionResetError):
            other.close()
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(place)
            listener.listen(8)
            listener.setblocking(False)
            return listener, None
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
        time.sleep(_MEETING_SECONDS)
    raise OSError()


def _identity():
    return {'t': 'kept', 'agent': os.urandom(8).hex(), 'inHand': None, 'known': 0, 'epoch': 0, 'lasting': True}


def _serve(agent, channel):
    """Answer requests until the host asks for the end, or nobody comes back in time."""
    while True:
        frame = channel.next_request()
        if frame is None or frame[0]['t'] == 'quit':
            return
        header, blob = frame
        if header['t'] == 'taken':
            agent.epoch = 0
            agent.failed_groups.clear()
        elif header['t'] == 'load':
            agent.runner.load(header, blob)
        elif header['t'] == 'run' and header['epoch'] >= agent.epoch:
            _run(agent, channel, header, blob)


def _run(agent, channel, request, blob):
    """Answer a request: from memory what was done before, in the order and with the meaning of a first time."""
    answer = channel.memory.get(request.get('key'))
    if answer is None:
        answer = _execute(agent, channel, request, blob)
    if answer is not None:
        channel.deliver(request['id'], agent.count(request, answer.has_failed), answer)


def _execute(agent, channel, request, blob):
    """Return the answer, remembered when it has a key; None when the connection went away meanwhile."""
    key = request.get('key')
    channel.begin_keyed(request['id'], key)
    answer = agent.runner.run(request, blob)
    blobs, is_abandoned, is_orphan = channel.finish()
    if is_abandoned:
        return None
    for name in ('id', 'epoch'):
        answer.pop(name, None)
    text = json.dumps(answer, separators=(',', ':'), default=str).encode('ascii')
    done = Answer(is_failure(answer), text, blobs)
    if key:
        channel.memory.add(key, done)
    return None if is_orphan else done
