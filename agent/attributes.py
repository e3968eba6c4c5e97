"""Brings mode, owner, group, flags and SELinux context of a file to what a task wants."""

import grp
import os
import pwd
import re
import stat

import file_flags
import labels
from files import failure, find_program, run_command, to_bytes, to_text, umask

COMMON = {
    'mode': {'type': 'raw'}, 'owner': {}, 'group': {}, 'seuser': {}, 'serole': {}, 'selevel': {}, 'setype': {},
    'attributes': {'aliases': ['attr']},
    'unsafe_writes': {'type': 'bool', 'default': False, 'variable': 'ANSIBLE_UNSAFE_WRITES'},
}


def wanted(params, path=None):
    """Return what a task wants of a path: with `follow`, of the file that a link points to."""
    if path is None:
        path = params.get('path', params.get('dest'))
    if params.get('follow') and os.path.islink(to_bytes(path)):
        path = to_text(os.path.realpath(to_bytes(path)))
    goal = dict((name, params.get(name)) for name in ('mode', 'owner', 'group', 'attributes'))
    goal.update(path=path, secontext=labels.wanted(params, path))
    return goal


def change(context, goal, changed, diff=None):
    """Bring context, owner, group, mode and flags of a path to what is wanted; return whether anything changed."""
    path = goal['path']
    if goal['secontext'] and labels.enabled():
        changed = labels.change(context, path, goal['secontext'], changed, diff)
    for name, setter in (('owner', set_owner), ('group', set_group), ('mode', set_mode), ('attributes', _set_flags)):
        value = goal[name]
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
    before = file_flags.read(path, with_version=False).get('attr_flags')
    chattr = find_program('chattr')
    if not chattr or ((before or '') == letters and operator != '-'):
        return changed
    note(diff, 'attributes', before, operator + letters)
    if not context.check:
        rc, out, err = run_command([chattr, operator + letters, path])
        if rc != 0 or err:
            raise failure('chattr failed', path=path, details='Error while setting attributes: %s' % (out + err))
    return True
