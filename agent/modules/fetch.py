"""fetch: sends a file to the host.

The host's fetch action checks the task's arguments, sends those below, writes the local file from the pieces that
come ahead of the result, and makes the task's result.

    src               as in the task; `~` is resolved here, and `source` of the result is the path to name the file by
    fail_on_missing   as in the task
    _checksum         SHA-1 of the local file, when there is one: a file that is the same is not sent
    _become           true under become, where Ansible's texts differ

The result of a file is `source`, `checksum` (SHA-1 of what is there), `size` and `sent`. A file that cannot be sent
gives what Ansible registers for it, `file` and `msg`, and `failed` unless `fail_on_missing` is false.
"""

import errno
import hashlib
import os
import stat

import files
from arguments import ModuleFailure, parse
from modules import slurp

SPEC = {
    'src': {'required': True, 'type': 'path'},
    'fail_on_missing': {'type': 'bool', 'default': True},
    '_checksum': {},
    '_become': {'type': 'bool', 'default': False},
}
MISSING = 'the remote file does not exist, not transferring, ignored'
DIRECTORY = 'remote file is a directory, fetch cannot work on directories'


def run(args, context):
    """Send `src` unless the host has it, and return its path, checksum and size."""
    params = parse('fetch', SPEC, args, context)
    source = params['src']
    try:
        info = os.stat(files.to_bytes(source))
        if stat.S_ISDIR(info.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with open(files.to_bytes(source), 'rb') as file:
            return _send(file, params, context)
    except OSError as error:
        return _not_sent(error, params)


def _send(file, params, context):
    known = params['_checksum']
    if known:
        summer, size = hashlib.sha1(), 0
        for piece in iter(lambda: file.read(files.BLOCK_BYTES), b''):
            summer.update(piece)
            size += len(piece)
        if summer.hexdigest() == known:
            return {'source': params['src'], 'checksum': known, 'size': size, 'sent': False}
        file.seek(0)
    summer, size = hashlib.sha1(), 0
    for piece in iter(lambda: file.read(files.BLOCK_BYTES), b''):
        context.send(piece)
        summer.update(piece)
        size += len(piece)
    return {'source': params['src'], 'checksum': summer.hexdigest(), 'size': size, 'sent': True}


def _not_sent(error, params):
    source, must = params['src'], params['fail_on_missing']
    if isinstance(error, IsADirectoryError):
        if must:
            raise ModuleFailure(DIRECTORY)
        if params['_become']:
            return {'file': source, 'msg': DIRECTORY}
        return {'msg': DIRECTORY + ', not transferring, ignored'}
    if error.errno == errno.ENOENT:
        if must:
            raise ModuleFailure(MISSING)
        return {'file': source, 'msg': MISSING}
    if error.errno == errno.EACCES and _is_visible(source) or params['_become']:
        if must:
            raise ModuleFailure(slurp.reason(error, source))
        return {'file': source}
    text = 'Failed to get information on remote file (%s): %s' % (source, error.strerror)
    if must:
        raise ModuleFailure(text, file=source)
    return {'file': source, 'msg': text + ', ignored'}


def _is_visible(path):
    return os.path.lexists(files.to_bytes(path))
