"""Reads and copies the flags of files that lsattr shows, without starting a process."""

import fcntl
import os
import shutil
import stat
import struct

# Letters in the order in which lsattr prints them, with the kernel's FS_*_FL bits.
LETTERS = (
    ('s', 0x1), ('u', 0x2), ('S', 0x8), ('D', 0x10000), ('i', 0x10), ('a', 0x20), ('d', 0x40), ('A', 0x80),
    ('c', 0x4), ('E', 0x800), ('j', 0x4000), ('I', 0x1000), ('t', 0x8000), ('T', 0x20000), ('e', 0x80000),
    ('C', 0x800000), ('x', 0x2000000), ('F', 0x40000000), ('N', 0x10000000), ('P', 0x20000000), ('V', 0x100000),
    ('m', 0x400),
)
NAMES = {
    'A': 'noatime', 'a': 'append', 'c': 'compressed', 'C': 'nocow', 'd': 'nodump', 'D': 'dirsync', 'e': 'extents',
    'E': 'encrypted', 'h': 'blocksize', 'i': 'immutable', 'I': 'indexed', 'j': 'journalled', 'N': 'inline',
    's': 'zero', 'S': 'synchronous', 't': 'notail', 'T': 'blockroot', 'u': 'undelete', 'X': 'compressedraw',
    'Z': 'compresseddirty',
}
LONG = struct.calcsize('l')
READ = 0x40000000 if os.uname().machine.startswith(('alpha', 'mips', 'parisc', 'ppc', 'sparc')) else 0x80000000
WRITE = 0x80000000 if READ == 0x40000000 else 0x40000000
GET_FLAGS = READ | LONG << 16 | 0x6601
SET_FLAGS = WRITE | LONG << 16 | 0x6602
GET_VERSION = READ | LONG << 16 | 0x7601
# Flags that describe how a file is stored, which no one can set.
NOT_SETTABLE = 0x1000 | 0x80000 | 0x10000000 | 0x800 | 0x100000 | 0x20000 | 0x20000000


def read(path, with_version=True):
    """Return `version`, `attr_flags` and `attributes` of a file; nothing where the file system has none.

    Some (overlayfs) have flags but no version: there nothing is returned with it. As for Ansible, machines without lsattr have none.
    """
    if not shutil.which('lsattr', path=os.environ.get('PATH', os.defpath) + ':/sbin:/usr/sbin'):
        return {}
    try:
        flags = _ask(path, GET_FLAGS)
        version = {'version': str(_ask(path, GET_VERSION))} if with_version else {}
    except OSError:
        return {}
    letters = ''.join(letter for letter, bit in LETTERS if flags & bit)
    return dict(version, attr_flags=letters, attributes=[NAMES[letter] for letter in letters if letter in NAMES])


def copy(source, dest):
    """Give a copy the settable flags of its source, where both have flags."""
    try:
        wanted, current = _ask(source, GET_FLAGS), _ask(dest, GET_FLAGS)
        target = wanted & ~NOT_SETTABLE | current & NOT_SETTABLE
        if target != current:
            _ask(dest, SET_FLAGS, target)
    except OSError:
        pass


def _ask(path, request, value=0):
    if not stat.S_ISREG(os.lstat(path).st_mode) and not stat.S_ISDIR(os.lstat(path).st_mode):
        raise OSError('flags belong to files and directories')
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        return struct.unpack('i', fcntl.ioctl(handle, request, struct.pack('l', value))[:4])[0] & 0xffffffff
    finally:
        os.close(handle)
