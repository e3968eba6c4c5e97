"""Facts of the network: interfaces, their addresses, and the way out."""

import os
import re
import socket

import facts_netlink

NET = '/sys/class/net'
KINDS = {'1': 'ether', '32': 'infiniband', '512': 'ppp', '772': 'loopback', '65534': 'tunnel'}
# Addresses far away, to see which way packets to the internet would take; nothing is sent.
FAR = {'default_ipv4': (socket.AF_INET, '8.8.8.8'), 'default_ipv6': (socket.AF_INET6, '2404:6800:400a:800::1012')}
PROMISCUOUS = 0x100


def network(host, _facts):
    """Return the interfaces, all addresses, and the default ones."""
    ways = dict((name, _way(*far)) for name, far in FAR.items())
    every = facts_netlink.addresses()
    interfaces, seen = {}, {'all_ipv4_addresses': [], 'all_ipv6_addresses': []}
    for name in host.names(NET):
        if not os.path.isdir(host.path('%s/%s' % (NET, name))):
            continue
        interfaces[name] = _interface(host, name)
        own = [address for address in every if address['index'] == facts_netlink.interface_index(name)]
        for address in sorted(own, key=lambda address: address['is_secondary']):
            _add_address(host, interfaces, name, address, ways, seen)
        interfaces[name].update(_ethtool(host, name))
    facts = dict((name.replace(':', '_'), interface) for name, interface in interfaces.items())
    return dict(facts, interfaces=list(facts), **dict(ways, **seen))


def _way(family, far):
    """Return interface, address and gateway of the way to a far address."""
    found = facts_netlink.route(family, far)
    index = found.pop('index', None)
    if index is not None:
        found['interface'] = facts_netlink.interface_name(index)
    return found


def _interface(host, name):
    """Return what the kernel's files say of an interface."""
    place = '%s/%s' % (NET, name)
    facts = {'device': name}
    mac = host.text(place + '/address', '')
    if mac and mac != '00:00:00:00:00:00':
        facts['macaddress'] = mac
    facts.update((key, int(value)) for key, value in (
        (key, host.text('%s/%s' % (place, key))) for key in ('mtu', 'speed')) if value is not None)
    if host.exists(place + '/operstate'):
        facts['active'] = host.text(place + '/operstate') != 'down'
    if host.exists(place + '/device/driver/module'):
        facts['module'] = os.path.basename(os.path.realpath(host.path(place + '/device/driver/module')))
    if host.exists(place + '/type'):
        facts['type'] = KINDS.get(host.text(place + '/type'), 'unknown')
    if host.exists(place + '/device'):
        facts['pciid'] = os.path.basename(host.link(place + '/device'))
    if host.exists(place + '/flags'):
        facts['promisc'] = bool(int(host.text(place + '/flags'), 16) & PROMISCUOUS)
    if host.exists(place + '/bridge'):
        facts.update(_bridge(host, place))
    if host.exists(place + '/bonding'):
        facts.update(_bond(host, place + '/bonding/'))
    if host.exists(place + '/bonding_slave'):
        facts['perm_macaddress'] = host.text(place + '/bonding_slave/perm_hwaddr', '')
    return facts


def _bridge(host, place):
    facts = {'type': 'bridge', 'interfaces': host.names(place + '/brif')}
    if host.exists(place + '/bridge/bridge_id'):
        facts['id'] = host.text(place + '/bridge/bridge_id', '')
    if host.exists(place + '/bridge/stp_state'):
        facts['stp'] = host.text(place + '/bridge/stp_state') == '1'
    return facts


def _bond(host, place):
    facts = {'type': 'bonding', 'slaves': host.text(place + 'slaves', '').split()}
    for key in ('mode', 'miimon', 'lacp_rate'):
        facts[key] = host.text(place + key, '').split()[0]
    primary = host.text(place + 'primary')
    if primary:
        facts['primary'] = primary
        if host.exists(place + 'all_slaves_active'):
            facts['all_slaves_active'] = host.text(place + 'all_slaves_active') == '1'
    return facts


def _add_address(host, interfaces, name, address, ways, seen):
    """Put an address where it belongs: its interface, the alias it is called by, the defaults, the lists."""
    text, prefix = address['address'], str(address['prefix'])
    interface = interfaces[name]
    if address['family'] == socket.AF_INET6:
        kept = {'address': text, 'prefix': prefix, 'scope': address['scope']}
        interface.setdefault('ipv6', []).append(kept)
        way, is_local, every = ways['default_ipv6'], text == '::1', seen['all_ipv6_addresses']
    else:
        kept = _described(address)
        alias = address['label'] or name
        _add_ipv4(interfaces, name, alias, kept, address['is_secondary'])
        way, is_local, every = ways['default_ipv4'], text.startswith('127.'), seen['all_ipv4_addresses']
    if way.get('address') == text:
        way.update(kept, macaddress=host.text('%s/%s/address' % (NET, name), ''), mtu=interface.get('mtu'),
                   type=interface.get('type', 'unknown'))
        if address['family'] == socket.AF_INET:
            way['alias'] = alias
    if not is_local:
        every.append(text)


def _add_ipv4(interfaces, name, alias, kept, is_secondary):
    if alias != name:
        interfaces[alias] = {}
    if is_secondary or 'ipv4' in interfaces[alias]:
        interfaces[alias].setdefault('ipv4_secondaries', []).append(kept)
    else:
        interfaces[alias]['ipv4'] = kept
    if is_secondary and alias != name:
        interfaces[name].setdefault('ipv4_secondaries', []).append(kept)


def _described(address):
    """Return an IPv4 address with its network; one that has a peer is a network of its own."""
    prefix, broadcast = (32, '') if address['has_peer'] else (address['prefix'], address['broadcast'])
    mask = (1 << 32) - (1 << 32 >> prefix)
    number = int.from_bytes(socket.inet_aton(address['address']), 'big')
    return {'address': address['address'], 'broadcast': broadcast, 'netmask': _dotted(mask),
            'network': _dotted(number & mask), 'prefix': str(prefix)}


def _dotted(number):
    return socket.inet_ntoa(number.to_bytes(4, 'big'))


def _ethtool(host, name):
    """Return what ethtool knows of an interface, where it is installed."""
    facts = {}
    features = host.output('ethtool', '-k', name)
    if features is not None:
        pairs = (line.partition(': ') for line in features.strip().splitlines() if not line.endswith(':'))
        facts['features'] = dict((key.strip().replace('-', '_'), value.strip()) for key, _, value in pairs if value)
    stamps = host.output('ethtool', '-T', name)
    if stamps is not None:
        facts['timestamping'] = [word.lower() for word in re.findall(r'SOF_TIMESTAMPING_(\w+)', stamps)]
        facts['hw_timestamp_filters'] = [word.lower() for word in re.findall(r'HWTSTAMP_FILTER_(\w+)', stamps)]
        clock = re.search(r'PTP Hardware Clock: (\d+)', stamps)
        if clock:
            facts['phc_index'] = int(clock.group(1))
    return facts
