"""setup: the facts of a host.

Each gatherer is a function of the host and of the facts that came before; its code is read when it is wanted.
"""

import fnmatch

from arguments import parse
from facts_host import Host
from facts_subsets import gatherers

SPEC = {
    'gather_subset': {'type': 'list', 'elements': 'str', 'default': ['all']},
    'gather_timeout': {'type': 'int', 'default': 10},
    'filter': {'type': 'list', 'elements': 'str', 'default': []},
    'fact_path': {'type': 'path', 'default': '/etc/ansible/facts.d'},
}
# What takes long and can go on while the rest is gathered.
EARLY = {'lsb': ('lsb_release', '-a'), 'caps': ('capsh', '--print')}
# What is read from Linux's own files.
LINUX_ONLY = ('hardware', 'network', 'virtual')
OWN_PREFIX = {'facter': 'facter_', 'ohai': 'ohai_'}


def run(args, context):
    """Return the facts; one gatherer's failure is a warning and costs only its own."""
    params = parse('setup', SPEC, args, context)
    names = gatherers(params['gather_subset'])
    host = Host(context, params)
    try:
        facts = gather(host, names)
    finally:
        host.close()
    facts.update(gather_subset=params['gather_subset'] or ['all'], module_setup=True)
    return {'ansible_facts': filtered(facts, params['filter'])}


def gather(host, names):
    """Return the facts of the named gatherers."""
    for name in names:
        if name in EARLY:
            host.start(*EARLY[name])
    facts = {}
    for name in names:
        if name in LINUX_ONLY and host.uname[0] != 'Linux':
            host.warn('Facts of %s are gathered on Linux only; SORTIE_MODULES=ansible has Ansible gather them.' % name)
            continue
        try:
            found = _gatherer(name)(host, facts)
        except (OSError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
            host.warn('The facts of %s could not be gathered: %r' % (name, error))
            continue
        prefix = OWN_PREFIX.get(name, 'ansible_')
        facts.update((prefix + key.replace('-', '_'), value) for key, value in found.items())
    return facts


def filtered(facts, patterns):
    """Return the facts that one of the patterns names, with or without `ansible_`."""
    if not patterns:
        return facts
    wanted = []
    for pattern in patterns:
        wanted.append(pattern or '*')
        if not pattern.startswith(('ansible_', 'facter', 'ohai')):
            wanted.append('ansible_' + pattern)
    return dict((name, value) for name, value in facts.items()
                if any(fnmatch.fnmatchcase(name, pattern) for pattern in wanted))


def _gatherer(name):
    if name in ('platform', 'python', 'user', 'env', 'date_time', 'loadavg'):
        import facts_platform as gatherers_of
    elif name in ('selinux', 'apparmor', 'chroot', 'fips', 'caps', 'cmdline'):
        import facts_kernel as gatherers_of
    elif name in ('dns', 'ssh_pub_keys', 'fibre_channel_wwn', 'iscsi', 'nvme'):
        import facts_configured as gatherers_of
    elif name in ('lsb', 'pkg_mgr', 'service_mgr'):
        import facts_services as gatherers_of
    elif name in ('local', 'facter', 'ohai'):
        import facts_custom as gatherers_of
    elif name == 'distribution':
        import facts_distribution as gatherers_of
    elif name == 'virtual':
        import facts_virtual as gatherers_of
    elif name == 'hardware':
        import facts_hardware as gatherers_of
    else:
        import facts_network as gatherers_of
    return getattr(gatherers_of, name)
