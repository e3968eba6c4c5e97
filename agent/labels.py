"""SELinux contexts of files, where the kernel has SELinux; elsewhere one directory look-up says so."""

import errno
import os

from arguments import ModuleFailure

KERNEL_INTERFACES = ('/sys/fs/selinux', '/selinux')
ATTRIBUTE = 'security.selinux'
# File systems whose files all have the context of their mount.
ONE_LABEL_FILESYSTEMS = ('fuse', 'nfs', 'vboxsf', 'ramfs', '9p', 'vfat')


def enabled():
    """Say whether files here have contexts."""
    return _interface() is not None


def _interface():
    for path in KERNEL_INTERFACES:
        if os.path.exists(path + '/enforce'):
            return path
    return None


def _has_levels():
    try:
        with open('%s/mls' % _interface()) as answer:
            return answer.read(1) == '1'
    except OSError:
        return False


def read(path):
    """Return a file's context as a list of its parts; a link's own, not its target's."""
    try:
        value = os.getxattr(path, ATTRIBUTE, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise ModuleFailure('path %s does not exist' % path, path=path)
        if error.errno in (errno.ENODATA, errno.EOPNOTSUPP):
            return [None] * (4 if _has_levels() else 3)
        raise ModuleFailure('failed to retrieve selinux context', path=path)
    return value.rstrip(b'\0').decode().split(':', 3)


def write(path, label):
    """Set a file's context, given as text."""
    os.setxattr(path, ATTRIBUTE, label.encode() + b'\0', follow_symlinks=False)


def wanted(params, path):
    """Return the parts that a task asks for, with `_default` resolved; None when it asks for none."""
    parts = [params.get(name) for name in ('seuser', 'serole', 'setype')]
    if not enabled():
        return None
    if _has_levels():
        parts.append(params.get('selevel'))
    usual = default(path)
    return [usual[index] if part == '_default' and usual else part for index, part in enumerate(parts)]


def default(path):
    """Return the context that the policy gives a path, as a list of parts; None without one."""
    import ctypes
    try:
        library = ctypes.CDLL('libselinux.so.1')
    except OSError:
        return None
    answer = ctypes.c_char_p()
    encoded = path if isinstance(path, bytes) else path.encode('utf-8', 'surrogateescape')
    if library.matchpathcon(encoded, 0, ctypes.byref(answer)) != 0 or not answer.value:
        return None
    parts = answer.value.decode().split(':', 3)
    library.freecon(answer)
    return parts


def for_replacement(dest, creating):
    """Return the context of a file that replaces or becomes `dest`; None when it is to be left alone."""
    parts = default(dest) if creating else read(dest)
    return ':'.join(parts) if parts and all(parts) else None


def change(context, path, parts, changed, diff):
    """Bring a file's context to the wanted parts (None keeps one); return whether anything changed."""
    if context.check and not os.path.exists(path):
        return True
    before = read(path)
    mount = _one_label_mount(path)
    if mount:
        after = read(mount)
    else:
        after = [old if new is None else new for old, new in zip(before, parts)] + before[len(parts):]
    if before == after:
        return changed
    if diff is not None:
        diff.setdefault('before', {})['secontext'] = before
        diff.setdefault('after', {})['secontext'] = after
    if not context.check:
        try:
            write(path, ':'.join(after))
        except OSError as error:
            raise ModuleFailure('invalid selinux context: %s' % error, path=path, new_context=after,
                                cur_context=before, input_was=parts)
    return True


def _one_label_mount(path):
    """Return the mount point of a path when its file system has one context for all files."""
    point = os.path.realpath(path)
    while not os.path.ismount(point):
        point = os.path.dirname(point)
    try:
        with open('/proc/mounts') as mounts:
            kinds = [line.split(' ')[2] for line in mounts if line.split(' ')[1] == point]
    except OSError:
        return None
    return point if any(name in kind for kind in kinds for name in ONE_LABEL_FILESYSTEMS) else None
