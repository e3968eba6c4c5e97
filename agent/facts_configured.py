"""Facts that stand in configuration files: name servers, host keys, storage initiators."""

KEY_DIRECTORIES = ('/etc/ssh', '/etc/openssh', '/etc')
KEY_KINDS = ('dsa', 'rsa', 'ecdsa', 'ed25519')
LISTS = ('search', 'sortlist')


def dns(host, _facts):
    """Return what /etc/resolv.conf says."""
    found = {}
    for line in host.lines('/etc/resolv.conf'):
        words = line.split()
        if not words or line[0] in '#;':
            continue
        name, values = words[0], words[1:]
        if name == 'nameserver':
            found.setdefault('nameservers', []).extend(values)
        elif name in LISTS:
            found[name] = values
        elif name == 'domain' and values:
            found[name] = values[0]
        elif name == 'options':
            found[name] = dict((key, value or True) for key, _, value in (word.partition(':') for word in values))
    return {'dns': found}


def ssh_pub_keys(host, _facts):
    """Return the public host keys of the first directory that has any."""
    facts = {}
    for place in KEY_DIRECTORIES:
        for kind in KEY_KINDS:
            text = host.text('%s/ssh_host_%s_key.pub' % (place, kind))
            if text:
                name = 'ssh_host_key_%s_public' % kind
                facts[name + '_keytype'], facts[name] = text.split()[:2]
        if facts:
            return facts
    return facts


def fibre_channel_wwn(host, _facts):
    """Return the names of the Fibre Channel ports."""
    ports = ('/sys/class/fc_host/%s/port_name' % name for name in host.names('/sys/class/fc_host'))
    return {'fibre_channel_wwn': [line.rstrip()[2:] for port in ports for line in host.lines(port)]}


def iscsi(host, _facts):
    """Return the iSCSI initiator's name."""
    return {'iscsi_iqn': _first(host, '/etc/iscsi/initiatorname.iscsi', 'InitiatorName=')[len('InitiatorName='):]}


def nvme(host, _facts):
    """Return the NVMe host's name."""
    return {'hostnqn': _first(host, '/etc/nvme/hostnqn', 'nqn.')}


def _first(host, path, beginning):
    return next((line for line in host.lines(path) if line.startswith(beginning)), '')
