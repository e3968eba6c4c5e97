"""Facts of the kernel: how it was started, and what it enforces."""

import os
import shlex

SELINUX = '/sys/fs/selinux'
SELINUX_SETTINGS = '/etc/selinux/config'
SELINUX_MODES = {'1': 'enforcing', '0': 'permissive'}
_LIBRARY_DIRECTORIES = ('/lib64', '/usr/lib64', '/lib', '/usr/lib', '/usr/local/lib')
# Because the root directory has the same inode wherever a file system of this kind begins.
_ROOT_INODES = {'btrfs': 256, 'xfs': 128}


def apparmor(host, _facts):
    """Say whether the kernel has AppArmor."""
    return {'apparmor': {'status': 'enabled' if host.exists('/sys/kernel/security/apparmor') else 'disabled'}}


def fips(host, _facts):
    """Say whether the kernel allows approved cryptography only."""
    return {'fips': host.text('/proc/sys/crypto/fips_enabled') == '1'}


def selinux(host, _facts):
    """Return SELinux's state and policy. Ansible finds it out through libselinux: without that it knows nothing."""
    if not _has_library(host):
        return {'selinux': {'status': 'Missing selinux Python library'}, 'selinux_python_present': False}
    if not _is_selinux_enabled(host):
        return {'selinux': {'status': 'disabled'}, 'selinux_python_present': True}
    settings = dict(line.partition('=')[::2] for line in host.lines(SELINUX_SETTINGS))
    version = host.text(SELINUX + '/policyvers')
    mode = settings.get('SELINUX', 'unknown').strip().lower()
    return {'selinux_python_present': True, 'selinux': {
        'status': 'enabled', 'policyvers': int(version) if version else 'unknown',
        'config_mode': mode if mode in ('enforcing', 'permissive', 'disabled') else 'unknown',
        'mode': SELINUX_MODES.get(host.text(SELINUX + '/enforce'), 'unknown'),
        'type': settings.get('SELINUXTYPE', 'targeted' if settings else 'unknown').strip()}}


def _is_selinux_enabled(host):
    """Say what libselinux says: a container that may only look at the kernel's interface has no SELinux."""
    if not host.exists(SELINUX + '/enforce') or not host.exists(SELINUX_SETTINGS):
        return False
    return not os.statvfs(host.path(SELINUX)).f_flag & os.ST_RDONLY


def _has_library(host):
    try:
        with open(host.path('/etc/ld.so.cache'), 'rb') as cache:
            return b'libselinux.so.1\0' in cache.read()
    except OSError:
        return any(host.exists(place + '/libselinux.so.1') for place in _LIBRARY_DIRECTORIES)


def chroot(host, _facts):
    """Say whether `/` is another directory than the first process has."""
    if os.environ.get('debian_chroot'):
        return {'is_chroot': True}
    own = os.stat(host.path('/'))
    try:
        first = os.stat(host.path('/proc/1/root/.'))
    except OSError:
        kinds = [line.split()[2] for line in host.lines('/proc/mounts') if line.split()[1:2] == ['/']]
        return {'is_chroot': own.st_ino != _ROOT_INODES.get(kinds[-1] if kinds else '', 2)}
    return {'is_chroot': (own.st_ino, own.st_dev) != (first.st_ino, first.st_dev)}


def caps(host, _facts):
    """Return the capabilities in capsh's words, which differ from one libcap to the next."""
    unknown = {'system_capabilities': 'N/A', 'system_capabilities_enforced': 'N/A'}
    program = host.program('capsh')
    if program is None:
        return unknown
    code, out, _ = host.run(program, '--print')
    if code != 0:
        return unknown
    for line in out.splitlines():
        if line.startswith('Current:'):
            text = line.partition(':')[2]
            if text.strip() == '=ep':
                break
            return {'system_capabilities_enforced': 'True',
                    'system_capabilities': [word.strip() for word in text.split('=')[1].split(',')]}
    return {'system_capabilities_enforced': 'False', 'system_capabilities': []}


def cmdline(host, _facts):
    """Return what the kernel was started with: the last value of each name, and all values."""
    text = host.text('/proc/cmdline')
    if not text:
        return {}
    try:
        words = [word.partition('=') for word in shlex.split(text, posix=False)]
    except ValueError:
        return {'cmdline': {}, 'proc_cmdline': {}}
    last, every = {}, {}
    for name, separator, value in words:
        last[name] = value if separator else True
        if not separator or name not in every:
            every[name] = last[name]
        elif isinstance(every[name], list):
            every[name].append(value)
        else:
            every[name] = [every[name], value]
    return {'cmdline': last, 'proc_cmdline': every}
