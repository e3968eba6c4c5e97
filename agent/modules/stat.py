"""stat: facts about a file."""

import errno
import grp
import os
import pwd
import stat

import file_flags
import files
from arguments import ModuleFailure, parse

SPEC = {
    'path': {'type': 'path', 'required': True, 'aliases': ['dest', 'name']},
    'follow': {'type': 'bool', 'default': False},
    'get_md5': {'type': 'bool', 'default': False},
    'get_checksum': {'type': 'bool', 'default': True},
    'get_mime': {'type': 'bool', 'default': True, 'aliases': ['mime', 'mime_type', 'mime-type']},
    'get_attributes': {'type': 'bool', 'default': True, 'aliases': ['attr', 'attributes']},
    'checksum_algorithm': {'default': 'sha1', 'choices': ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
                           'aliases': ['checksum', 'checksum_algo']},
}
PLATFORM_FIELDS = (
    ('st_blocks', 'blocks'), ('st_blksize', 'block_size'), ('st_rdev', 'device_type'), ('st_flags', 'flags'),
    ('st_gen', 'generation'), ('st_birthtime', 'birthtime'), ('st_rsize', 'real_size'), ('st_creator', 'creator'),
    ('st_type', 'file_type'),
)


def run(args, context):
    """Return `{stat: facts}`, with only `exists: false` for what is not there."""
    params = parse('stat', SPEC, args, context)
    path = files.to_bytes(params['path'])
    try:
        info = os.stat(path) if params['follow'] else os.lstat(path)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return {'stat': {'exists': False}}
        raise ModuleFailure(error.strerror)
    facts = dict(exists=True, path=params['path'], **files.stat_fields(info))
    facts.update((name, getattr(info, field)) for field, name in PLATFORM_FIELDS if hasattr(info, field))
    _add_access(facts, path, info)
    if facts['isreg'] and facts['readable']:
        if params['get_md5']:
            facts['md5'] = files.md5(path)
        if params['get_checksum']:
            facts['checksum'] = _checksum(path, params['checksum_algorithm'])
    if params['get_mime']:
        facts['mimetype'], facts['charset'] = _mime(path)
    if params['get_attributes']:
        facts.update({'version': None, 'attributes': [], 'attr_flags': ''})
        facts.update(file_flags.read(path))
    return {'stat': facts}


def _add_access(facts, path, info):
    for name, right in (('readable', os.R_OK), ('writeable', os.W_OK), ('executable', os.X_OK)):
        facts[name] = os.access(path, right)
    if stat.S_ISLNK(info.st_mode):
        facts['lnk_source'] = files.to_text(os.path.realpath(path))
        facts['lnk_target'] = files.to_text(os.readlink(path))
    try:
        facts['pw_name'] = pwd.getpwuid(info.st_uid).pw_name
    except KeyError:
        pass
    try:
        facts['gr_name'] = grp.getgrgid(info.st_gid).gr_name
    except KeyError:
        pass


def _checksum(path, algorithm):
    try:
        return files.digest(path, algorithm)
    except ValueError:
        raise ModuleFailure("Could not hash file '%s' with algorithm '%s'." % (files.to_text(path), algorithm))


def _mime(path):
    program = files.find_program('file')
    if program:
        rc, out, _ = files.run_command([program, '--mime-type', '--mime-encoding', path])
        parts = out.rsplit(':', 1)[-1].split(';')
        if rc == 0 and len(parts) == 2 and '=' in parts[1]:
            return parts[0].strip(), parts[1].split('=')[1].strip()
    return 'unknown', 'unknown'
