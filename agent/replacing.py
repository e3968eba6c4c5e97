"""Replaces files in one step, after a backup and a validation."""

import errno
import hashlib
import os
import shutil
import stat
import tempfile
import time

import attributes
import file_flags
import labels
from arguments import ModuleFailure
from files import run_command, temporary_directory, to_bytes, to_text, umask

NEW_FILE_MODE = 0o666
# A rename fails with these where replacing is not possible but writing into the file may be.
NOT_REPLACEABLE = (errno.EPERM, errno.EXDEV, errno.EACCES, errno.ETXTBSY, errno.EBUSY)


def backup(path):
    """Copy a file with its attributes to a dated name beside it and return that name; '' without a file.

    The number in the name counts up when it is taken: one agent makes many backups in one second.
    """
    if not os.path.exists(to_bytes(path)):
        return ''
    number, date = os.getpid(), time.strftime('%Y-%m-%d@%H:%M:%S~')
    while os.path.lexists(to_bytes('%s.%s.%s' % (path, number, date))):
        number += 1
    name = '%s.%s.%s' % (path, number, date)
    try:
        _copy_with_attributes(to_bytes(path), to_bytes(name))
    except OSError as error:
        raise ModuleFailure('Could not make backup of %s to %s: %s' % (path, name, error))
    return name


def _copy_with_attributes(source, dest):
    """Copy a file; nobody else can read the copy before it has its mode."""
    os.close(os.open(dest, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    shutil.copy2(source, dest)
    if labels.enabled():
        labels.write(dest, ':'.join(labels.read(source)))
    wanted, present = os.stat(source), os.stat(dest)
    if (wanted.st_uid, wanted.st_gid) != (present.st_uid, present.st_gid):
        _chown_if_permitted(dest, wanted.st_uid, wanted.st_gid)
    file_flags.copy(source, dest)


class Staged:
    """A temporary file beside `dest` that takes its place in one step, or vanishes when the block ends without that.

    Readers of `dest` see the old file or the new one, never a part of it.
    """

    def __init__(self, dest, unsafe_writes=False):
        self.dest = to_bytes(dest)
        self.unsafe_writes = unsafe_writes
        directory = os.path.dirname(self.dest)
        try:
            handle, self.path = tempfile.mkstemp(prefix=b'.sortie_', dir=directory or b'.')
        except OSError as error:
            if not unsafe_writes:
                raise ModuleFailure('The destination directory (%s) is not writable by the current user. '
                                    'Error was: %s' % (to_text(directory), error))
            handle, self.path = tempfile.mkstemp(prefix=b'.sortie_', dir=temporary_directory())
        os.close(handle)
        _drop_inherited_acl(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if os.path.lexists(self.path):
            os.unlink(self.path)

    def write(self, pieces):
        """Fill the file; return the SHA-1 of what was written."""
        summer = hashlib.sha1()
        with open(self.path, 'wb') as target:
            for piece in pieces:
                target.write(piece)
                summer.update(piece)
        return summer.hexdigest()

    def commit(self, mode=None):
        """Take the place of `dest`, with its owner and mode; a new file gets `mode`, or what the umask allows.

        A link at `dest` gives way to the file.
        """
        creating = os.path.islink(self.dest) or not os.path.exists(self.dest)
        label = labels.for_replacement(self.dest, creating) if labels.enabled() else None
        if creating:
            os.chmod(self.path, NEW_FILE_MODE & ~umask() if mode is None else mode)
            _chown_if_permitted(self.path, os.geteuid(), os.getegid())
        else:
            self._take_attributes(os.stat(self.dest))
        if label:
            labels.write(self.path, label)
        try:
            os.rename(self.path, self.dest)
        except OSError as error:
            self._replace_otherwise(error)

    def _take_attributes(self, info):
        try:
            os.chmod(self.path, stat.S_IMODE(info.st_mode))
            os.chown(self.path, info.st_uid, info.st_gid)
        except PermissionError:
            pass

    def _replace_otherwise(self, error):
        source, dest = to_text(self.path), to_text(self.dest)
        if error.errno not in NOT_REPLACEABLE:
            raise ModuleFailure('Could not replace file: %s to %s: %s' % (source, dest, error))
        if not self.unsafe_writes:
            raise ModuleFailure('Unable to make %s into to %s, failed final rename from %s: %s' % (
                source, dest, self.path, error))
        try:
            shutil.copyfile(self.path, self.dest)
        except OSError as problem:
            raise ModuleFailure('Could not write data to file (%s) from (%s): %s' % (dest, source, problem))


def _drop_inherited_acl(path):
    """A directory's default ACL is for files made in it by hand, not for those that Ansible moves there."""
    try:
        os.removexattr(path, 'system.posix_acl_access')
    except (AttributeError, OSError):
        pass


def _chown_if_permitted(path, uid, gid):
    try:
        os.chown(path, uid, gid)
    except OSError:
        pass


def rewrite(params, path, data):
    """Replace the content of the file that a path leads to, after the task's `validate` accepted it."""
    dest = os.path.realpath(to_bytes(path))
    with Staged(dest, params['unsafe_writes']) as staged:
        staged.write([data])
        command = params.get('validate')
        if command:
            rc, _, err = run_validation(command, staged.path)
            if rc != 0:
                raise ModuleFailure('failed to validate: rc:%s error:%s' % (rc, err))
        staged.commit()


def run_validation(command, path):
    """Run a `validate` command on a file that is not in place yet."""
    if '%s' not in command:
        raise ModuleFailure('validate must contain %%s: %s' % command)
    return run_command(command % to_text(path))


def finish_edit(context, params, changed, msg, diff=None):
    """Set the file's attributes after an edit; return (msg, changed) with both told."""
    if attributes.change(context, attributes.wanted(params), False, diff):
        msg += ' and ' if changed else ''
        return msg + 'ownership, perms or SE linux context changed', True
    return msg, changed


def content_headers(path):
    """Return an empty content diff with the headers that the editing modules use."""
    header = '%s (content)' % path
    return {'before': '', 'after': '', 'before_header': header, 'after_header': header}


def attribute_headers(path, diff):
    """Complete an attribute diff with its headers."""
    header = '%s (file attributes)' % path
    diff.update(before_header=header, after_header=header)
    return diff
