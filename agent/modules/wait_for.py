"""Waits for a port, a file, a text in either, the end of one of them, or for a time."""

import errno
import math
import os
import re
import select
import socket
import time

from arguments import ModuleFailure, parse
from files import to_bytes, with_path_info

STATES = {'ESTABLISHED': '01', 'SYN_SENT': '02', 'SYN_RECV': '03', 'FIN_WAIT1': '04', 'FIN_WAIT2': '05',
          'TIME_WAIT': '06'}
SPEC = {
    'host': {'type': 'str', 'default': '127.0.0.1'}, 'timeout': {'type': 'int', 'default': 300},
    'connect_timeout': {'type': 'int', 'default': 5}, 'delay': {'type': 'int', 'default': 0},
    'port': {'type': 'int'},
    'active_connection_states': {
        'type': 'list', 'elements': 'str',
        'default': ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT']},
    'path': {'type': 'path'}, 'search_regex': {'type': 'str'},
    'state': {'type': 'str', 'default': 'started', 'choices': ['absent', 'drained', 'present', 'started', 'stopped']},
    'exclude_hosts': {'type': 'list', 'elements': 'str'}, 'sleep': {'type': 'int', 'default': 1},
    'msg': {'type': 'str'},
}


def run(args, context):
    """Return when the wait is over, with what the search found; fail when the time is."""
    params = parse('wait_for', SPEC, args, context)
    if context.check:
        return {'skipped': True, 'msg': 'remote module (wait_for) does not support check mode'}
    pattern = _compile(params)
    _refuse_contradictions(params)
    start = time.monotonic()
    if params['delay']:
        context.sleep(params['delay'])
    wait = Wait(params, pattern, start + params['timeout'])
    state = params['state']
    if not params['port'] and not params['path'] and state != 'drained':
        context.sleep(params['timeout'])
    elif not _poll(wait, context, state):
        raise ModuleFailure(params['msg'] or _timeout_text(params), elapsed=int(time.monotonic() - start))
    return with_path_info({
        'state': state, 'port': params['port'], 'search_regex': params['search_regex'], 'path': params['path'],
        'match_groups': wait.groups, 'match_groupdict': wait.groupdict, 'elapsed': int(time.monotonic() - start)})


def _compile(params):
    try:
        return params['search_regex'] and re.compile(to_bytes(params['search_regex']), re.MULTILINE)
    except re.error as error:
        raise ModuleFailure('Invalid regular expression: %s' % error)


def _refuse_contradictions(params):
    path, state = params['path'], params['state']
    text = None
    if params['port'] and path:
        text = 'port and path parameter can not both be passed to wait_for'
    elif path and state in ('stopped', 'drained'):
        text = 'state=%s should only be used for checking a port in the wait_for module' % state
    elif params['exclude_hosts'] is not None and state != 'drained':
        text = 'exclude_hosts should only be with state=drained'
    for name in params['active_connection_states']:
        if not text and name not in STATES:
            text = 'unknown active_connection_state (%s) defined' % name
    if text:
        raise ModuleFailure(text, elapsed=0)


def _poll(wait, context, state):
    """Try until it is so or the time is over; return whether it is so."""
    if state == 'drained':
        attempt = wait.is_drained
    elif state in ('absent', 'stopped'):
        attempt = wait.is_gone
    else:
        attempt = wait.is_there
    while time.monotonic() < wait.end:
        if attempt():
            return True
        context.sleep(wait.params['sleep'])
    return False


def _timeout_text(params):
    target = '%s:%s' % (params['host'], params['port'])
    path, search, state = params['path'], params['search_regex'], params['state']
    if state == 'drained':
        return 'Timeout when waiting for %s to drain' % target
    if state in ('absent', 'stopped'):
        return 'Timeout when waiting for ' + ('%s to stop.' % target if params['port'] else '%s to be absent.' % path)
    if search:
        return 'Timeout when waiting for search string %s in %s' % (search, target if params['port'] else path)
    return 'Timeout when waiting for ' + (target if params['port'] else 'file %s' % path)


class Wait:
    """One wait: what is looked for, until when, and what the search found."""

    def __init__(self, params, pattern, end):
        self.params = params
        self.end = end
        self.groups = ()
        self.groupdict = {}
        self._pattern = pattern
        self._start = time.monotonic()

    def is_gone(self):
        """Tell whether the file is absent, or nothing answers at the port."""
        if self.params['path']:
            return not os.access(to_bytes(self.params['path']), os.F_OK)
        try:
            _hang_up(self._connect(self.params['connect_timeout']))
        except Exception:
            return True
        return False

    def is_there(self):
        """Tell whether the file or port is there, and the text in it."""
        return self._is_file_there() if self.params['path'] else self._is_port_there()

    def _is_file_there(self):
        path = self.params['path']
        try:
            os.stat(to_bytes(path))
        except OSError as error:
            if error.errno == errno.ENOENT:
                return False
            raise ModuleFailure(self.params['msg'] or 'Failed to stat %s, %s' % (path, error.strerror),
                                elapsed=int(time.monotonic() - self._start))
        if not self._pattern:
            return True
        try:
            with open(to_bytes(path), 'rb') as file:
                found = self._pattern.search(_mapped(file))
        except OSError:
            return False
        if found:
            self.groupdict = dict((name, _text(value)) for name, value in found.groupdict().items())
            self.groups = tuple(_text(value) for value in found.groups())
        return bool(found)

    def _is_port_there(self):
        left = math.ceil(max(self.end - time.monotonic(), 0.001))
        try:
            connection = self._connect(min(self.params['connect_timeout'], left))
        except Exception:
            return False
        try:
            return not self._pattern or self._is_text_sent(connection)
        finally:
            _hang_up(connection)

    def _connect(self, seconds):
        return socket.create_connection((self.params['host'], self.params['port']), seconds)

    def _is_text_sent(self, connection):
        received = b''
        while time.monotonic() < self.end:
            if not select.select([connection], [], [], max(self.end - time.monotonic(), 0))[0]:
                continue
            piece = connection.recv(1024)
            if not piece:
                return False
            received += piece
            if self._pattern.search(received):
                return True
        return False

    def is_drained(self):
        """Tell whether no connection to the port is open, as the kernel's tables show them."""
        here = _addresses(self.params['host'])
        excluded = [address for host in self.params['exclude_hosts'] or () for address in _addresses(host)]
        here += [(socket.AF_INET, '0' * 8), (socket.AF_INET6, '0' * 32)]
        everywhere = (socket.AF_INET6, '0' * 16 + 'FFFF0000' + '0' * 8)
        port = '%04X' % self.params['port']
        states = [STATES[name] for name in self.params['active_connection_states']]
        for family, file in ((socket.AF_INET, '/proc/net/tcp'), (socket.AF_INET6, '/proc/net/tcp6')):
            for local, remote, state in _connections(file):
                address, local_port = local.split(':')
                if state not in states or local_port != port or (family, remote.split(':')[0]) in excluded:
                    continue
                is_mapped = address.startswith('0' * 16 + 'FFFF0000') and everywhere in here
                if (family, address) in here or is_mapped:
                    return False
        return True


def _mapped(file):
    import mmap
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _text(value):
    return value if value is None else value.decode('utf-8', 'surrogateescape')


def _hang_up(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        if error.errno != errno.ENOTCONN:
            raise
    connection.close()


def _connections(path):
    try:
        with open(path) as file:
            rows = [line.split() for line in file.read().splitlines()[1:]]
    except OSError:
        return []
    return [(row[1], row[2], row[3]) for row in rows]


def _addresses(host):
    """Return a host's addresses as the kernel prints them: words of four bytes in the machine's order."""
    found = []
    for family, _, _, _, place in socket.getaddrinfo(host, 80, 0, 0, socket.SOL_TCP):
        found.append((family, _kernel_form(family, place[0])))
        if family == socket.AF_INET:
            found.append((socket.AF_INET6, _kernel_form(socket.AF_INET6, '::ffff:' + place[0])))
    return found


def _kernel_form(family, address):
    data = socket.inet_pton(family, address)
    return ''.join('%08X' % int.from_bytes(data[at:at + 4], 'little') for at in range(0, len(data), 4))
