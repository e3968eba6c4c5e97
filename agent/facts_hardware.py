"""Facts of the hardware: processors, memory, firmware; disks and file systems have files of their own."""

import os

import facts_devices
import facts_mounts

MEMORY = ('MemTotal', 'SwapTotal', 'MemFree', 'SwapFree')
PROCESSOR_KEYS = ('model name', 'Processor', 'vendor_id', 'cpu', 'Vendor', 'processor')
DMI = '/sys/devices/virtual/dmi/id/'
# Fact: the kernel's file, dmidecode's keyword.
FIRMWARE = {
    'bios_date': ('bios_date', 'bios-release-date'), 'bios_vendor': ('bios_vendor', 'bios-vendor'),
    'bios_version': ('bios_version', 'bios-version'), 'board_asset_tag': ('board_asset_tag', 'baseboard-asset-tag'),
    'board_name': ('board_name', 'baseboard-product-name'), 'board_serial': ('board_serial', 'baseboard-serial-number'),
    'board_vendor': ('board_vendor', 'baseboard-manufacturer'), 'board_version': ('board_version', 'baseboard-version'),
    'chassis_asset_tag': ('chassis_asset_tag', 'chassis-asset-tag'),
    'chassis_serial': ('chassis_serial', 'chassis-serial-number'),
    'chassis_vendor': ('chassis_vendor', 'chassis-manufacturer'),
    'chassis_version': ('chassis_version', 'chassis-version'), 'form_factor': ('chassis_type', 'chassis-type'),
    'product_name': ('product_name', 'system-product-name'),
    'product_serial': ('product_serial', 'system-serial-number'), 'product_uuid': ('product_uuid', 'system-uuid'),
    'product_version': ('product_version', 'system-version'), 'system_vendor': ('sys_vendor', 'system-manufacturer'),
}
# Chassis types by their number in the SMBIOS specification.
FORM_FACTORS = (
    'Unknown,Other,Unknown,Desktop,Low Profile Desktop,Pizza Box,Mini Tower,Tower,Portable,Laptop,Notebook,Hand Held,'
    'Docking Station,All In One,Sub Notebook,Space-saving,Lunch Box,Main Server Chassis,Expansion Chassis,Sub Chassis,'
    'Bus Expansion Chassis,Peripheral Chassis,RAID Chassis,Rack Mount Chassis,Sealed-case PC,Multi-system,CompactPCI,'
    'AdvancedTCA,Blade,Blade Enclosure,Tablet,Convertible,Detachable,IoT Gateway,Embedded PC,Mini PC,Stick PC'
).split(',')


def hardware(host, facts):
    """Return everything about the hardware."""
    found = {}
    for part in (processors, memory, firmware, facts_devices.devices, uptime, facts_mounts.lvm, facts_mounts.mounts):
        found.update(part(host, facts))
    return found


def processors(host, facts):
    """Return the processors as /proc/cpuinfo lists them, and their numbers."""
    architecture = facts.get('ansible_architecture', '')
    pairs = [(name.strip(), value.strip()) for name, _, value in (
        line.partition(':') for line in host.lines('/proc/cpuinfo'))]
    if not pairs:
        return {}
    found = {'processor': [value for name, value in pairs if name in PROCESSOR_KEYS]}
    found.update(('processor_cores', int(value)) for name, value in pairs if name == '# processors')
    if architecture == 's390x':
        return found
    total = _total(pairs, len(found['processor']), architecture)
    if _is_xen_paravirtual(host, pairs):
        return dict(found, processor_count=total, processor_cores=total, processor_threads_per_core=1,
                    processor_vcpus=total)
    sockets = _sockets(pairs)
    siblings = next((int(value) for name, value in pairs if name == 'siblings'), 1)
    count = len(sockets) or total
    cores = next(iter(sockets.values()), 0) or 1
    threads = siblings // cores
    return dict(found, processor_count=count, processor_cores=cores, processor_threads_per_core=threads,
                processor_vcpus=threads * count * cores, processor_nproc=len(os.sched_getaffinity(0)))


def _total(pairs, listed, architecture):
    """Return how many processors the list has: by the key that the architecture has once for each."""
    names = [name for name, _ in pairs]
    if architecture.startswith(('armv', 'aarch', 'ppc')):
        return names.count('processor')
    vendors = names.count('vendor_id')
    if vendors and vendors == names.count('model name'):
        return vendors
    return next((int(value) for name, value in pairs if name == 'ncpus active'), listed)


def _sockets(pairs):
    """Return each socket's number of cores, in the order of the list."""
    sockets, current = {}, 0
    for name, value in pairs:
        if name == 'physical id':
            current = value
            sockets.setdefault(current, 1)
        elif name == 'cpu cores':
            sockets[current] = int(value)
    return sockets


def _is_xen_paravirtual(host, pairs):
    """Say whether this is a Xen guest that sees its processors without their real features."""
    is_xen = host.exists('/proc/xen') or host.lines('/sys/hypervisor/type')[:1] == ['xen']
    return is_xen and any(name == 'flags' and 'vme' not in value for name, value in pairs)


def memory(host, _facts):
    """Return memory and swap space in MiB."""
    sizes = {}
    for line in host.lines('/proc/meminfo'):
        name, _, value = line.partition(':')
        sizes[name] = int(value.split()[0]) // 1024
    if not sizes:
        return {}
    found = dict((name.lower() + '_mb', sizes[name]) for name in MEMORY if name in sizes)
    unbuffered = _sum(sizes, 'Cached', 'MemFree', 'Buffers')
    found['memory_mb'] = {
        'real': {'total': sizes.get('MemTotal'), 'used': _sum(sizes, 'MemTotal', '-MemFree'),
                 'free': sizes.get('MemFree')},
        'nocache': {'free': unbuffered, 'used': None if unbuffered is None else sizes['MemTotal'] - unbuffered},
        'swap': {'total': sizes.get('SwapTotal'), 'free': sizes.get('SwapFree'),
                 'used': _sum(sizes, 'SwapTotal', '-SwapFree'), 'cached': sizes.get('SwapCached')},
    }
    return found


def _sum(sizes, *names):
    """Return the sum of the named sizes, `-` taking one away; None when one is not known."""
    values = [sizes.get(name.lstrip('-')) for name in names]
    if None in values:
        return None
    return sum(-value if name.startswith('-') else value for name, value in zip(names, values))


def firmware(host, _facts):
    """Return what the firmware says of the machine: through the kernel, or else through dmidecode."""
    if not host.exists(DMI + 'product_name'):
        return dict((fact, _decoded(host, keyword)) for fact, (_, keyword) in FIRMWARE.items())
    found = dict((fact, host.text(DMI + name, 'NA')) for fact, (name, _) in FIRMWARE.items())
    number = found['form_factor']
    if number.isdigit():
        known = int(number) < len(FORM_FACTORS)
        found['form_factor'] = FORM_FACTORS[int(number)] if known else 'unknown (%s)' % number
    return found


def _decoded(host, keyword):
    out = host.output('dmidecode', '-s', keyword)
    return 'NA' if out is None else ''.join(line for line in out.splitlines() if not line.startswith('#'))


def uptime(host, _facts):
    """Return how long the host is up."""
    text = host.text('/proc/uptime')
    return {'uptime_seconds': int(float(text.split()[0]))} if text else {}
