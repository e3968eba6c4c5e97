"""What the file modules share: paths, attributes, digests, backups and replacing a file in one step."""

import errno
import grp
import hashlib
import os
import pwd
import re
import shlex
import shutil
import stat
import tempfile
import time

import file_flags
import labels
import process
from arguments import ModuleFailure

COMMON = {
    'mode': {'type': 'raw'}, 'owner': {}, 'group': {}, 'seuser': {}, 'serole': {}, 'selevel': {}, 'setype': {},
    'attributes': {'aliases': ['attr']}, 'unsafe_writes': {'type': 'bool', 'default': False},
}
NEW_FILE_MODE = 0o666
BLOCK_BYTES = 64 * 1024
# A rename fails with these where replacing is not possible but writing into the file may be.
NOT_REPLACEABLE = (errno.EPERM, errno.EXDEV, errno.EACCES, errno.ETXTBSY, errno.EBUSY)


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


def umask():
    """Return the umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


# Attributes

def wanted_attributes(params, path=None):
    """Return what a task wants of a path: with `follow`, of the file that a link points to."""
    if path is None:
        path = params.get('path', params.get('dest'))
    if params.get('follow') and os.path.islink(to_bytes(path)):
        path = to_text(os.path.realpath(to_bytes(path)))
    wanted = dict((name, params.get(name)) for name in ('mode', 'owner', 'group', 'attributes'))
    wanted.update(path=path, secontext=labels.wanted(params, path))
    return wanted


def set_attributes(context, wanted, changed, diff=None):
    """Bring context, owner, group, mode and flags of a path to what is wanted; return whether anything changed."""
    path = wanted['path']
    if wanted['secontext'] and labels.enabled():
        changed = labels.change(context, path, wanted['secontext'], changed, diff)
    for name, setter in (('owner', set_owner), ('group', set_group), ('mode', set_mode), ('attributes', _set_flags)):
        value = wanted[name]
        if value is None:
            continue
        if context.check and not os.path.exists(to_bytes(path)):
            changed = True
        else:
            changed = setter(context, path, value, changed, diff)
    return changed


def note(diff, name, before, after):
    """Record one attribute's change, when a diff is kept."""
    if diff is not None:
        diff.setdefault('before', {})[name] = before
        diff.setdefault('after', {})[name] = after


def set_owner(context, path, owner, changed, diff=None):
    """Change the owner of a path itself, not of what it links to."""
    b_path = to_bytes(path)
    before = os.lstat(b_path).st_uid
    try:
        uid = int(owner)
    except ValueError:
        try:
            uid = pwd.getpwnam(owner).pw_uid
        except KeyError:
            raise failure('chown failed: failed to look up user %s' % owner, path=path)
    if before == uid:
        return changed
    note(diff, 'owner', before, uid)
    if not context.check:
        try:
            os.lchown(b_path, uid, -1)
        except OSError as error:
            raise failure('chown failed: %s' % error, path=path)
    return True


def set_group(context, path, group, changed, diff=None):
    """Change the group of a path itself, not of what it links to."""
    b_path = to_bytes(path)
    before = os.lstat(b_path).st_gid
    try:
        gid = int(group)
    except ValueError:
        try:
            gid = grp.getgrnam(group).gr_gid
        except KeyError:
            raise failure('chgrp failed: failed to look up group %s' % group, path=path)
    if before == gid:
        return changed
    note(diff, 'group', before, gid)
    if not context.check:
        try:
            os.lchown(b_path, -1, gid)
        except OSError:
            raise failure('chgrp failed', path=path)
    return True


def set_mode(context, path, mode, changed, diff=None):
    """Change the mode of a path. A link's own mode means nothing on Linux: it is left alone, and so is its target."""
    b_path = to_bytes(path)
    current = os.lstat(b_path).st_mode
    mode = parse_mode(mode, current, path)
    before = stat.S_IMODE(current)
    if before == mode:
        return changed
    note(diff, 'mode', '0%03o' % before, '0%03o' % mode)
    if context.check:
        return True
    try:
        if hasattr(os, 'lchmod'):
            os.lchmod(b_path, mode)
        elif not stat.S_ISLNK(current):
            os.chmod(b_path, mode)
    except (OSError, OverflowError) as error:
        raise failure('chmod failed', path=path, details=str(error))
    return changed or stat.S_IMODE(os.lstat(b_path).st_mode) != before


