"""slurp: a file's content inside the result."""

import base64
import errno

import files
from arguments import ModuleFailure, parse

SPEC = {'src': {'type': 'path', 'required': True, 'aliases': ['path']}}
REASONS = {
    errno.ENOENT: 'file not found: %s', errno.EACCES: 'file is not readable: %s',
    errno.EISDIR: 'source is a directory and must be a file: %s',
}


def run(args, context):
    """Return the content of `src` in base64."""
    source = parse('slurp', SPEC, args, context)['src']
    try:
        with open(files.to_bytes(source), 'rb') as file:
            content = file.read()
    except OSError as error:
        raise ModuleFailure(reason(error, source))
    return {'content': base64.b64encode(content).decode(), 'source': source, 'encoding': 'base64'}


def reason(error, source):
    """Say why a file could not be read."""
    if error.errno in REASONS:
        return REASONS[error.errno] % source
    return "unable to slurp file: [Errno %s] %s: %r" % (error.errno, error.strerror, source)
