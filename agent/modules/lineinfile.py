"""lineinfile: one line of a text file."""

import os
import re

import attributes
import replacing
from arguments import ModuleFailure, parse
from files import to_bytes, to_text

SPEC = dict(attributes.COMMON, **{
    'path': {'type': 'path', 'required': True, 'aliases': ['dest', 'destfile', 'name']},
    'state': {'default': 'present', 'choices': ['absent', 'present']},
    'regexp': {'aliases': ['regex']},
    'search_string': {},
    'line': {'aliases': ['value']},
    'insertafter': {}, 'insertbefore': {},
    'backrefs': {'type': 'bool', 'default': False},
    'create': {'type': 'bool', 'default': False},
    'backup': {'type': 'bool', 'default': False},
    'firstmatch': {'type': 'bool', 'default': False},
    'validate': {},
})
EXCLUSIVE = [['insertbefore', 'insertafter'], ['regexp', 'search_string'], ['backrefs', 'search_string']]
ENDS = (b'\n', b'\r')


def run(args, context):
    """Ensure that a line is in the file, or is not."""
    params = parse('lineinfile', SPEC, args, context, mutually_exclusive=EXCLUSIVE)
    _warn_of_empty_pattern(params, context)
    path = params['path']
    if os.path.isdir(to_bytes(path)):
        raise ModuleFailure('Path %s is a directory !' % path, rc=256)
    if params['state'] == 'absent':
        if (params['regexp'], params['search_string'], params['line']) == (None, None, None):
            raise ModuleFailure('one of line, search_string, or regexp is required with state=absent')
        return _absent(params, context)
    if params['backrefs'] and params['regexp'] is None:
        raise ModuleFailure('regexp is required with backrefs=true')
    if params['line'] is None:
        raise ModuleFailure('line is required with state=present')
    if params['insertbefore'] is None and params['insertafter'] is None:
        return _present(dict(params, insertafter='EOF'), context)
    return _present(params, context)


def _warn_of_empty_pattern(params, context):
    empty = [name for name in ('regexp', 'search_string') if params[name] == '']
    if not empty:
        return
    text = ('The %s is an empty string, which will match every line in the file. '
            'This may have unintended consequences, such as replacing the last line in the file rather than appending.')
    if 'regexp' in empty:
        text += " If this is desired, use '^' to match every line in the file and avoid this warning."
    context.warn(text % ('regular expression' if 'regexp' in empty else 'search string'))


def _absent(params, context):
    path = params['path']
    if not os.path.exists(to_bytes(path)):
        return {'msg': 'file not present'}
    with open(to_bytes(path), 'rb') as source:
        lines = source.readlines()
    finder = _finder(params)
    wanted = to_bytes(params['line'])
    kept = [line for line in lines if not (finder(line) if finder else line.rstrip(b'\r\n') == wanted)]
    found = len(lines) - len(kept)
    result = _finish(params, context, lines, kept, '%s line(s) removed' % found if found else '')
    return dict(result, found=found)


def _present(params, context):
    path = params['path']
    exists = os.path.exists(to_bytes(path))
    before = _read_or_create(params, context, exists)
    after = list(before)
    msg = _put_line(params, after)
    return _finish(params, context, before, after, msg)


def _read_or_create(params, context, exists):
    path = params['path']
    if exists:
        with open(to_bytes(path), 'rb') as source:
            return source.readlines()
    if not params['create']:
        raise ModuleFailure('Destination %s does not exist !' % path, rc=257)
    directory = os.path.dirname(path)
    if directory and not os.path.exists(to_bytes(directory)) and not context.check:
        try:
            os.makedirs(to_bytes(directory))
        except OSError as error:
            raise ModuleFailure('Error creating %s (%s)' % (directory, error))
    return []


def _finish(params, context, before, after, msg):
    """Write the lines, set the attributes and tell both."""
    path, changed, saved = params['path'], bool(msg), ''
    diff = replacing.content_headers(path)
    if context.diff:
        diff.update(before=to_text(b''.join(before)), after=to_text(b''.join(after)))
    if changed and not context.check:
        if params['backup']:
            saved = replacing.backup(path)
        replacing.rewrite(params, path, b''.join(after))
    if context.check and not os.path.exists(to_bytes(path)):
        return {'changed': changed, 'msg': msg, 'backup': saved, 'diff': diff}
    attribute_diff = {}
    msg, changed = replacing.finish_edit(context, params, changed, msg, attribute_diff)
    return {'changed': changed, 'msg': msg, 'backup': saved,
            'diff': [diff, replacing.attribute_headers(path, attribute_diff)]}


# Finding the place

def _finder(params):
    """Return what finds the line to replace or remove: a match object or a bool; None when there is nothing to find."""
    if params['regexp'] is not None:
        return re.compile(to_bytes(params['regexp'])).search
    if params['search_string'] is not None:
        wanted = to_bytes(params['search_string'])
        return lambda line: wanted in line
    return None


def _find(lines, finder, first):
    """Return the index and match of the last line found, or the first; (-1, None) without one."""
    place, match = -1, None
    for index, line in enumerate(lines):
        found = finder(line)
        if found:
            place, match = index, found
            if first:
                break
    return place, match


def _scan(params, lines, wanted):
    """Return the index of the line itself, and the index where a new line goes by insertafter or insertbefore."""
    after, before = params['insertafter'], params['insertbefore']
    pattern = after if after not in (None, 'BOF', 'EOF') else before if before not in (None, 'BOF') else None
    pattern = None if pattern is None else re.compile(to_bytes(pattern))
    same, place = -1, -1
    for index, line in enumerate(lines):
        if line.rstrip(b'\r\n') == wanted:
            same = index
        elif pattern is not None and pattern.search(line):
            place = index + 1 if after else index
            if params['firstmatch']:
                break
    return same, place


def _put_line(params, lines):
    """Change the lines in place and say what was done; '' when nothing had to be."""
    wanted = to_bytes(params['line'])
    finder = _finder(params)
    at, match = _find(lines, finder, params['firstmatch']) if finder else (-1, None)
    place = -1
    if not match:
        at, place = _scan(params, lines, wanted)
    if at != -1:
        return _replace(lines, at, match.expand(wanted) if params['backrefs'] and match else wanted)
    if params['backrefs']:
        return ''
    return _insert(params, lines, place, wanted + b'\n')


def _replace(lines, at, line):
    line = line if line.endswith(b'\n') else line + b'\n'
    if lines[at] == line:
        return ''
    lines[at] = line
    return 'line replaced'


def _insert(params, lines, place, line):
    after, before = params['insertafter'], params['insertbefore']
    if 'BOF' in (before, after):
        lines.insert(0, line)
    elif after == 'EOF' or place == -1:
        if lines and lines[-1][-1:] not in ENDS:
            lines.append(b'\n')
        lines.append(line)
    elif after and place == len(lines):
        if lines[-1].rstrip(b'\r\n') == line[:-1]:
            return ''
        lines.append(line)
    elif after and lines[place].rstrip(b'\r\n') == line[:-1]:
        return ''
    else:
        lines.insert(place, line)
    return 'line added'