def parse_mode(mode, current, path):
    """Return a mode given as number, octal text or symbols (`u=rw,g+X`), relative to the current st_mode."""
    if isinstance(mode, int):
        return mode
    try:
        return int(mode, 8)
    except (TypeError, ValueError):
        pass
    try:
        return _symbolic_mode(mode, current)
    except (AttributeError, ValueError) as error:
        raise failure('mode must be in octal or symbolic form', path=path, details=str(error))


def _symbolic_mode(text, current):
    mode = stat.S_IMODE(current)
    for clause in text.split(','):
        users = re.match('[^-+=]*', clause).group()
        steps = re.findall('([-+=])([^-+=]*)', clause)
        if (users != 'a' and users.strip('ugo')) or any(letters.strip('rwxXstugo') for _, letters in steps):
            raise ValueError('bad symbolic permission for mode: %s' % clause)
        for operator, letters in steps:
            mode = _apply_step(mode, current, users, operator, letters)
    return mode


def _apply_step(mode, current, users, operator, letters):
    """Apply one operator with its letters; users left out means all, and then the umask holds."""
    mask = 0 if users else umask()
    for user in 'ugo' if users in ('', 'a') else users:
        bits = 0
        for letter in letters:
            bits |= _bits(letter, user, current, mask)
        shift, special = {'u': (6, stat.S_ISUID), 'g': (3, stat.S_ISGID), 'o': (0, stat.S_ISVTX)}[user]
        if operator == '=':
            mode = mode & ~(7 << shift | special) | bits
        else:
            mode = mode | bits if operator == '+' else mode & ~bits
    return mode


def _bits(letter, user, current, mask):
    shifts = {'u': 6, 'g': 3, 'o': 0}
    if letter in 'rwx':
        return {'r': 4, 'w': 2, 'x': 1}[letter] << shifts[user] & ~mask
    if letter == 'X':
        return (1 << shifts[user]) if stat.S_ISDIR(current) or current & 0o111 else 0
    if letter == 's':
        return {'u': stat.S_ISUID, 'g': stat.S_ISGID, 'o': 0}[user]
    if letter == 't':
        return stat.S_ISVTX if user == 'o' else 0
    return (current >> shifts[letter] & 7) << shifts[user]


def _set_flags(context, path, flags, changed, diff=None):
    operator = flags[0] if flags[:1] in ('+', '-') else '='
    letters = flags.lstrip('+-') if operator != '=' else flags
    before = file_flags.read(path).get('attr_flags')
    chattr = find_program('chattr')
    if not chattr or ((before or '') == letters and operator != '-'):
        return changed
    note(diff, 'attributes', before, operator + letters)
    if not context.check:
        rc, out, err = run_command([chattr, operator + letters, path])
        if rc != 0 or err:
            raise failure('chattr failed', path=path, details='Error while setting attributes: %s' % (out + err))
    return True


# Digests and commands

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


# Backups and replacing

def backup(path):
    """Copy a file with its attributes to a dated name beside it and return that name; '' without a file.

    The number in the name counts up when it is taken: one agent makes many backups in one second.
    """
    if not os.path.exists(to_bytes(path)):
        return ''
    number, date = os.getpid(), time.strftime('%Y-%m-%d@%H:%M:%S~')
    while os.path.lexists(to_bytes('%s.%s.%s' % (path, number, date))):
        number += 1
    name = '%s.%s.%s' % (path, number, date)
    try:
        _copy_with_attributes(to_bytes(path), to_bytes(name))
    except OSError as error:
        raise ModuleFailure('Could not make backup of %s to %s: %s' % (path, name, error))
    return name


def _copy_with_attributes(source, dest):
    shutil.copy2(source, dest)
    if labels.enabled():
        labels.write(dest, ':'.join(labels.read(source)))
    info = os.stat(source)
    try:
        os.chown(dest, info.st_uid, info.st_gid)
        os.chmod(dest, stat.S_IMODE(info.st_mode))
    except PermissionError:
        pass
    file_flags.copy(source, dest)


