"""Facts of file systems: what is mounted, how full it is, and the volume groups below."""

import os
import re
import threading
import time

UDEV = '/run/udev/data'
LVM_OPTIONS = ('--noheadings', '--nosuffix', '--units', 'g', '--separator', ',')


def mounts(host, _facts):
    """Return the mounted devices and network shares."""
    bound = _bound(host)
    table = {}
    for line in host.lines('/etc/mtab') or host.lines('/proc/mounts'):
        fields = [_unescaped(field) for field in line.split()]
        if len(fields) < 4 or fields[2] == 'none' or not (fields[0][0] in '/\\' or ':/' in fields[0]):
            continue
        device, mount, kind, options = fields[:4]
        table[mount] = {'mount': mount, 'device': device, 'fstype': kind,
                        'options': options + (',bind' if mount in bound else '')}
    _add_sizes(host, table)
    _add_identities(host, table)
    return {'mounts': list(table.values())}


def _unescaped(field):
    return re.sub(r'\\([0-7]{3})', lambda match: chr(int(match.group(1), 8)), field)


def _bound(host):
    """Return the mount points that show a part of a file system only."""
    fields = (line.split() for line in host.lines('/proc/self/mountinfo'))
    return set(_unescaped(words[4]) for words in fields if words[3] != '/')


def _add_sizes(host, table):
    """Ask each file system for its size; one that does not answer, as a lost NFS server, costs the time limit once."""
    workers = []
    for mount, entry in table.items():
        worker = threading.Thread(target=_measure, args=(host.path(mount), entry))
        worker.daemon = True
        worker.start()
        workers.append((mount, worker))
    end = time.monotonic() + host.timeout
    for mount, worker in workers:
        worker.join(max(0, end - time.monotonic()))
        if worker.is_alive():
            table[mount] = dict(table[mount], note='Could not get extra information due to timeout')
            host.warn('Timeout exceeded when getting mount info for %s' % mount)


def _measure(path, entry):
    try:
        found = os.statvfs(path)
    except OSError:
        return
    entry.update(
        size_total=found.f_frsize * found.f_blocks, size_available=found.f_frsize * found.f_bavail,
        block_size=found.f_bsize, block_total=found.f_blocks, block_available=found.f_bavail,
        block_used=found.f_blocks - found.f_bavail, inode_total=found.f_files, inode_available=found.f_favail,
        inode_used=found.f_files - found.f_favail)


def _add_identities(host, table):
    """Add the file systems' UUIDs, from udev's database; where it does not know a disk, lsblk looks on the disk."""
    listed = None
    for entry in table.values():
        if 'note' in entry:
            continue
        entry['uuid'] = _udev_identity(host, entry['device'])
        if entry['uuid'] is None:
            if listed is None:
                listed = _listed_identities(host)
            entry['uuid'] = listed.get(entry['device'], 'N/A')


def _udev_identity(host, device):
    """Return a device's UUID; `N/A` when there can be none, None when udev has nothing to say."""
    try:
        number = os.stat(device).st_rdev if device.startswith('/dev/') else 0
    except OSError:
        number = 0
    if not number:
        return 'N/A'
    lines = host.lines('%s/b%d:%d' % (UDEV, os.major(number), os.minor(number)))
    if not lines:
        return None
    return next((line.partition('=')[2] for line in lines if line.startswith('E:ID_FS_UUID=')), 'N/A')


def _listed_identities(host):
    out = host.output('lsblk', '--list', '--noheadings', '--paths', '--output', 'NAME,UUID', '--exclude', '2') or ''
    return dict(words for words in (line.split() for line in out.splitlines()) if len(words) == 2)


def lvm(host, _facts):
    """Return volume groups and their volumes, to root, where LVM is installed."""
    if os.getuid() != 0 or not host.program('vgs'):
        return {'lvm': 'N/A'}
    for name in ('vgs', 'lvs', 'pvs'):
        host.start(name, *LVM_OPTIONS)
    groups = dict((words[0], {'size_g': words[-2], 'free_g': words[-1], 'num_lvs': words[2], 'num_pvs': words[1]})
                  for words in _lvm_rows(host, 'vgs'))
    volumes = dict((words[0], {'size_g': words[3], 'vg': words[1]}) for words in _lvm_rows(host, 'lvs'))
    disks = dict((_mapped(host, words[0]), {'size_g': words[4], 'free_g': words[5], 'vg': words[1]})
                 for words in _lvm_rows(host, 'pvs'))
    return {'lvm': {'lvs': volumes, 'vgs': groups, 'pvs': disks}}


def _lvm_rows(host, name):
    program = host.program(name)
    out = host.run(program, *LVM_OPTIONS)[1] if program else ''
    return [line.strip().split(',') for line in out.splitlines() if line.count(',') > 3]


def _mapped(host, device):
    """Return the name that a mapped device has, not its number."""
    if not device.startswith('/dev/dm-'):
        return device
    name = host.text('/sys/block/%s/dm/name' % os.path.basename(device))
    return '/dev/mapper/' + name if name else device
