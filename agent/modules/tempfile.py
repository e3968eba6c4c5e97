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
    where = {'prefix': params['prefix'], 'suffix': params['suffix'], 'dir': params['path']}
    try:
        if params['state'] == 'directory':
            path = tempfile.mkdtemp(**where)
        else:
            handle, path = tempfile.mkstemp(**where)
            os.close(handle)
    except OSError as error:
        raise ModuleFailure(str(error))
    return files.with_path_info({'changed': True, 'path': path})
