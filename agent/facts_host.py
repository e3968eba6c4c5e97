"""What the fact gatherers may ask of a host: files, programs and their output."""

import os
import subprocess

import process

# Because administrators' programs are not on every user's PATH.
ADMIN_DIRECTORIES = ('/sbin', '/usr/sbin', '/usr/local/sbin')
_READ_BYTES = 1 << 20


class Host:
    """One gathering: its options, and what was started for it and not yet asked for."""

    def __init__(self, context, params, root=''):
        self.root = root
        self.uname = os.uname()
        self.timeout = params.get('gather_timeout') or 10
        self.fact_path = params.get('fact_path')
        self.warn = context.warn
        self._channel = context.channel
        self._started = {}

    def path(self, path):
        """Return where a path of the host is found; tests keep hosts in directories."""
        return self.root + path

    def text(self, path, default=None):
        """Return a file's text without the blanks around it; the default when it is empty or cannot be read."""
        try:
            data = self._bytes(path).decode('utf-8').strip()
        except (OSError, UnicodeDecodeError):
            return default
        return data or default

    def lines(self, path):
        """Return a file's lines; none when it cannot be read."""
        return self.text(path, '').splitlines()

    def _bytes(self, path):
        # Not to wait: some files of /proc and /sys block their reader.
        descriptor = os.open(self.path(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            pieces = [os.read(descriptor, _READ_BYTES)]
            while pieces[-1]:
                pieces.append(os.read(descriptor, _READ_BYTES))
            return b''.join(pieces)
        finally:
            os.close(descriptor)

    def exists(self, path):
        """Say whether a path, links followed, is there."""
        return os.path.exists(self.path(path))

    def names(self, path):
        """Return what is in a directory, in the order of the file system; nothing when it cannot be read."""
        try:
            return os.listdir(self.path(path))
        except OSError:
            return []

    def link(self, path):
        """Return a link's target; None when it is no link."""
        try:
            return os.readlink(self.path(path))
        except OSError:
            return None

    def program(self, name, more=()):
        """Return the path of an executable; None when it is not installed."""
        places = list(more) + os.environ.get('PATH', '').split(':')
        for place in places + [place for place in ADMIN_DIRECTORIES if place not in places]:
            path = self.path('%s/%s' % (place, name))
            if place and os.path.isfile(path) and os.access(path, os.X_OK):
                return path
        return None

    def start(self, name, *arguments):
        """Start a program whose output will be asked for later, so that others need not wait for it."""
        path = self.program(name)
        if path is None:
            return
        argv = (path,) + arguments
        try:
            self._started[argv] = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        except OSError:
            # Whoever asks for the output will get the error.
            pass

    def run(self, path, *arguments, **variables):
        """Return (return code, output, messages) of a program; OSError when it cannot be started."""
        argv = (path,) + arguments
        child = self._started.pop(argv, None)
        if child:
            code, out, err = process.communicate(child, self._channel)
        else:
            code, out, err = process.run(argv, self._channel, env=dict(os.environ, **variables))
        return code, out.decode('utf-8', 'replace'), err.decode('utf-8', 'replace')

    def output(self, name, *arguments):
        """Return what a program prints, in English; None when it is not installed, cannot be started or fails."""
        path = self.program(name)
        if path is None:
            return None
        try:
            code, out, _ = self.run(path, *arguments, LC_ALL='C', LANG='C')
        except OSError:
            return None
        return out if code == 0 else None

    def close(self):
        """End what nobody asked for."""
        for child in self._started.values():
            process.kill(child.pid)
            child.wait()
            child.stdout.close()
            child.stderr.close()
