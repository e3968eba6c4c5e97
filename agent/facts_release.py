"""What os-release, lsb_release and the release files in /etc say of a distribution, whichever it is."""

import re
import shlex

OS_RELEASE_FILES = ('/etc/os-release', '/usr/lib/os-release')
IGNORED = ('debian_version', 'lsb-release', 'oem-release', 'os-release', 'system-release', 'plesk-release',
           'iredmail-release')
# Names under which the same distribution is known.
SAME = {
    'ol': 'oracle', 'opensuse-leap': 'opensuse', 'enterpriseenterpriseas': 'oracle',
    'enterpriseenterpriseserver': 'oracle', 'redhatenterpriseworkstation': 'rhel', 'redhatenterpriseserver': 'rhel',
    'redhatenterprisecomputenode': 'rhel', 'redhat': 'rhel',
}
NAMES = {'amzn': 'Amazon', 'rhel': 'Redhat', '': 'OtherLinux'}


def guess(host):
    """Return distribution, version and release as far as they can be known without knowing the distribution."""
    release = os_release(host)
    identity = release.get('id')
    # Asked only when needed: the program may take longer than everything else.
    needs_more = not identity or identity == 'centos' or _codename(release) is None
    lsb = _lsb(host) if needs_more else {}
    file = _release_file(host) if needs_more else {}
    identity = (identity or lsb.get('distributor id') or file.get('id') or '').lower().replace(' ', '_')
    identity = SAME.get(identity, identity)
    version = _version(host, identity, [release.get('version_id'), lsb.get('release'), file.get('version_id'),
                                        in_line(release.get('pretty_name', '')).get('version_id')])
    codename = _codename(release)
    if codename is None:
        codename = lsb.get('codename') or file.get('codename') or 'NA'
    return {
        'distribution': NAMES.get(identity, identity.capitalize()), 'distribution_version': version or 'NA',
        'distribution_release': codename, 'distribution_major_version': version.split('.')[0] or 'NA'}


def _version(host, identity, versions):
    """Return the first version; of the two distributions whose os-release has no minor one, the most precise."""
    if identity == 'debian':
        return _most_precise(versions + [host.text('/etc/debian_version')])
    if identity == 'centos':
        return '.'.join(_most_precise(versions).split('.')[:2])
    return next((version for version in versions if version), '')


def os_release(host):
    """Return the settings of os-release, names in small letters."""
    text = next((text for text in map(host.text, OS_RELEASE_FILES) if text), '')
    words = (word.partition('=') for word in shlex.split(text, comments=True))
    return dict((name.lower(), value) for name, separator, value in words if separator)


def _most_precise(versions):
    """Return the version with the most parts, the first of these."""
    best = ''
    for version in versions:
        if version and (not best or version.count('.') > best.count('.')):
            best = version
    return best


def _codename(release):
    """Return os-release's name of the version, which may be empty; None when it does not say."""
    for name in ('version_codename', 'ubuntu_codename'):
        if name in release:
            return release[name]
    match = re.search(r'\((\D+)\)|,\s*(\D+)', release.get('version', ''))
    return (match.group(1) or match.group(2)).strip('() ,') if match else None


def _lsb(host):
    out = host.output('lsb_release', '-a') or ''
    parts = (line.partition(':') for line in out.splitlines())
    return dict((name.lower(), value.strip()) for name, separator, value in parts if separator)


def _release_file(host):
    """Return what the first line of the first `*-release` or `*-version` file says."""
    for name in sorted(host.names('/etc')):
        match = re.match(r'(\w+)[-_](release|version)$', name)
        lines = host.lines('/etc/' + name) if match and name not in IGNORED else []
        if lines:
            found = in_line(lines[0])
            is_cloud = 'cloudlinux' in found['name'].lower()
            return dict(found, id='cloudlinux' if is_cloud else match.group(1))
    return {}


def in_line(line):
    """Return name, version and codename of a line like `CentOS Linux release 7.9.2009 (Core)`."""
    match = re.match(
        r'(?P<name>.+?)(?: *release)? +(?P<version_id>\d[\d.+a-z-]*)(?: LTS)? *(?:\((?P<codename>.*)\))?[^)]*$',
        line.strip())
    if not match:
        return {'name': line.strip()} if line.strip() else {}
    return dict((name, value) for name, value in match.groupdict().items() if value)