class Staged:
    """A temporary file beside `dest` that takes its place in one step, or vanishes when the block ends without that.

    Readers of `dest` see the old file or the new one, never a part of it.
    """

    def __init__(self, dest, unsafe_writes=False):
        self.dest = to_bytes(dest)
        self.unsafe_writes = unsafe_writes
        directory = os.path.dirname(self.dest)
        try:
            handle, self.path = tempfile.mkstemp(prefix=b'.sortie_', dir=directory or b'.')
        except OSError as error:
            if not unsafe_writes:
                raise ModuleFailure('The destination directory (%s) is not writable by the current user. '
                                    'Error was: %s' % (to_text(directory), error))
            handle, self.path = tempfile.mkstemp(prefix=b'.sortie_', dir=to_bytes(tempfile.gettempdir()))
        os.close(handle)
        _drop_inherited_acl(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if os.path.lexists(self.path):
            os.unlink(self.path)

    def write(self, pieces):
        """Fill the file; return the SHA-1 of what was written."""
        summer = hashlib.sha1()
        with open(self.path, 'wb') as target:
            for piece in pieces:
                target.write(piece)
                summer.update(piece)
        return summer.hexdigest()

    def commit(self, mode=None):
        """Take the place of `dest`, with its owner and mode; a new file gets `mode`, or what the umask allows.

        A link at `dest` gives way to the file.
        """
        creating = os.path.islink(self.dest) or not os.path.exists(self.dest)
        label = labels.for_replacement(self.dest, creating) if labels.enabled() else None
        if creating:
            os.chmod(self.path, NEW_FILE_MODE & ~umask() if mode is None else mode)
            _chown_if_permitted(self.path, os.geteuid(), os.getegid())
        else:
            self._take_attributes(os.stat(self.dest))
        if label:
            labels.write(self.path, label)
        try:
            os.rename(self.path, self.dest)
        except OSError as error:
            self._replace_otherwise(error)

    def _take_attributes(self, info):
        try:
            os.chmod(self.path, stat.S_IMODE(info.st_mode))
            os.chown(self.path, info.st_uid, info.st_gid)
        except PermissionError:
            pass

    def _replace_otherwise(self, error):
        source, dest = to_text(self.path), to_text(self.dest)
        if error.errno not in NOT_REPLACEABLE:
            raise ModuleFailure('Could not replace file: %s to %s: %s' % (source, dest, error))
        if not self.unsafe_writes:
            raise ModuleFailure('Unable to make %s into to %s, failed final rename from %s: %s' % (
                source, dest, self.path, error))
        try:
            shutil.copyfile(self.path, self.dest)
        except OSError as problem:
            raise ModuleFailure('Could not write data to file (%s) from (%s): %s' % (dest, source, problem))


def _drop_inherited_acl(path):
    """A directory's default ACL is for files made in it by hand, not for those that Ansible moves there."""
    try:
        os.removexattr(path, 'system.posix_acl_access')
    except (AttributeError, OSError):
        pass


def _chown_if_permitted(path, uid, gid):
    try:
        os.chown(path, uid, gid)
    except OSError:
        pass


# Editing texts

def rewrite(params, path, data):
    """Replace the content of the file that a path leads to, after the task's `validate` accepted it."""
    dest = os.path.realpath(to_bytes(path))
    with Staged(dest, params['unsafe_writes']) as staged:
        staged.write([data])
        command = params.get('validate')
        if command:
            rc, _, err = run_validation(command, staged.path)
            if rc != 0:
                raise ModuleFailure('failed to validate: rc:%s error:%s' % (rc, err))
        staged.commit()


def run_validation(command, path):
    """Run a `validate` command on a file that is not in place yet."""
    if '%s' not in command:
        raise ModuleFailure('validate must contain %%s: %s' % command)
    return run_command(command % to_text(path))


def finish_edit(context, params, changed, msg, diff=None):
    """Set the file's attributes after an edit; return (msg, changed) with both told."""
    if set_attributes(context, wanted_attributes(params), False, diff):
        msg += ' and ' if changed else ''
        return msg + 'ownership, perms or SE linux context changed', True
    return msg, changed


def content_headers(path):
    """Return an empty content diff with the headers that the editing modules use."""
    header = '%s (content)' % path
    return {'before': '', 'after': '', 'before_header': header, 'after_header': header}


def attribute_headers(path, diff):
    """Complete an attribute diff with its headers."""
    header = '%s (file attributes)' % path
    diff.update(before_header=header, after_header=header)
    return diff
