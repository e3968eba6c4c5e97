"""Facts of the process that asks: machine, Python, user, environment, time."""

import os
import pwd
import socket
import struct
import sys
import time
from importlib.machinery import BuiltinImporter, PathFinder


def platform(host, _facts):
    """Return names and architecture of the machine."""
    system, node, release, version, machine = host.uname
    full_name = socket.getfqdn()
    bits = str(struct.calcsize('P') * 8)
    facts = {
        'system': system, 'kernel': release, 'kernel_version': version, 'machine': machine, 'architecture': machine,
        'python_version': '%d.%d.%d%s' % (sys.version_info[:3] + (_pre_release(),)), 'fqdn': full_name,
        'domain': full_name.partition('.')[2], 'nodename': node, 'hostname': node.split('.')[0],
        'userspace_bits': bits}
    if machine == 'x86_64' or machine in ('i386', 'i486', 'i586', 'i686', 'i86pc'):
        facts['architecture'] = machine if machine == 'x86_64' else 'i386'
        facts['userspace_architecture'] = 'x86_64' if bits == '64' else 'i386'
    identity = host.text('/var/lib/dbus/machine-id') or host.text('/etc/machine-id')
    if identity:
        facts['machine_id'] = identity.splitlines()[0]
    return facts


def _pre_release():
    """Return `rc1`, `+` and the like, which `sys.version` has behind the numbers."""
    word = sys.version.split()[0]
    return word[len('%d.%d.%d' % sys.version_info[:3]):]


def python(_host, _facts):
    """Return the interpreter that runs the modules."""
    version = list(sys.version_info)
    return {'python': {
        'version': dict(zip(('major', 'minor', 'micro', 'releaselevel', 'serial'), version)),
        'version_info': version, 'executable': sys.executable, 'type': sys.implementation.name,
        # Without importing ssl, which takes longer than many other facts together.
        'has_sslcontext': any(finder.find_spec('_ssl') for finder in (BuiltinImporter, PathFinder))}}


def user(_host, _facts):
    """Return the user: by the name that the login gave, which may be another one than the process has."""
    names = (os.environ.get(name) for name in ('LOGNAME', 'USER', 'LNAME', 'USERNAME'))
    name = next((name for name in names if name), None) or pwd.getpwuid(os.getuid()).pw_name
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        entry = pwd.getpwuid(os.getuid())
    return {
        'user_id': name, 'user_uid': entry.pw_uid, 'user_gid': entry.pw_gid, 'user_gecos': entry.pw_gecos,
        'user_dir': entry.pw_dir, 'user_shell': entry.pw_shell, 'real_user_id': os.getuid(),
        'effective_user_id': os.geteuid(), 'real_group_id': os.getgid(), 'effective_group_id': os.getgid()}


def env(_host, _facts):
    """Return the environment."""
    return {'env': dict(os.environ)}


def loadavg(_host, _facts):
    """Return how busy the host is."""
    return {'loadavg': dict(zip(('1m', '5m', '15m'), os.getloadavg()))}


_TIME_FORMATS = {
    'year': '%Y', 'month': '%m', 'weekday': '%A', 'weekday_number': '%w', 'weeknumber': '%W', 'day': '%d',
    'hour': '%H', 'minute': '%M', 'second': '%S', 'date': '%Y-%m-%d', 'time': '%H:%M:%S',
    'iso8601_basic_short': '%Y%m%dT%H%M%S', 'tz': '%Z', 'tz_offset': '%z',
}


def date_time(_host, _facts):
    """Return the time: local, but for the two ISO forms that end in Z."""
    now = time.time()
    local = time.localtime(now)
    micro = '%06d' % (now % 1 * 1000000)
    facts = dict((name, time.strftime(form, local)) for name, form in _TIME_FORMATS.items())
    utc = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))
    facts.update(
        epoch=str(int(now)), epoch_int=str(int(now)), iso8601=utc + 'Z', iso8601_micro='%s.%sZ' % (utc, micro),
        iso8601_basic=facts['iso8601_basic_short'] + micro, tz_dst=time.tzname[1])
    return {'date_time': facts}
