"""tempfile: a new temporary file or directory."""

import os
import tempfile

import files
from arguments import ModuleFailure, parse

SPEC = {
    'state': {'default': 'file', 'choices': ['file', 'directory']},
    'path': {'type': 'path'},
    'prefix': {'default': 'ansible.'},
    'suffix': {'default': ''},
}


def run(args, context):
    """Make a file or directory with a random name that only its owner may enter, and return its path."""
    params = parse('tempfile', SPEC, args, context)
    where = dict((name, files.to_bytes(params[name])) for name in ('prefix', 'suffix'))
    where['dir'] = files.to_bytes(params['path']) or files.temporary_directory()
    try:
        if params['state'] == 'directory':
            path = tempfile.mkdtemp(**where)
        else:
            handle, path = tempfile.mkstemp(**where)
            os.close(handle)
    except OSError as error:
        raise ModuleFailure('[Errno %s] %s: %r' % (error.errno, error.strerror, files.to_text(error.filename)))
    return files.with_path_info({'changed': True, 'path': files.to_text(path)})
