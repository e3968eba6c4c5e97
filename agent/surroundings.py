"""Keeps what modules see of the process and the system as a fresh login would find it."""

import os
import time

ENVIRONMENT_FILE = '/etc/environment'
ACCOUNT_FILES = ('/etc/group', '/etc/passwd')


def prepare():
    """Start where modules can work: in a directory that may be read, with a locale that exists."""
    try:
        os.listdir('.')
    except OSError:
        _go_home()
    import _locale
    try:
        _locale.setlocale(_locale.LC_ALL, '')
    except _locale.Error:
        for name in ('LANG', 'LC_ALL', 'LC_MESSAGES'):
            os.environ[name] = 'C.UTF-8'


def _go_home():
    for place in (os.environ.get('HOME', '/'), '/tmp', '/'):
        try:
            os.chdir(place)
            return
        except OSError:
            pass


class Surroundings:
    """Working directory, umask and environment of one request, and what tasks changed under the agent's feet."""

    def __init__(self):
        self._cwd = os.open('.', os.O_RDONLY | os.O_CLOEXEC)
        self._umask = os.umask(0o022)
        os.umask(self._umask)
        self._environment = dict(os.environ)
        self._environment_stamp = _stamp(ENVIRONMENT_FILE)
        self._login_variables = read_environment_file(ENVIRONMENT_FILE)
        self._account_stamps = [_stamp(path) for path in ACCOUNT_FILES]

    def enter(self, environment):
        """Apply a request's variables; `leave` takes them back."""
        os.environb.update((_bytes(name), _bytes(value)) for name, value in environment.items())

    def leave(self):
        """Put working directory, umask and environment back to what they were."""
        os.fchdir(self._cwd)
        os.umask(self._umask)
        if dict(os.environ) != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)

    def refresh(self):
        """Take up changes of /etc/environment, of the time zone and of accounts; return whether accounts changed."""
        time.tzset()
        stamp = _stamp(ENVIRONMENT_FILE)
        if stamp != self._environment_stamp:
            self._environment_stamp = stamp
            self._take_variables(read_environment_file(ENVIRONMENT_FILE))
        stamps = [_stamp(path) for path in ACCOUNT_FILES]
        if stamps == self._account_stamps:
            return False
        self._account_stamps = stamps
        _take_groups()
        return True

    def _take_variables(self, variables):
        for name, value in self._login_variables.items():
            if name not in variables and os.environ.get(name) == value:
                del os.environ[name]
        for name, value in variables.items():
            if self._login_variables.get(name) != value:
                os.environ[name] = value
        self._login_variables = variables
        self._environment = dict(os.environ)


def _take_groups():
    """Give root its new groups, as a new connection would; others cannot change theirs."""
    if os.getuid() != 0:
        return
    import pwd
    try:
        user = pwd.getpwuid(0)
        os.initgroups(user.pw_name, user.pw_gid)
    except (KeyError, OSError):
        pass


def _bytes(text):
    return str(text).encode('utf-8', 'surrogateescape')


def _stamp(path):
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def read_environment_file(path):
    """Return the variables that a login gets from the file: `NAME=value`, quotes and `export` allowed."""
    variables = {}
    try:
        with open(path, errors='surrogateescape') as file:
            lines = file.read().splitlines()
    except OSError:
        return variables
    for line in lines:
        name, separator, value = line.strip().partition('=')
        if name.startswith('export '):
            name = name[7:].strip()
        if not separator or not name or name.startswith('#'):
            continue
        value = value.partition('#')[0].strip() if value[:1] not in '\'"' else value
        if len(value) > 1 and value[0] == value[-1] and value[0] in '\'"':
            value = value[1:-1]
        variables[name] = value
    return variables
