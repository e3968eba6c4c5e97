"""Facts of block devices: disks, their partitions, and the names under /dev/disk."""

import os
import re

BLOCK = '/sys/block'
LINKS = {'ids': '/dev/disk/by-id', 'uuids': '/dev/disk/by-uuid', 'labels': '/dev/disk/by-label'}
UNITS = ('YB', 'ZB', 'EB', 'PB', 'TB', 'GB', 'MB', 'KB')
PCI_ADDRESS = re.compile(r'.+/([a-f0-9]{4}:[a-f0-9]{2}:[01][a-f0-9]\.[0-7])/')


def devices(host, _facts):
    """Return the block devices."""
    names = [(name, host.link('%s/%s' % (BLOCK, name))) for name in host.names(BLOCK)]
    if not names:
        return {'devices': {}}
    links = dict((kind, _links(host, place)) for kind, place in LINKS.items())
    links['masters'] = _masters(host, [name for name, _ in names])
    places = dict((os.path.basename(target), os.path.join(BLOCK, target)) for _, target in names if target)
    places.update((name, '%s/%s' % (BLOCK, name)) for name, target in names if target is None)
    disks = dict((name, _disk(host, name, place, links)) for name, place in places.items())
    _add_controllers(host, disks, places)
    return {'devices': disks, 'device_links': links}


def _links(host, place):
    """Return the names that devices have in a directory of links."""
    found = {}
    for name in host.names(place):
        target = host.link('%s/%s' % (place, name))
        if target:
            found.setdefault(os.path.basename(target), []).append(name)
    return dict((device, sorted(names)) for device, names in found.items())


def _masters(host, names):
    """Return the devices that are made of each device."""
    found = {}
    for name in names:
        for part in host.names('%s/%s/slaves' % (BLOCK, name)):
            found.setdefault(part, []).append(name)
    return dict((part, sorted(owners)) for part, owners in found.items())


def _disk(host, name, place, links):
    entries = host.names(place)
    disk = {
        'virtual': 0 if place == '%s/%s' % (BLOCK, name) and any('device' in entry for entry in entries) else 1,
        'links': dict((kind, known.get(name, [])) for kind, known in links.items()), 'host': '',
        'removable': host.text(place + '/removable'), 'rotational': host.text(place + '/queue/rotational'),
        'support_discard': host.text(place + '/queue/discard_granularity'), 'scheduler_mode': _scheduler(host, place),
        'sectors': host.text(place + '/size') or 0, 'sectorsize': _sector_bytes(host, place),
        'holders': _holders(host, place)}
    for key in ('vendor', 'model', 'sas_address', 'sas_device_handle'):
        disk[key] = host.text('%s/device/%s' % (place, key))
    disk['size'] = readable(int(disk['sectors']) * 512)
    serial = _serial(host, name)
    if serial:
        disk['serial'] = serial
    wide = [link[len('wwn-'):] for link in disk['links']['ids'] if link.startswith('wwn-')]
    if wide:
        disk['wwn'] = wide[-1]
    parts = (re.search(re.escape(name) + r'p?\d+', entry) for entry in entries)
    disk['partitions'] = dict((part.group(), _partition(host, part.group(), place, links)) for part in parts if part)
    return disk


def _partition(host, name, place, links):
    place = '%s/%s' % (place, name)
    sectors = host.text(place + '/size', 0)
    names = links['uuids'].get(name)
    return {'links': dict((kind, known.get(name, [])) for kind, known in links.items()),
            'start': host.text(place + '/start', 0), 'sectors': sectors, 'sectorsize': _sector_bytes(host, place),
            'size': readable(int(sectors) * 512), 'uuid': names[0] if names else None, 'holders': _holders(host, place)}


def _sector_bytes(host, place):
    return host.text(place + '/queue/logical_block_size') or host.text(place + '/queue/hw_sector_size', 512)


def _scheduler(host, place):
    chosen = re.search(r'\[(.*)\]', host.text(place + '/queue/scheduler', ''))
    return chosen.group(1) if chosen else ''


def _holders(host, place):
    """Return the mapped devices that use this one, by their names."""
    return [host.text('%s/holders/%s/dm/name' % (place, name)) or name
            for name in host.names(place + '/holders') if name.startswith('dm-')]


def _serial(host, name):
    if not host.program('sg_inq'):
        return host.text('%s/%s/device/serial' % (BLOCK, name))
    match = re.search(r'(?:Unit serial|Serial) number:\s+(\w+)', host.output('sg_inq', '/dev/' + name) or '')
    return match.group(1) if match else None


def _add_controllers(host, disks, places):
    """Name the PCI devices behind the disks; lspci, which is slow, is asked only when there are any."""
    addresses = dict((name, match.group(1)) for name, match in (
        (name, PCI_ADDRESS.match(place)) for name, place in places.items()) if match)
    if not addresses:
        return
    known = dict(line.split(None, 1) for line in (host.output('lspci', '-D') or '').splitlines() if ' ' in line)
    for name, address in addresses.items():
        disks[name]['host'] = known.get(address, '')


def readable(size):
    """Return a number of bytes with two digits after the point, in the largest unit that fits."""
    for place, unit in enumerate(UNITS):
        limit = 1024 ** (len(UNITS) - place)
        if size >= limit:
            return '%.2f %s' % (size / limit, unit)
    return '%.2f Bytes' % size
