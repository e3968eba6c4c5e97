"""Which gatherers a `gather_subset` means."""

from arguments import ModuleFailure

# Gatherer: the other words that mean it in `gather_subset`, and the gatherers whose facts it reads.
GATHERERS = {
    'platform': ('system kernel kernel_version machine python_version architecture machine_id', ''),
    'distribution': ('distribution_version distribution_release distribution_major_version os_family', ''),
    'lsb': ('', ''),
    'selinux': ('', ''),
    'apparmor': ('', ''),
    'chroot': ('is_chroot', ''),
    'fips': ('', ''),
    'python': ('', ''),
    'caps': ('system_capabilities system_capabilities_enforced', ''),
    'pkg_mgr': ('', 'distribution'),
    'service_mgr': ('', 'platform distribution'),
    'cmdline': ('', ''),
    'date_time': ('', ''),
    'env': ('', ''),
    'loadavg': ('', ''),
    'ssh_pub_keys': ('ssh_host_pub_keys ssh_host_key_dsa_public ssh_host_key_rsa_public ssh_host_key_ecdsa_public '
                     'ssh_host_key_ed25519_public', ''),
    'user': ('user_id user_uid user_gid user_gecos user_dir user_shell real_user_id effective_user_id '
             'effective_group_ids', ''),
    'virtual': ('virtualization_type virtualization_role virtualization_tech_guest virtualization_tech_host', ''),
    'hardware': ('processor processor_cores processor_count mounts devices', 'platform'),
    'dns': ('', ''),
    'fibre_channel_wwn': ('', ''),
    'network': ('interfaces default_ipv4 default_ipv6 all_ipv4_addresses all_ipv6_addresses', 'platform distribution'),
    'iscsi': ('', ''),
    'nvme': ('', ''),
    'local': ('', ''),
    'facter': ('', ''),
    'ohai': ('', ''),
}
MINIMUM = {
    'apparmor', 'caps', 'cmdline', 'date_time', 'distribution', 'dns', 'env', 'fips', 'local', 'lsb', 'pkg_mgr',
    'platform', 'python', 'selinux', 'service_mgr', 'ssh_pub_keys', 'user',
}
WORDS = dict((name, {name}.union(words.split())) for name, (words, _) in GATHERERS.items())
ALL_WORDS = set().union(*WORDS.values())


def gatherers(subset):
    """Return the names of the gatherers to run, in an order in which each finds what it reads."""
    words = _words(subset or ['all'])
    chosen = set(name for name, own in WORDS.items() if own & words)
    for name in list(chosen):
        chosen.update(GATHERERS[name][1].split())
    return [name for name in GATHERERS if name in chosen]


def _words(subset):
    """Return the words that are left of a subset: what is asked for by name is stronger than what is excluded."""
    wanted, excluded, named = set(MINIMUM), set(), set()
    groups = {'min': MINIMUM, 'all': ALL_WORDS, '!min': MINIMUM, '!all': ALL_WORDS - MINIMUM}
    for word in subset:
        if word.startswith('!'):
            excluded |= groups.get(word) or WORDS.get(word[1:], {word[1:]})
        elif word in groups:
            wanted |= groups[word]
        elif word in ALL_WORDS:
            named.add(word)
        else:
            raise ModuleFailure("Bad subset '%s' given to Ansible. gather_subset options allowed: all, %s" % (
                word, ', '.join(sorted(ALL_WORDS))))
    return (wanted | named) - (excluded - named)
