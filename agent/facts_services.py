"""Facts of what manages the host: LSB data, package manager, service manager."""

import os

# Where each package manager is found; the last one that is there counts.
PACKAGE_MANAGERS = (
    ('/usr/bin/rpm-ostree', 'atomic_container'), ('/usr/bin/yum', 'yum'), ('/usr/bin/dnf', 'dnf'),
    ('/usr/bin/apt-get', 'apt'), ('/usr/bin/zypper', 'zypper'), ('/usr/sbin/urpmi', 'urpmi'),
    ('/usr/bin/pacman', 'pacman'), ('/bin/opkg', 'opkg'), ('/usr/pkg/bin/pkgin', 'pkgin'),
    ('/opt/local/bin/pkgin', 'pkgin'), ('/opt/tools/bin/pkgin', 'pkgin'), ('/opt/local/bin/port', 'macports'),
    ('/usr/local/bin/brew', 'homebrew'), ('/opt/homebrew/bin/brew', 'homebrew'), ('/sbin/apk', 'apk'),
    ('/usr/sbin/pkg', 'pkgng'), ('/usr/sbin/swlist', 'swdepot'), ('/usr/bin/emerge', 'portage'),
    ('/usr/sbin/pkgadd', 'svr4pkg'), ('/usr/bin/pkg', 'pkg5'), ('/usr/bin/xbps-install', 'xbps'),
    ('/usr/local/sbin/pkg', 'pkgng'), ('/usr/bin/swupd', 'swupd'), ('/usr/sbin/sorcery', 'sorcery'),
    ('/usr/bin/installp', 'installp'), ('/QOpenSys/pkgs/bin/yum', 'yum'),
)
# The first major version that has dnf: before it was yum.
DNF_SINCE = {'Fedora': 23, 'Amazon': 2022}
DNF_SINCE_ELSEWHERE = 8
# How the first process of some service managers is called; others are named like their process.
FIRST_PROCESSES = {'procd': 'openwrt_init', 'runit-init': 'runit', 'svscan': 'svc', 'openrc-init': 'openrc'}
SYSTEMD_SIGNS = ('/run/systemd/system/', '/dev/.run/systemd/', '/dev/.systemd/')
LSB_QUOTES = '\'"\\'
LSB_FIELDS = {'Distributor ID': 'id', 'Description': 'description', 'Release': 'release', 'Codename': 'codename',
              'LSB Version': 'release'}
LSB_FILE_FIELDS = {'DISTRIB_ID': 'id', 'DISTRIB_DESCRIPTION': 'description', 'DISTRIB_RELEASE': 'release',
                   'DISTRIB_CODENAME': 'codename'}


def lsb(host, _facts):
    """Return what lsb_release, or else /etc/lsb-release, says of the distribution."""
    program = host.program('lsb_release')
    code, out, _ = host.run(program, '-a') if program else (None, '', '')
    found = _fields(out.splitlines() if code == 0 else (), ':', LSB_FIELDS)
    found = found or _fields(host.lines('/etc/lsb-release'), '=', LSB_FILE_FIELDS)
    if 'release' in found:
        found['major_release'] = found['release'].split('.')[0]
    return {'lsb': dict((name, value.strip(LSB_QUOTES)) for name, value in found.items())}


def _fields(lines, separator, names):
    parts = (line.partition(separator) for line in lines)
    return dict((names[name.strip()], value.strip()) for name, _, value in parts if name.strip() in names)


def pkg_mgr(host, facts):
    """Return the package manager: what the distribution stands by, else the last one found."""
    family = facts['ansible_os_family']
    # On ALT Linux /usr/bin/pkg is no package manager.
    found = [name for path, name in PACKAGE_MANAGERS
             if host.exists(path) and not (family == 'Altlinux' and path == '/usr/bin/pkg')]
    name = found[-1] if found else 'unknown'
    if family == 'RedHat':
        name = _red_hat(host, facts, name, found)
    elif family == 'Debian':
        name = 'apt'
    elif family == 'Altlinux' and name == 'apt':
        name = 'apt_rpm'
    if name == 'apt' and _is_apt_of_rpm(host):
        name = 'apt_rpm'
    return {'pkg_mgr': name}


def _red_hat(host, facts, name, found):
    if host.exists('/run/ostree-booted'):
        return 'atomic_container'
    distribution, major = facts['ansible_distribution'], facts['ansible_distribution_major_version']
    if distribution not in DNF_SINCE:
        return 'yum' if int(major) < DNF_SINCE_ELSEWHERE else 'dnf'
    if not major.isdigit():
        return 'dnf'
    wanted = 'yum' if int(major) < DNF_SINCE[distribution] else 'dnf'
    return wanted if wanted in found else name


def _is_apt_of_rpm(host):
    """Say whether apt-get came in an RPM package; Debian may have rpm too."""
    if not host.exists('/usr/bin/rpm'):
        return False
    return host.run(host.path('/usr/bin/rpm'), '-q', '--whatprovides', '/usr/bin/apt-get')[0] == 0


def service_mgr(host, facts):
    """Return the service manager: by the first process, else by its traces."""
    first = host.text('/proc/1/comm') or host.link('/sbin/init')
    first = os.path.basename(first).strip() if first else 'init'
    # Many are called init, and a shell is a container's.
    if first != 'init' and not first.endswith('sh'):
        return {'service_mgr': FIRST_PROCESSES.get(first, first)}
    if facts['ansible_distribution'] == 'OpenWrt':
        return {'service_mgr': 'openwrt_init'}
    return {'service_mgr': _by_traces(host)}


def _by_traces(host):
    has_systemctl = host.program('systemctl') is not None
    if has_systemctl and any(host.exists(sign) for sign in SYSTEMD_SIGNS):
        return 'systemd'
    if host.program('initctl') and host.exists('/etc/init/'):
        return 'upstart'
    if host.exists('/sbin/openrc'):
        return 'openrc'
    if has_systemctl and os.path.basename(host.link('/sbin/init') or '') == 'systemd':
        return 'systemd'
    return 'sysvinit' if host.exists('/etc/init.d/') else 'service'
