"""find: files that meet criteria."""

import fnmatch
import grp
import os
import pwd
import re
import stat
import time

import files
from arguments import ModuleFailure, parse
from files import to_bytes, to_text

SPEC = {
    'paths': {'type': 'list', 'required': True, 'aliases': ['name', 'path'], 'elements': 'str'},
    'patterns': {'type': 'list', 'default': [], 'aliases': ['pattern'], 'elements': 'str'},
    'excludes': {'type': 'list', 'aliases': ['exclude'], 'elements': 'str'},
    'contains': {},
    'read_whole_file': {'type': 'bool', 'default': False},
    'file_type': {'default': 'file', 'choices': ['any', 'directory', 'file', 'link']},
    'age': {},
    'age_stamp': {'default': 'mtime', 'choices': ['atime', 'ctime', 'mtime']},
    'size': {},
    'recurse': {'type': 'bool', 'default': False},
    'hidden': {'type': 'bool', 'default': False},
    'follow': {'type': 'bool', 'default': False},
    'get_checksum': {'type': 'bool', 'default': False},
    'use_regex': {'type': 'bool', 'default': False},
    'depth': {'type': 'int'},
}
SECONDS = {'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}
BYTES = {'b': 1, 'k': 1 << 10, 'm': 1 << 20, 'g': 1 << 30, 't': 1 << 40}
TYPES = {'directory': stat.S_ISDIR, 'file': stat.S_ISREG, 'link': stat.S_ISLNK, 'any': lambda mode: True}


def run(args, context):
    """Return the matching files with their facts, how many were looked at, and what could not be."""
    params = parse('find', SPEC, args, context)
    params['patterns'] = params['patterns'] or ['.*' if params['use_regex'] else '*']
    criteria = {'age': _number(params, 'age', SECONDS), 'size': _number(params, 'size', BYTES), 'now': time.time(),
                'contains': params['contains'] if params['file_type'] == 'file' else None}
    found, skipped, examined = [], {}, 0
    for path in params['paths']:
        path = os.path.expanduser(os.path.expandvars(path))
        try:
            if not os.path.isdir(to_bytes(path)):
                raise ModuleFailure("'%s' is not a directory" % path)
            for base, directories, names in os.walk(to_bytes(path), onerror=_raise, followlinks=params['follow']):
                examined += len(directories) + len(names)
                found += _matches(params, criteria, path, base, directories, names, skipped, context)
                if not params['recurse']:
                    break
        except (ModuleFailure, OSError, re.error) as error:
            skipped[path] = error.msg if isinstance(error, ModuleFailure) else _text(error)
            context.warn("Skipped '%s' path due to this access issue: %s\n" % (path, skipped[path]))
    msg = 'Not all paths examined, check warnings for details' if skipped else 'All paths examined'
    return {'files': found, 'msg': msg, 'matched': len(found), 'examined': examined, 'skipped_paths': skipped}


def _raise(error):
    raise error


def _text(error):
    """Return an error's text with the path as text, not as bytes."""
    if not isinstance(error, OSError):
        return str(error)
    return '[Errno %s] %s: %r' % (error.errno, error.strerror, to_text(error.filename))


def _number(params, name, units):
    """Return an age in seconds or a size in bytes."""
    if params[name] is None:
        return None
    match = re.match('^(-?[0-9]+)([%s])?$' % ''.join(units), params[name].lower())
    if not match:
        raise ModuleFailure('failed to process %s' % name, **{name: params[name]})
    return int(match.group(1)) * units.get(match.group(2), 1)


def _matches(params, criteria, top, base, directories, names, skipped, context):
    """Return the entries of one directory that match; beyond `depth`, keep the walk from going deeper."""
    found = []
    for name in names + directories:
        path = to_text(os.path.normpath(os.path.join(base, name)))
        if params['depth'] and path.count('/') - (top.rstrip('/') + '/').count('/') + 1 > params['depth']:
            del directories[:]
            continue
        if os.path.basename(path).startswith('.') and not params['hidden']:
            continue
        try:
            info = os.lstat(to_bytes(path))
        except OSError as error:
            skipped[path] = _text(error)
            context.warn("Skipped entry '%s' due to this access issue: %s\n" % (path, skipped[path]))
            continue
        if _wanted(params, criteria, to_text(name), path, info):
            found.append(_facts(params, path, info))
    return found


def _wanted(params, criteria, name, path, info):
    if not TYPES[params['file_type']](info.st_mode) or not _named(params, name):
        return False
    age = criteria['now'] - getattr(info, 'st_' + params['age_stamp'])
    if not _reaches(age, criteria['age']):
        return False
    if stat.S_ISREG(info.st_mode) and not _reaches(info.st_size, criteria['size']):
        return False
    return criteria['contains'] is None or _contains(path, criteria['contains'], params['read_whole_file'])


def _reaches(value, limit):
    """A limit is a minimum; a negative one is a maximum."""
    return limit is None or (value >= limit if limit >= 0 else value <= -limit)


def _named(params, name):
    matches = re.match if params['use_regex'] else lambda pattern, text: fnmatch.fnmatch(text, pattern)
    if not any(matches(pattern, name) for pattern in params['patterns']):
        return False
    return not any(matches(pattern, name) for pattern in params['excludes'] or ())


def _contains(path, pattern, whole):
    expression = re.compile(pattern)
    try:
        with open(to_bytes(path), encoding='utf-8') as lines:
            if whole:
                return bool(expression.search(lines.read()))
            return any(expression.match(line) for line in lines)
    except (OSError, UnicodeDecodeError):
        return False


def _facts(params, path, info):
    facts = dict(path=path, **files.stat_fields(info))
    facts['pw_name'] = facts['gr_name'] = ''
    try:
        facts['pw_name'] = pwd.getpwuid(info.st_uid).pw_name
        facts['gr_name'] = grp.getgrgid(info.st_gid).gr_name
    except KeyError:
        pass
    if params['get_checksum'] and params['file_type'] in ('any', 'file') and stat.S_ISREG(info.st_mode):
        facts['checksum'] = files.digest(path)
    return facts
