"""assemble: one file out of the fragments in a directory of the target.

With `remote_src: false` the host puts the fragments together and calls `copy`.
"""

import codecs
import os
import re

import attributes
import files
import replacing
from arguments import ModuleFailure, parse
from files import to_bytes, to_text

SPEC = dict(attributes.COMMON, **{
    'src': {'type': 'path', 'required': True},
    'delimiter': {},
    'dest': {'type': 'path', 'required': True},
    'backup': {'type': 'bool', 'default': False},
    'remote_src': {'type': 'bool', 'default': True},
    'regexp': {},
    'ignore_hidden': {'type': 'bool', 'default': False},
    'validate': {},
})


def run(args, context):
    """Join the fragments in the order of their names into `dest`."""
    params = parse('assemble', SPEC, args, context)
    src, dest = params['src'], params['dest']
    pattern = _checked(params)
    result = {'src': src, 'dest': dest}
    with replacing.Staged(dest, params['unsafe_writes']) as staged:
        result['checksum'] = staged.write(_pieces(params, pattern))
        result['md5sum'] = files.md5(staged.path)
        present = files.digest(dest)
        changed = result['checksum'] != present
        if changed:
            _validate(params, staged, result)
            if params['backup'] and present is not None:
                result['backup_file'] = replacing.backup(dest)
            staged.commit()
    result['changed'] = attributes.change(context, attributes.wanted(params), changed)
    return files.with_path_info(dict(result, msg='OK'))


def _checked(params):
    src, regexp, validate = params['src'], params['regexp'], params['validate']
    if not os.path.exists(to_bytes(src)):
        raise ModuleFailure('Source (%s) does not exist' % src)
    if not os.path.isdir(to_bytes(src)):
        raise ModuleFailure('Source (%s) is not a directory' % src)
    try:
        pattern = re.compile(regexp) if regexp is not None else None
    except re.error as error:
        raise ModuleFailure('Invalid Regexp (%s) in "%s"' % (error, regexp))
    if validate and '%s' not in validate:
        raise ModuleFailure('validate must contain %%s: %s' % validate)
    return pattern


def _validate(params, staged, result):
    if not params['validate']:
        return
    rc, out, err = replacing.run_validation(params['validate'], staged.path)
    result['validation'] = {'rc': rc, 'stdout': out, 'stderr': err}
    if rc != 0:
        raise ModuleFailure('failed to validate: rc:%s error:%s' % (rc, err))


def _pieces(params, pattern):
    """Yield the fragments with a newline and the delimiter between them, where these are missing."""
    delimiter = codecs.escape_decode(params['delimiter'])[0] if params['delimiter'] else b''
    before = None
    directory = to_bytes(params['src'])
    for name in sorted(os.listdir(directory), key=to_text):
        path = os.path.join(directory, name)
        if pattern and not pattern.search(to_text(name)):
            continue
        if not os.path.isfile(path) or (params['ignore_hidden'] and name.startswith(b'.')):
            continue
        with open(path, 'rb') as fragment:
            content = fragment.read()
        if before is not None:
            yield b'' if before.endswith(b'\n') else b'\n'
            yield delimiter if not delimiter or delimiter.endswith(b'\n') else delimiter + b'\n'
        yield content
        before = content
