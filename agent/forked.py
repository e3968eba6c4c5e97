"""A child that is a fork of the agent, with captured output."""

import os
import random
import signal
import sys


class Forked:
    """A forked child with captured output; waited for like one of `subprocess`."""

    stdin = None
    returncode = None

    def __init__(self, body):
        out, err = os.pipe(), os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _run_in_child(body, out[1], err[1])
        os.close(out[1])
        os.close(err[1])
        self.stdout, self.stderr = os.fdopen(out[0], 'rb', 0), os.fdopen(err[0], 'rb', 0)

    def poll(self):
        """Return the exit status, or None while the child runs."""
        return self._wait(os.WNOHANG)

    def wait(self):
        """Wait for the child's end and return its exit status."""
        return self._wait(0)

    def _wait(self, options):
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        return self.returncode


def _run_in_child(body, out, err):
    """Be the child: nothing of the agent's connection stays open, and nothing returns from here."""
    status = 1
    try:
        os.setsid()
        for number in (signal.SIGALRM, signal.SIGHUP):
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        os.dup2(out, 1)
        os.dup2(err, 2)
        for descriptor in open_descriptors():
            try:
                os.close(descriptor)
            except OSError:
                pass
        random.seed()
        status = body()
    except BaseException:
        import traceback
        traceback.print_exc()
    finally:
        try:
            sys.stderr.flush()
        finally:
            os._exit(status & 0xff)


def open_descriptors():
    """Return the open descriptors above the standard ones."""
    try:
        return [int(name) for name in os.listdir('/proc/self/fd') if int(name) > 2]
    except OSError:
        return range(3, 1024)
