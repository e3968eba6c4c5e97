"""Facts of the distribution: the first release file that is understood, on top of what os-release says."""

import os
import re

import facts_release

# Which file means which distribution, in order.
FILES = (
    ('/etc/altlinux-release', 'Altlinux'), ('/etc/oracle-release', 'OracleLinux'),
    ('/etc/slackware-version', 'Slackware'), ('/etc/centos-release', 'CentOS'), ('/etc/redhat-release', 'RedHat'),
    ('/etc/vmware-release', 'VMwareESX'), ('/etc/openwrt_release', 'OpenWrt'), ('/etc/os-release', 'Amazon'),
    ('/etc/system-release', 'Amazon'), ('/etc/alpine-release', 'Alpine'), ('/etc/arch-release', 'Archlinux'),
    ('/etc/os-release', 'Archlinux'), ('/etc/os-release', 'SUSE'), ('/etc/os-release', 'Debian'),
    ('/etc/lsb-release', 'Debian'), ('/etc/lsb-release', 'Mandriva'), ('/etc/sourcemage-release', 'SMGL'),
    ('/usr/lib/os-release', 'ClearLinux'), ('/etc/coreos/update.conf', 'Coreos'), ('/etc/os-release', 'Flatcar'),
    ('/etc/os-release', 'NA'),
)
# Files whose being there says it all.
ENOUGH = ('/etc/vmware-release', '/etc/arch-release')
# Files that begin with a distribution's name; the text by which the one they are called after is known.
NAMED_FIRST = {'OracleLinux': 'Oracle Linux', 'RedHat': 'Red Hat', 'Altlinux': 'ALT', 'SMGL': 'Source Mage GNU/Linux'}
FAMILIES = {
    'RedHat': ('RedHat', 'RHEL', 'Fedora', 'CentOS', 'Scientific', 'SLC', 'Ascendos', 'CloudLinux', 'PSBM',
               'OracleLinux', 'OVS', 'OEL', 'Amazon', 'Virtuozzo', 'XenServer', 'Alibaba', 'EulerOS', 'openEuler',
               'AlmaLinux', 'Rocky', 'TencentOS', 'EuroLinux', 'Kylin Linux Advanced Server'),
    'Debian': ('Debian', 'Ubuntu', 'Raspbian', 'Neon', 'KDE neon', 'Linux Mint', 'SteamOS', 'Devuan', 'Kali',
               'Cumulus Linux', 'Pop!_OS', 'Parrot', 'Pardus GNU/Linux', 'Uos', 'Deepin', 'OSMC'),
    'Suse': ('SuSE', 'SLES', 'SLED', 'openSUSE', 'openSUSE Tumbleweed', 'SLES_SAP', 'SUSE_LINUX', 'openSUSE Leap'),
    'Archlinux': ('Archlinux', 'Antergos', 'Manjaro'), 'Mandrake': ('Mandrake', 'Mandriva'),
    'Gentoo': ('Gentoo', 'Funtoo'), 'ClearLinux': ('Clear Linux OS', 'Clear Linux Mix'),
}
QUOTES = '\'"\\'


def distribution(host, _facts):
    """Return the distribution, its version and its family."""
    if host.uname[0] != 'Linux':
        return {'distribution': host.uname[0], 'distribution_release': host.uname[2],
                'distribution_version': host.uname[3], 'os_family': host.uname[0]}
    guess = facts_release.guess(host)
    facts = dict(guess)
    for path, name in FILES:
        found = _read(host, path, name, guess)
        if found is not None:
            facts.update(distribution=name, distribution_file_path=path, distribution_file_variety=name)
            facts.update(found)
            break
    own = facts['distribution']
    facts['os_family'] = next((family for family, names in FAMILIES.items() if own in names), own)
    return facts


def _read(host, path, name, guess):
    """Return what a file says if it is of the distribution that its place in the list means; else None."""
    if path in ENOUGH:
        return {} if host.exists(path) else None
    text = host.text(path, '').strip(QUOTES)
    if not text:
        return None
    found = _named_first(name, text) if name in NAMED_FIRST else READERS[name](host, path, text, guess)
    return None if found is None else dict(found, distribution_file_parsed=True)


def _named_first(name, text):
    if NAMED_FIRST[name] in text:
        return {'distribution': name, 'distribution_file_search_string': NAMED_FIRST[name]}
    return {'distribution': text.split()[0]}


def _field(text, name):
    """Return the value of a line `NAME=value` without its quotes."""
    match = re.search(r'^%s="?([^"\n]*)"?' % name, text, re.M)
    return match.group(1) if match else None


def _quoted(text, name):
    """Return the value of a line `NAME="value"`, and only of one with such quotes."""
    match = re.search(r'^%s="(.*)"' % name, text, re.M)
    return match.group(1) if match else None


def _given(**facts):
    return dict(('distribution_' + name if name != 'distribution' else name, value)
                for name, value in facts.items() if value is not None)


def _major(version):
    return version.split('.')[0] if version is not None else None


def _slackware(_host, _path, text, _guess):
    version = re.search(r'\w+[.]\w+\+?', text)
    return _given(version=version and version.group()) if 'Slackware' in text else None


