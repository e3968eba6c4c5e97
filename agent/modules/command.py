"""Runs a command, or with `_uses_shell` a shell line; both of Ansible's modules are this one."""

import datetime
import glob
import os
import shlex

import process
from arguments import ModuleFailure, parse

SPEC = {
    '_raw_params': {}, '_uses_shell': {'type': 'bool', 'default': False},
    'argv': {'type': 'list', 'elements': 'str'}, 'chdir': {'type': 'path'}, 'executable': {},
    'creates': {'type': 'path'}, 'removes': {'type': 'path'}, 'stdin': {},
    'stdin_add_newline': {'type': 'bool', 'default': True}, 'strip_empty_ends': {'type': 'bool', 'default': True},
}


def run(args, context):
    """Return what the command printed and how it ended."""
    params = parse('ansible.legacy.command', SPEC, args, context)
    result = {'changed': False, 'stdout': '', 'stderr': '', 'rc': None, 'cmd': None,
              'start': None, 'end': None, 'delta': None, 'msg': ''}
    if not params['_uses_shell'] and params['executable']:
        context.warn("As of Ansible 2.4, the parameter 'executable' is no longer supported with the 'command' module. "
                     "Not using '%s'." % params['executable'])
        params = dict(params, executable=None)
    result['cmd'] = command = _command(params, result)
    if params['chdir']:
        _change_directory(params['chdir'], result)
    if _is_done(params, context, result):
        return result
    result['changed'] = True
    if context.check:
        _pretend(params, result)
    else:
        _execute(command, params, context, result)
    if params['strip_empty_ends']:
        for key in ('stdout', 'stderr'):
            result[key] = result[key].rstrip('\r\n')
    if result['rc'] != 0:
        raise _failure(result, msg='non-zero return code')
    return result


def _failure(result, **keys):
    keys = dict(result, **keys)
    return ModuleFailure(keys.pop('msg'), **keys)


def _command(params, result):
    """Return the words to run, or the line when a shell is to read it."""
    line, argv = params['_raw_params'], params['argv']
    if not argv and not (line and line.strip()):
        raise _failure(result, rc=256, msg='no command given')
    if line and argv:
        raise _failure(result, rc=256, msg='only command or argv can be given, not both')
    if params['_uses_shell'] and line:
        return line
    return shlex.split(line) if line else argv


def _change_directory(path, result):
    try:
        os.chdir(process.to_bytes(path))
    except OSError as error:
        raise _failure(result, msg='Unable to change directory before execution: %s' % error)


def _is_done(params, context, result):
    """Tell whether `creates` or `removes` say that there is nothing to do, and fill the result if so."""
    tense = 'Would' if context.check else 'Did'
    for key, exists, text in (('creates', True, 'exists'), ('removes', False, 'does not exist')):
        path = params[key]
        if path and bool(glob.glob(process.to_bytes(path))) == exists:
            result.update(rc=0, msg="%s not run command since '%s' %s" % (tense, path, text),
                          stdout='skipped, since %s %s' % (path, text))
            return True
    return False


def _pretend(params, result):
    result.update(rc=0, msg='Command would have run if not in check mode')
    if params['creates'] is None and params['removes'] is None:
        result.update(skipped=True, changed=False)


def _execute(command, params, context, result):
    if params['_uses_shell']:
        line = command if isinstance(command, str) else ' '.join(shlex.quote(word) for word in command)
        words = [params['executable'] or '/bin/sh', '-c', line]
    else:
        words = [os.path.expanduser(os.path.expandvars(word)) for word in command]
    start = datetime.datetime.now()
    try:
        rc, stdout, stderr = process.run([process.to_bytes(word) for word in words], context.channel, _stdin(params))
    except OSError as error:
        raise ModuleFailure(str(error), rc=error.errno, stdout='', stderr='',
                            cmd=' '.join(shlex.quote(word) for word in words))
    end = datetime.datetime.now()
    result.update(rc=rc, stdout=stdout.decode('utf-8', 'surrogateescape'),
                  stderr=stderr.decode('utf-8', 'surrogateescape'),
                  start=str(start), end=str(end), delta=str(end - start))


def _stdin(params):
    text = params['stdin']
    if not text:
        return None
    if params['stdin_add_newline']:
        text += '\n'
    return process.to_bytes(text)
