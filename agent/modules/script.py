"""Runs a script that the host sends, from a private directory that is gone afterwards."""

import glob
import os
import shlex
import shutil

import process
from arguments import ModuleFailure, parse
from private import private_directory

SPEC = {
    '_raw_params': {}, 'cmd': {}, 'chdir': {'type': 'path'}, 'creates': {'type': 'path'}, 'removes': {'type': 'path'},
    'executable': {}, 'decrypt': {'type': 'bool', 'default': True},
    # The name of the script on the host: errors and `$0` show it.
    '_name': {'default': 'script'},
}


def run(args, context):
    """Return what the script printed and how it ended; `_raw_params` starts with the script's name on the host."""
    params = parse('script', SPEC, args, context)
    context.module_args = None
    skipped = _reason_to_skip(params)
    if skipped:
        return {'skipped': True, 'msg': skipped}
    if params['chdir'] and not params['chdir'].startswith('/'):
        raise ModuleFailure('chdir %s must be an absolute path for a Unix-aware remote node' % params['chdir'])
    if context.check:
        if params['creates'] or params['removes']:
            return {'changed': True}
        return {'skipped': True, 'changed': False, 'msg': 'Check mode is not supported for this task.'}
    directory = private_directory()
    try:
        return _run_script(_save(directory, params, context), params, context)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _reason_to_skip(params):
    if params['creates'] and glob.glob(process.to_bytes(params['creates'])):
        return '%s exists, matching creates option' % params['creates']
    if params['removes'] and not glob.glob(process.to_bytes(params['removes'])):
        return '%s does not exist, matching removes option' % params['removes']
    return None


def _save(directory, params, context):
    path = os.path.join(directory, os.path.basename(params['_name']))
    with open(os.open(process.to_bytes(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o700), 'wb') as file:
        for piece in context.content.pieces() if context.content else ():
            file.write(piece)
    return path


def _run_script(path, params, context):
    """Put the script's place on this machine where its name stood, and let the shell split the rest."""
    line = (params['_raw_params'] or params['cmd'] or '').strip()
    words = shlex.split(line)
    line = line.replace(words[0], path) if words else path
    if params['executable']:
        line = '%s %s' % (params['executable'], line)
    options = {'cwd': process.to_bytes(params['chdir'])} if params['chdir'] else {}
    try:
        rc, stdout, stderr = process.run(['/bin/sh', '-c', process.to_bytes(line)], context.channel, **options)
    except OSError as error:
        raise ModuleFailure(str(error), rc=error.errno, changed=True)
    result = {'changed': True, 'rc': rc, 'stdout': stdout.decode('utf-8', 'surrogateescape'),
              'stderr': stderr.decode('utf-8', 'surrogateescape')}
    if rc != 0:
        raise ModuleFailure('non-zero return code', **result)
    return result
