"""What the file modules share about files: paths, facts, digests, and the programs that look at them."""

import grp
import hashlib
import os
import pwd
import shlex
import shutil
import stat
import tempfile

import labels
import process
from arguments import ModuleFailure

BLOCK_BYTES = 64 * 1024


def to_bytes(path):
    """Return a path as the bytes that the kernel wants, whatever the locale is."""
    return path.encode('utf-8', 'surrogateescape') if isinstance(path, str) else path


def to_text(data):
    """Return bytes as text; what is not UTF-8 survives as surrogates."""
    return data.decode('utf-8', 'surrogateescape') if isinstance(data, bytes) else data


def state_of(path):
    """Return Ansible's word for what stands at a path."""
    path = to_bytes(path)
    if not os.path.lexists(path):
        return 'absent'
    if os.path.islink(path):
        return 'link'
    if os.path.isdir(path):
        return 'directory'
    try:
        return 'hard' if os.stat(path).st_nlink > 1 else 'file'
    except FileNotFoundError:
        return 'absent'


def with_path_info(result):
    """Add owner, mode, state and size of the result's `path` or `dest`, as every result with a path has them."""
    path = result.get('path', result.get('dest'))
    if path is None or not os.path.exists(to_bytes(path)):
        return result
    info = os.lstat(to_bytes(path))
    result.update(uid=info.st_uid, gid=info.st_gid, owner=user_name(info.st_uid), group=group_name(info.st_gid),
                  mode='0%03o' % stat.S_IMODE(info.st_mode), state=state_of(path), size=info.st_size)
    if labels.enabled():
        result['secontext'] = ':'.join(labels.read(path))
    return result


def failure(msg, **result):
    """Return the exception that ends a module, with the state of the path that it names."""
    return ModuleFailure(msg, **with_path_info(result))


def user_name(uid):
    """Return a user's name, or its number as text."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_name(gid):
    """Return a group's name, or its number as text."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def stat_fields(info):
    """Return the facts of a stat result that `stat` and `find` both tell."""
    mode = info.st_mode
    fields = {
        'mode': '%04o' % stat.S_IMODE(mode), 'isdir': stat.S_ISDIR(mode), 'ischr': stat.S_ISCHR(mode),
        'isblk': stat.S_ISBLK(mode), 'isreg': stat.S_ISREG(mode), 'isfifo': stat.S_ISFIFO(mode),
        'islnk': stat.S_ISLNK(mode), 'issock': stat.S_ISSOCK(mode), 'uid': info.st_uid, 'gid': info.st_gid,
        'size': info.st_size, 'inode': info.st_ino, 'dev': info.st_dev, 'nlink': info.st_nlink,
        'atime': info.st_atime, 'mtime': info.st_mtime, 'ctime': info.st_ctime,
        'isuid': bool(mode & stat.S_ISUID), 'isgid': bool(mode & stat.S_ISGID),
    }
    for shift, who in ((6, 'usr'), (3, 'grp'), (0, 'oth')):
        for bit, right in ((4, 'r'), (2, 'w'), (1, 'x')):
            fields[right + who] = bool(mode & bit << shift)
    return fields


def temporary_directory():
    """Return where temporary files go, as this task's environment has it: Python remembers its first answer."""
    tempfile.tempdir = None
    return to_bytes(tempfile.gettempdir())


def umask():
    """Return the umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def digest(path, algorithm='sha1'):
    """Return the hex digest of a file, or None when there is no such file."""
    path = to_bytes(path)
    if not os.path.exists(path):
        return None
    if os.path.isdir(path):
        raise ModuleFailure('attempted to take checksum of directory: %s' % to_text(path))
    summer = hashlib.new(algorithm)
    with open(path, 'rb') as source:
        for block in iter(lambda: source.read(BLOCK_BYTES), b''):
            summer.update(block)
    return summer.hexdigest()


def md5(path):
    """Return the MD5 of a file, or None on machines that forbid it."""
    try:
        return digest(path, 'md5')
    except ValueError:
        return None


def find_program(name):
    """Return a program's path, looked for where system administrators keep theirs as well."""
    return shutil.which(name, path=os.environ.get('PATH', os.defpath) + ':/sbin:/usr/sbin:/usr/local/sbin')


def run_command(command):
    """Run a command line (split into words; no shell) and return (rc, stdout, stderr) as text."""
    words = shlex.split(command) if isinstance(command, str) else command
    words = [to_bytes(os.path.expanduser(os.path.expandvars(word))) for word in words]
    try:
        rc, out, err = process.run(words)
    except OSError as error:
        raise ModuleFailure('[Errno %s] %s: %r' % (error.errno, os.strerror(error.errno), words[0]), rc=error.errno,
                            stdout='', stderr='', cmd=' '.join(shlex.quote(to_text(word)) for word in words))
    return rc, to_text(out), to_text(err)
