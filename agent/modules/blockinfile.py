"""blockinfile: a block of lines between markers."""

import os
import re

import attributes
import replacing
from arguments import ModuleFailure, parse
from files import to_bytes, to_text

SPEC = dict(attributes.COMMON, **{
    'path': {'type': 'path', 'required': True, 'aliases': ['dest', 'destfile', 'name']},
    'state': {'default': 'present', 'choices': ['absent', 'present']},
    'marker': {'default': '# {mark} ANSIBLE MANAGED BLOCK'},
    'block': {'default': '', 'aliases': ['content']},
    'insertafter': {}, 'insertbefore': {},
    'create': {'type': 'bool', 'default': False},
    'backup': {'type': 'bool', 'default': False},
    'validate': {},
    'marker_begin': {'default': 'BEGIN'}, 'marker_end': {'default': 'END'},
})


def run(args, context):
    """Insert, update or remove the block, and return what was done."""
    params = parse('blockinfile', SPEC, args, context, mutually_exclusive=[['insertbefore', 'insertafter']])
    path = params['path']
    original = _read(params, context)
    if params['state'] == 'absent' and original is None:
        return {'msg': 'File %s not present' % path}
    lines = (original or b'').splitlines(True)
    block = _block_lines(params)
    _put_block(params, original, lines, block)
    content = b''.join(lines)
    changed = content != original
    msg = '' if not changed else 'File created' if original is None else 'Block inserted' if block else 'Block removed'
    diff = replacing.content_headers(path)
    if context.diff:
        diff.update(before=to_text(original or b''), after=to_text(content))
    result = {}
    if changed and not context.check:
        if params['backup'] and original is not None:
            result['backup_file'] = replacing.backup(path)
        replacing.rewrite(params, path, content)
    if context.check and original is None:
        return {'changed': changed, 'msg': msg, 'diff': diff}
    attribute_diff = {}
    msg, changed = replacing.finish_edit(context, params, changed, msg, attribute_diff)
    return dict(result, changed=changed, msg=msg, diff=[diff, replacing.attribute_headers(path, attribute_diff)])


def _read(params, context):
    """Return the file's content; None, with the directory made, when it may be created."""
    path = params['path']
    if os.path.isdir(to_bytes(path)):
        raise ModuleFailure('Path %s is a directory !' % path, rc=256)
    if os.path.exists(to_bytes(path)):
        with open(to_bytes(path), 'rb') as source:
            return source.read()
    if not params['create']:
        raise ModuleFailure('Path %s does not exist !' % path, rc=257)
    directory = os.path.dirname(path)
    if directory and not os.path.exists(to_bytes(directory)) and not context.check:
        try:
            os.makedirs(to_bytes(directory))
        except OSError as error:
            raise ModuleFailure('Error creating %s Error code: %s Error description: %s' % (
                directory, error.errno, error.strerror))
    return None


def _markers(params):
    return tuple(to_bytes(re.sub('{mark}', params[name], params['marker']) + '\n')
                 for name in ('marker_begin', 'marker_end'))


def _block_lines(params):
    """Return the block with its markers; nothing when it is to be removed."""
    block = to_bytes(params['block'])
    if params['state'] == 'absent' or not block:
        return []
    begin, end = _markers(params)
    return [begin] + (block if block.endswith(b'\n') else block + b'\n').splitlines(True) + [end]


def _put_block(params, original, lines, block):
    """Change the lines in place: the block goes where the old one was, or where the task wants it."""
    begin, end = _markers(params)
    places = [max([index for index, line in enumerate(lines) if line == marker] or [-1]) for marker in (begin, end)]
    if -1 in places:
        at = _place(params, original, lines)
    else:
        at = min(places)
        del lines[at:max(places) + 1]
    if at > 0 and not lines[at - 1].endswith(b'\n'):
        lines[at - 1] += b'\n'
    lines[at:at] = block


def _place(params, original, lines):
    """Return the index of the line that a new block goes before."""
    after, before = params['insertafter'], params['insertbefore']
    pattern = after if after not in (None, 'EOF') else before if before not in (None, 'BOF') else None
    if pattern is None:
        return 0 if before is not None else len(lines)
    pattern = re.compile(to_bytes(pattern))
    found = None
    if pattern.flags & re.MULTILINE:
        match = pattern.search(original or b'')
        if match:
            found = (original or b'').count(b'\n', 0, match.end() if after else match.start())
    else:
        for index, line in enumerate(lines):
            if pattern.search(line):
                found = index
    if found is None:
        return len(lines)
    return found + 1 if after is not None else found
