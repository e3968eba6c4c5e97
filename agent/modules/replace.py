"""replace: all matches of a pattern in a file."""

import os
import re

import attributes
import replacing
from arguments import ModuleFailure, parse
from files import to_bytes

SPEC = dict(attributes.COMMON, **{
    'path': {'type': 'path', 'required': True, 'aliases': ['dest', 'destfile', 'name']},
    'regexp': {'required': True},
    'replace': {'default': ''},
    'after': {}, 'before': {},
    'backup': {'type': 'bool', 'default': False},
    'validate': {},
    'encoding': {'default': 'utf-8'},
})


def run(args, context):
    """Replace the matches of `regexp`, between `after` and `before` when these are given."""
    params = parse('replace', SPEC, args, context)
    path, content = params['path'], _read(params)
    result = {'rc': 0}
    start, end, pattern = _section(params, content)
    if start is None:
        return {'rc': 0, 'msg': 'Pattern for before/after params did not match the given file: %s' % pattern}
    section = content[start:end]
    replaced, count = re.subn(params['regexp'], params['replace'], section, flags=re.MULTILINE)
    changed = count > 0 and replaced != section
    if changed:
        after = content[:start] + replaced + content[end:]
        if context.diff:
            result['diff'] = {'before_header': path, 'before': content, 'after_header': path, 'after': after}
        if not context.check:
            if params['backup']:
                result['backup_file'] = replacing.backup(path)
            replacing.rewrite(params, path, _encode(after, params['encoding']))
    msg = '%s replacements made' % count if changed else ''
    result['msg'], result['changed'] = replacing.finish_edit(context, params, changed, msg)
    return result


def _read(params):
    path = params['path']
    if os.path.isdir(to_bytes(path)):
        raise ModuleFailure('Path %s is a directory !' % path, rc=256)
    if not os.path.exists(to_bytes(path)):
        raise ModuleFailure('Path %s does not exist !' % path, rc=257)
    try:
        with open(to_bytes(path), 'rb') as source:
            return source.read().decode(params['encoding'], 'surrogateescape')
    except OSError as error:
        raise ModuleFailure('Unable to read the contents of %s: [Errno %s] %s: %r' % (
            path, error.errno, error.strerror, path))


def _encode(text, encoding):
    return text.encode(encoding, 'surrogateescape')


def _section(params, content):
    """Return where the section between `after` and `before` starts and ends; Nones and the pattern without a match."""
    after, before = params['after'], params['before']
    if not after and not before:
        return 0, len(content), ''
    inner = '(?P<subsection>.*?)' if after and before else '(?P<subsection>.*)'
    pattern = (after or '') + inner + (before or '')
    match = re.search(pattern, content, re.DOTALL)
    return match.span('subsection') + (pattern,) if match else (None, None, pattern)
