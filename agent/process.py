"""Runs a child process while listening to the host."""

import os
import selectors
import signal
import subprocess

_READ_BYTES = 65536
# Because a daemon that keeps the pipes open must not keep the task: how long silence lasts after the child's end.
_SILENCE_SECONDS = 0.2


def to_bytes(text):
    """Return what the system gets for a text: UTF-8 in any locale, as under `LANG=C` Python 3.6 would refuse it."""
    return text.encode('utf-8', 'surrogateescape')


def run(argv, channel=None, data=None, **options):
    """Return (return code, stdout bytes, stderr bytes) of a child process; OSError when it cannot be started.

    The child leads a process group of its own, which is killed when the request is interrupted.
    """
    child = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL if data is None else subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True, **options)
    return communicate(child, channel, data)


def communicate(child, channel, data=None):
    """Return (return code, stdout bytes, stderr bytes) of a started child, at whose end nothing of it is left."""
    try:
        return _communicate(child, channel, data)
    except BaseException:
        kill(child.pid)
        child.wait()
        raise
    finally:
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe and not pipe.closed:
                pipe.close()


def kill(pid):
    """End a process and its group."""
    for end in (os.killpg, os.kill):
        try:
            end(pid, signal.SIGKILL)
        except OSError:
            pass


def _communicate(child, channel, data):
    output = {child.stdout: [], child.stderr: []}
    with selectors.DefaultSelector() as selector:
        for pipe in output:
            selector.register(pipe, selectors.EVENT_READ)
        left = memoryview(data or b'')
        if child.stdin:
            os.set_blocking(child.stdin.fileno(), False)
            selector.register(child.stdin, selectors.EVENT_WRITE)
        while child.stdout in selector.get_map() or child.stderr in selector.get_map():
            events = _select(selector, channel)
            if not events and child.poll() is not None:
                break
            for key, _ in events:
                if key.fileobj is child.stdin:
                    left = _feed(selector, child.stdin, left)
                else:
                    _drain(selector, key.fileobj, output)
    child.wait()
    return child.returncode, b''.join(output[child.stdout]), b''.join(output[child.stderr])


def _select(selector, channel):
    """Return the child's events; what the host sends is read on the way."""
    if channel is None:
        return selector.select(_SILENCE_SECONDS)
    channel.raise_if_cancelled()
    watched = channel in selector.get_map()
    if channel.is_listening() != watched:
        if watched:
            selector.unregister(channel)
        else:
            selector.register(channel, selectors.EVENT_READ)
    events = selector.select(_SILENCE_SECONDS)
    if any(key.fileobj is channel for key, _ in events):
        channel.pump()
        return [event for event in events if event[0].fileobj is not channel] or _select(selector, channel)
    return events


def _feed(selector, pipe, left):
    try:
        left = left[os.write(pipe.fileno(), left[:_READ_BYTES]):]
    except BrokenPipeError:
        left = left[:0]
    if not left:
        selector.unregister(pipe)
        pipe.close()
    return left


def _drain(selector, pipe, output):
    piece = os.read(pipe.fileno(), _READ_BYTES)
    if piece:
        output[pipe].append(piece)
    else:
        selector.unregister(pipe)
