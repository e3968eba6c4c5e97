"""What recording and checking module cases share: the files of a case before it, the result and the files after it.

A case is an entry of test/cases/modules/<module>/<subject>.yml:

    name     what it shows; unique in its file
    tree     files by path: their text, or {content|base64|link|hard, mode, mtime, uid}; a path with a slash is a directory
    before   files outside the tree that the controller has, by path, as in `tree` (copy only)
    args     the module's arguments; ROOT stands for the tree's directory, LOCAL for that of `before`
    check, diff, umask    how it is run
    drop     result keys that cannot be compared
    root     only root can run it
    nobody   root runs it as nobody, on files that are nobody's but for those with a uid

Expectations stand beside it in <subject>.expected.json, by name: `result` and `tree`.
"""

import base64
import grp
import os
import pwd
import re
import stat

UNSTABLE = ('invocation', 'exception', 'traceback', 'ansible_facts', 'stdout_lines', 'stderr_lines')
TIMES = ('atime', 'mtime', 'ctime')
# Facts that depend on the file system of the machine.
MACHINE_FACTS = ('dev', 'inode', 'blocks', 'block_size', 'device_type', 'version', 'attr_flags', 'attributes')
TEMPORARY_NAME = re.compile(r'(^ansible\.|^a)[a-z0-9_]{8}(b$|$)')
BACKUP = re.compile(r'\.[0-9]+\.[0-9]{4}-[0-9]{2}-[0-9]{2}@[0-9]{2}:[0-9]{2}:[0-9]{2}~')
CONTROLLER_TEMPORARY = re.compile(r'/[^ \'"]*/ansible-(?:local|tmp)-[^ \'"]*')


def identity(case):
    """Return the (uid, gid) that a case runs as."""
    if case.get('nobody') and os.geteuid() == 0:
        entry = pwd.getpwnam('nobody')
        return entry.pw_uid, entry.pw_gid
    return os.geteuid(), os.getegid()


def build(root, tree, who):
    """Make the files of a case; directories get their modes last, so that they can be filled before."""
    os.makedirs(root)
    later = []
    for path, entry in tree.items():
        entry = {'content': entry} if isinstance(entry, str) else entry or {}
        target = os.path.join(root, path)
        if path.endswith('/'):
            os.makedirs(target, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            _make(root, target, entry)
        later.append((target.rstrip('/'), entry))
    for base, directories, names in os.walk(root) if os.geteuid() != who[0] else ():
        for path in [base] + [os.path.join(base, name) for name in directories + names]:
            os.lchown(path, *who)
    for target, entry in reversed(later):
        if 'uid' in entry:
            os.lchown(target, entry['uid'], entry['uid'])
        if 'mode' in entry:
            os.chmod(target, int(entry['mode'], 8))
        if 'mtime' in entry:
            os.utime(target, (entry['mtime'], entry['mtime']))


def _make(root, target, entry):
    if 'link' in entry:
        os.symlink(entry['link'].replace('ROOT', root), target)
    elif 'hard' in entry:
        os.link(os.path.join(root, entry['hard']), target)
    else:
        data = base64.b64decode(entry['base64']) if 'base64' in entry else entry.get('content', '').encode()
        with open(target, 'wb') as file:
            file.write(data)


def fill(value, places):
    """Put the case's directories into arguments."""
    if isinstance(value, str):
        for name, path in places.items():
            value = value.replace(name, path)
        return value
    if isinstance(value, list):
        return [fill(item, places) for item in value]
    if isinstance(value, dict):
        return dict((key, fill(item, places)) for key, item in value.items())
    return value


def normal(result, places, case):
    """Return a result without what differs from run to run and from machine to machine."""
    drop, who = case.get('drop', ()), identity(case)
    kept = dict((key, value) for key, value in result.items()
                if key not in UNSTABLE and key not in drop and not key.startswith('_ansible'))
    kept.setdefault('failed', False)
    kept.setdefault('changed', False)
    return _normal(kept, places, who)


def _normal(value, places, who):
    if isinstance(value, str):
        for name, path in places.items():
            value = value.replace(path, name)
        return CONTROLLER_TEMPORARY.sub('TEMPORARY', BACKUP.sub('.PID.DATE~', value))
    if isinstance(value, (list, tuple)):
        return _ordered([_normal(item, places, who) for item in value])
    if not isinstance(value, dict):
        return value
    shown = dict((_normal(key, places, who), _normal_entry(key, item, places, who)) for key, item in value.items())
    if shown.get('state') in ('link', 'directory') or shown.get('isdir') or shown.get('islnk'):
        if 'size' in shown:
            shown['size'] = 'SIZE'
        if 'nlink' in shown:
            shown['nlink'] = 'LINKS'
    return shown


def _ordered(items):
    """Files are listed in the order of the file system: sort what is a list of paths."""
    if all(isinstance(item, dict) and 'path' in item for item in items):
        return sorted(items, key=lambda item: item['path'])
    return sorted(items) if all(isinstance(item, str) and item.startswith('ROOT') for item in items) else items


def _normal_entry(key, value, places, who):
    if key in MACHINE_FACTS and not isinstance(value, dict):
        return key.upper()
    if key in TIMES and isinstance(value, float) and not value.is_integer():
        return 'TIME'
    me, us = who
    if key in ('uid', 'owner', 'pw_name') and value in (me, pwd.getpwuid(me).pw_name):
        return 'ME'
    if key in ('gid', 'group', 'gr_name') and value in (us, grp.getgrgid(us).gr_name):
        return 'US'
    return _normal(value, places, who)


def listing(root, case):
    """Return the files below a directory: kind, mode and content, and what else is not as usual."""
    found = {}
    for base, directories, names in os.walk(root):
        for name in directories + names:
            path = os.path.join(base, name)
            shown = BACKUP.sub('.PID.DATE~', os.path.relpath(path, root))
            found[TEMPORARY_NAME.sub(r'\1RANDOM\2', shown)] = _entry(root, path, identity(case)[0])
    return dict(sorted(found.items()))


def _entry(root, path, me):
    info = os.lstat(path)
    if stat.S_ISLNK(info.st_mode):
        return {'link': os.readlink(path).replace(root, 'ROOT')}
    entry = {'mode': '%04o' % stat.S_IMODE(info.st_mode)}
    if stat.S_ISREG(info.st_mode):
        if not os.access(path, os.R_OK):
            os.chmod(path, 0o600)
        with open(path, 'rb') as file:
            entry['content'] = file.read().decode('latin-1')
        if info.st_nlink > 1:
            entry['links'] = info.st_nlink
    if info.st_mtime == int(info.st_mtime):
        entry['mtime'] = int(info.st_mtime)
    if info.st_uid != me:
        entry['uid'] = info.st_uid
    return entry