def _centos(_host, _path, text, _guess):
    if 'CentOS Stream' in text:
        return {'distribution_release': 'Stream'}
    return {'distribution': 'TencentOS'} if 'TencentOS Server' in text else None


def _openwrt(_host, _path, text, _guess):
    if 'OpenWrt' not in text:
        return None
    return _given(version=_quoted(text, 'DISTRIB_RELEASE'), release=_quoted(text, 'DISTRIB_CODENAME'))


def _mandriva(_host, _path, text, _guess):
    if 'Mandriva' not in text:
        return None
    return _given(version=_quoted(text, 'DISTRIB_RELEASE'), release=_quoted(text, 'DISTRIB_CODENAME'))


def _amazon(_host, path, text, _guess):
    if 'Amazon' not in text:
        return None
    if path != '/etc/os-release':
        return _given(version=next((word for word in text.split() if word.isdigit()), 'NA'))
    version = _field(text, 'VERSION_ID')
    if version is None:
        return {}
    return _given(version=version, major_version=_major(version), minor_version=version.partition('.')[2] or 'NA')


def _alpine(_host, _path, text, _guess):
    return {'distribution_version': text}


def _arch(_host, _path, text, _guess):
    return {} if 'Arch Linux' in text else None


def _suse(host, _path, text, _guess):
    if 'suse' not in text.lower():
        return None
    version = re.match(r'\d+\.?\d*', _field(text, 'VERSION_ID') or '')
    version = version.group() if version else None
    minor = version.partition('.')[2] if version is not None else None
    release = None
    if 'open' in text.lower():
        release = minor
    elif minor is not None and 'enterprise' in text.lower():
        release = minor or '0'
    name = _field(text, 'NAME')
    product = host.path('/etc/products.d/baseproduct')
    if os.path.islink(product) and os.path.realpath(product).endswith('SLES_SAP.prod'):
        name = 'SLES_SAP'
    return _given(distribution=name, version=version, major_version=_major(version), release=release)


# Debian's descendants: the words by which os-release shows them, their name, and where their version stands.
DESCENDANTS = (
    (('Debian', 'Raspbian'), 'Debian', 'debian'), (('Ubuntu',), 'Ubuntu', None), (('SteamOS',), 'SteamOS', None),
    (('Kali',), 'Kali', 'lsb'), (('Parrot',), 'Parrot', 'lsb'), (('Devuan',), 'Devuan', 'devuan'),
    (('Cumulus',), 'Cumulus Linux', 'cumulus'), (('Mint',), 'Linux Mint', 'version'),
    (('UOS', 'Uos', 'uos'), 'Uos', 'codename'), (('Deepin', 'deepin'), 'Deepin', 'codename'),
)


def _debian(host, _path, text, _guess):
    for words, name, rule in DESCENDANTS:
        if any(word in text for word in words):
            return dict(_descendant(host, text, rule), distribution=name)
    return None


def _descendant(host, text, rule):
    version = _field(text, 'VERSION_ID')
    if rule == 'debian':
        in_brackets = re.search(r'^PRETTY_NAME=[^(\n]+\(([^)]+)\)', text, re.M)
        minor = [match.group(1) for match in (re.search(r'\d+\.(\d+)', line)
                                              for line in host.lines('/etc/debian_version')) if match]
        return _given(release=in_brackets and in_brackets.group(1), minor_version=minor[-1] if minor else None)
    if rule == 'lsb':
        return _given(release=_field(text, 'DISTRIB_RELEASE'))
    if rule == 'devuan':
        release = re.search(r'^PRETTY_NAME="?[^("\n]+ \(?([^) "\n]+)', text, re.M)
        return _given(release=release and release.group(1), version=version, major_version=version)
    if rule == 'cumulus':
        return _given(version=version, major_version=_major(version), release=_quoted(text, 'VERSION'))
    if rule in ('version', 'codename'):
        release = _field(text, 'VERSION_CODENAME') if rule == 'codename' else None
        return _given(version=version, major_version=_major(version), release=release)
    return {}


def _clear(_host, _path, text, _guess):
    name = _field(text, 'NAME')
    if name is None or 'Clear Linux' not in name:
        return None
    version = _field(text, 'VERSION_ID')
    return _given(distribution=name, version=version, major_version=version, release=_field(text, 'ID'))


def _coreos(_host, _path, text, guess):
    if guess['distribution'].lower() != 'coreos':
        return None
    return _given(release=_field(text, 'GROUP'))


def _flatcar(_host, _path, text, guess):
    if guess['distribution'].lower() != 'flatcar':
        return None
    version = _field(text, 'VERSION')
    return _given(version=version, major_version=_major(version))


def _any(_host, _path, text, guess):
    version = _field(text, 'VERSION') if guess['distribution_version'] == 'NA' else None
    return _given(distribution=_field(text, 'NAME'), version=version)


READERS = {
    'Slackware': _slackware, 'CentOS': _centos, 'OpenWrt': _openwrt, 'Amazon': _amazon, 'Alpine': _alpine,
    'Archlinux': _arch, 'SUSE': _suse, 'Debian': _debian, 'Mandriva': _mandriva, 'ClearLinux': _clear,
    'Coreos': _coreos, 'Flatcar': _flatcar, 'NA': _any,
}
