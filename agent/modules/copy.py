"""copy: puts a file in its place, from the controller or from the target itself.

With `remote_src: true` the arguments are the task's own, and what happens is what Ansible's copy module does there:
files, directories with everything below them, `mode: preserve`.

Otherwise one request puts one file, and stands for all that Ansible's copy action does on the target for it. The host
sends the task's arguments without `content` and `decrypt`, the file as the request's content, and these:

    dest                 as in the task; for a recursive copy with a slash at its end
    _original_basename   the file's name; in a recursive copy its path below the source directory. Joined to `dest`
                         when that ends with a slash or is a directory
    _checksum            SHA-1 of the content, in hex. When `dest` has it already, the content is not asked for
    _source              what the diff's `after_header` and the result's `src` show: the path of the local file
    _is_content          true when the task has `content`: then `dest` may not be a directory
    _diff_bytes_max      files longer than this are left out of a diff; 0 is no limit (default 104448)
    follow               false when the copy is recursive and has directories; otherwise as in the task
    mode                 `preserve` resolved to the local file's mode, as octal text
    directory_mode       of directories that have to be made above the file, as in the task

The content is optional when the host knows that it cannot be needed; without it a change that needs it fails.

The result is what Ansible registers for one file: `diff` is a list (empty without diff mode), or the attribute diff
when only attributes were looked at. When `force: false` keeps an existing file, there is no more than `dest`, `src`
and `changed`. For several files the host keeps `changed` and failures, and answers with dest, src and changed.
Directories and links of a recursive copy are requests to `file`, as in Ansible: `state: directory` with
`directory_mode` as mode, and `state: link` with `force: true`.
"""

import errno
import hashlib
import os
import shutil
import stat

import attributes
import files
import replacing
import tree_copy
from arguments import ModuleFailure, parse
from files import to_bytes, to_text
from modules import file as file_module

SPEC = dict(attributes.COMMON, **{
    'src': {'type': 'path'},
    '_original_basename': {},
    'content': {'no_log': True},
    'dest': {'type': 'path', 'required': True},
    'backup': {'type': 'bool', 'default': False},
    'force': {'type': 'bool', 'default': True},
    'validate': {},
    'directory_mode': {'type': 'raw'},
    'remote_src': {'type': 'bool'},
    'local_follow': {'type': 'bool'},
    'checksum': {},
    'follow': {'type': 'bool', 'default': False},
})
HOST_ARGUMENTS = ('_checksum', '_source', '_is_content', '_diff_bytes_max')
DIFF_BYTES_MAX = 104448


def run(args, context):
    """Put one file or, with `remote_src`, a file or directory in place."""
    host = dict((name, args[name]) for name in HOST_ARGUMENTS if name in args)
    args = dict((name, args[name]) for name in args if name not in host)
    try:
        params = parse('ansible.legacy.copy', SPEC, args, context)
    except ModuleFailure as error:
        if '_checksum' in host:
            error.result.update(checksum=host['_checksum'], diff=[])
        raise
    if params['remote_src'] or '_checksum' not in host:
        return files.with_path_info(_copy_remote(params, context))
    return _copy_local(params, host, context)


# From the controller

def _copy_local(params, host, context):
    name, dest = params['_original_basename'] or '', params['dest']
    target = os.path.join(dest, name) if dest.endswith('/') else dest
    present, sha1 = _look(target, params)
    if present and stat.S_ISDIR(present.st_mode):
        if host.get('_is_content'):
            raise ModuleFailure('can not use content with a dir as dest', diff=[])
        target = os.path.join(dest, name)
        present, sha1 = _look(target, params)
    if present and not params['force']:
        return {'dest': dest, 'src': host.get('_source'), 'changed': False}
    if present and sha1 == host['_checksum']:
        return _set_attributes_only(params, host, context)
    content = _Content(context, host['_checksum'])
    diff = [_diff(target, host, content)] if context.diff else []
    if context.check:
        return {'diff': diff, 'changed': True}
    try:
        result = _told(params, host.get('_source'), _put, params, host, context, content)
        return dict(files.with_path_info(result), diff=diff)
    except ModuleFailure as error:
        error.result.setdefault('checksum', host['_checksum'])
        error.result['diff'] = diff
        raise


class _Content:
    """The request's content, kept once a diff has read it."""

    def __init__(self, context, checksum):
        self._content = context.content
        self._checksum = checksum
        self._data = None

    @property
    def size(self):
        """Its length in bytes, known without asking for it."""
        return self._content.size if self._content else 0

    def read(self):
        """Return it whole."""
        if self._data is None:
            self._data = b''.join(self.pieces())
        return self._data

    def pieces(self):
        """Yield its pieces; more than once only after `read`."""
        if self._data is not None:
            return iter([self._data])
        if self._content is None and self._checksum == hashlib.sha1().hexdigest():
            return iter([])
        if self._content is None:
            raise ModuleFailure('the content of the file did not come with the request')
        return self._content.pieces()


def _look(path, params):
    """Return what stands at a path and its SHA-1, '' when it is no readable file; (None, None) without anything."""
    b_path = to_bytes(path)
    try:
        info = os.stat(b_path) if params['follow'] else os.lstat(b_path)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None, None
        raise ModuleFailure('Failed to get information on remote file (%s): %s' % (path, error.strerror))
    readable = params['force'] and stat.S_ISREG(info.st_mode) and os.access(b_path, os.R_OK)
    return info, files.digest(path) if readable else ''


def _set_attributes_only(params, host, context):
    """The content is there already: what is left is the work of `file`."""
    args = dict((name, params[name]) for name in attributes.COMMON if params[name] is not None)
    dest = params['dest']
    if params['follow'] and os.path.islink(to_bytes(dest)):
        dest = to_text(os.path.realpath(to_bytes(dest)))
    args.update(path=dest, state='file', _original_basename=params['_original_basename'])
    shown = context.module_args, context.no_log_names
    result = file_module.run(args, context)
    context.module_args, context.no_log_names = shown
    result.setdefault('dest', result['path'])
    result.setdefault('checksum', host['_checksum'])
    return result


def _diff(path, host, content):
    """Return the old and the new content with their headers, or why one of them is not shown."""
    limit = host.get('_diff_bytes_max', DIFF_BYTES_MAX)
    diff, b_path = {}, to_bytes(path)
    if not os.path.exists(b_path):
        diff['before'] = ''
    elif file_module.appears_binary(path):
        diff['dst_binary'] = 1
    elif 0 < limit < os.lstat(b_path).st_size:
        diff['dst_larger'] = limit
    elif os.path.isfile(b_path) and os.access(b_path, os.R_OK):
        with open(b_path, 'rb') as source:
            diff.update(before_header=path, before=to_text(source.read()))
    if 0 < limit < content.size:
        diff['src_larger'] = limit
    elif b'\0' in content.read():
        diff['src_binary'] = 1
    else:
        diff.update(after_header=host.get('_source'), after=to_text(content.read()))
    return diff


def _shown_source(host):
    """Give `content` the path that readers of Ansible's results expect: that of an uploaded file, gone by now."""
    return os.path.expanduser('~/.ansible/tmp/source') if host.get('_is_content') else host.get('_source')


def _put(params, host, context, content):
    expected = params['checksum']
    if expected and expected != host['_checksum']:
        raise ModuleFailure('Copied file does not match the expected checksum. Transfer failed.',
                            checksum=host['_checksum'], expected_checksum=expected)
    dest = _make_parents(params, context)
    if os.path.isdir(to_bytes(dest)):
        dest = os.path.join(dest, params['_original_basename'] or '')
    dest = _checked_target(params, dest)
    result = {'dest': dest, 'src': _shown_source(host), 'checksum': host['_checksum'], 'changed': True}
    with replacing.Staged(dest, params['unsafe_writes']) as staged:
        summer = hashlib.md5() if _may_md5() else None
        got = staged.write(_summed(content.pieces(), summer))
        if got != host['_checksum']:
            raise ModuleFailure('Copied file does not match the expected checksum. Transfer failed.',
                                checksum=got, expected_checksum=host['_checksum'])
        result['md5sum'] = summer.hexdigest() if summer else None
        mode = _replace(params, context, staged, dest, result)
    attributes.change(context, dict(attributes.wanted(params, dest), mode=mode), True)
    return result


def _told(params, source, copy, *arguments):
    """Call what copies and tell what the file system refuses, a full one for example, as a failure of the module."""
    try:
        return copy(*arguments)
    except OSError as error:
        raise ModuleFailure('failed to copy: %s to %s' % (source, params['dest']), details=str(error))


def _may_md5():
    try:
        hashlib.md5()
        return True
    except ValueError:
        return False


def _summed(pieces, summer):
    for piece in pieces:
        if summer:
            summer.update(piece)
        yield piece


# Both

def _make_parents(params, context):
    """With a slash at its end `dest` is a directory: make it, and return the path of the file in it."""
    dest = params['dest'] if '/' in params['dest'] else './' + params['dest']
    if not dest.endswith('/'):
        return dest
    dest = os.path.join(dest, params['_original_basename'] or '')
    directory = os.path.dirname(dest)
    if os.path.exists(to_bytes(directory)):
        return dest
    if context.check:
        raise _Done({'msg': 'dest directory %s would be created' % directory, 'changed': True, 'src': params['src']})
    missing = []
    while directory and not os.path.exists(to_bytes(directory)):
        missing.insert(0, directory)
        directory = os.path.dirname(directory)
    os.makedirs(to_bytes(missing[-1]))
    for path in missing:
        wanted = attributes.wanted(params, path)
        attributes.change(context, dict(wanted, mode=params['directory_mode']), True)
    return dest


class _Done(Exception):
    """Ends a copy early with its result."""

    def __init__(self, result):
        Exception.__init__(self)
        self.result = result


def _checked_target(params, dest):
    """Return the path to write, a link followed when wanted; raise when it cannot be written."""
    b_dest, parent = to_bytes(dest), os.path.dirname(dest)
    if os.path.exists(b_dest):
        if os.path.islink(b_dest) and params['follow']:
            dest = to_text(os.path.realpath(b_dest))
            parent = os.path.dirname(dest)
    elif not os.path.exists(to_bytes(parent)):
        try:
            os.stat(to_bytes(parent))
        except PermissionError:
            raise ModuleFailure('Destination directory %s is not accessible' % parent)
        except OSError:
            pass
        raise ModuleFailure('Destination directory %s does not exist' % parent)
    if not os.access(to_bytes(parent), os.W_OK) and not params['unsafe_writes']:
        raise ModuleFailure('Destination %s not writable' % parent)
    return dest


def _replace(params, context, staged, dest, result):
    """Keep a backup, let the file be validated and put it in place; a link gives way to it.

    Return the mode that the file is to have: of a new file the one it got, as symbols hold for what was there before.
    """
    b_dest = to_bytes(dest)
    if params['backup'] and os.path.exists(b_dest):
        result['backup_file'] = replacing.backup(dest)
    if params['validate']:
        _validate(params, context, to_text(staged.path))
    creating = os.path.islink(b_dest) or not os.path.exists(b_dest)
    mode = _first_mode(params, dest) if creating else None
    staged.commit(mode)
    return params['mode'] if mode is None else mode


def _validate(params, context, path):
    """Run `validate` on a file that already has the mode and owner it will have, as some validators look at them."""
    wanted = dict(attributes.wanted(params, path), secontext=None, attributes=None)
    attributes.change(context, wanted, False)
    rc, out, err = replacing.run_validation(params['validate'], path)
    if rc != 0:
        raise ModuleFailure('failed to validate', exit_status=rc, stdout=out, stderr=err)


def _first_mode(params, dest):
    """Return the mode that a new file has from its first moment, so that secrets are never readable in between.

    None without a mode, or with one that means nothing: setting it says so later.
    """
    usual = stat.S_IFREG | replacing.NEW_FILE_MODE & ~files.umask()
    try:
        return None if params['mode'] is None else stat.S_IMODE(attributes.parse_mode(params['mode'], usual, dest))
    except ModuleFailure:
        return None


# From the target itself

def _copy_remote(params, context):
    src = params['src']
    b_src = to_bytes(src)
    if not os.path.exists(b_src):
        raise ModuleFailure('Source %s not found' % src)
    if not os.access(b_src, os.R_OK):
        raise ModuleFailure('Source %s not readable' % src)
    if params['mode'] == 'preserve':
        params['mode'] = '0%03o' % stat.S_IMODE(os.stat(b_src).st_mode)
    is_file = os.path.isfile(b_src)
    if not is_file and not os.path.isdir(b_src):
        raise ModuleFailure("Cannot copy invalid source '%s': not a file" % src)
    sha1 = files.digest(b_src) if is_file else None
    if params['checksum'] and sha1 != params['checksum']:
        raise ModuleFailure('Copied file does not match the expected checksum. Transfer failed.',
                            checksum=sha1, expected_checksum=params['checksum'])
    try:
        return _copy_checked(params, context, sha1)
    except _Done as done:
        return done.result


def _copy_checked(params, context, sha1):
    src, b_src = params['src'], to_bytes(params['src'])
    dest = _make_parents(params, context)
    if os.path.isdir(to_bytes(dest)):
        dest = os.path.join(dest, params['_original_basename'] or os.path.basename(src))
    existed = os.path.exists(to_bytes(dest))
    dest = _checked_target(params, dest)
    if existed and not params['force']:
        return {'msg': 'file already exists', 'src': src, 'dest': dest, 'changed': False}
    b_dest = to_bytes(dest)
    readable = existed and os.path.isfile(b_dest) and os.access(b_dest, os.R_OK)
    there = files.digest(b_dest) if readable else None
    result = {'dest': dest, 'src': src, 'checksum': sha1, 'changed': False,
              'md5sum': files.md5(b_src) if sha1 else None}
    mode = params['mode']
    if sha1 != there or os.path.islink(b_dest):
        result['changed'] = True
        if not sha1:
            raise ModuleFailure('Could not replace file: %s to %s: Is a directory' % (src, dest))
        if not context.check:
            mode = _told(params, src, _copy_file, params, context, dest, result)
    if sha1 is None and there is None:
        result['changed'] = tree_copy.copy_directory(params, context, dest) or result['changed']
    wanted = dict(attributes.wanted(params, dest), mode=mode)
    result['changed'] = attributes.change(context, wanted, result['changed'])
    return result


def _copy_file(params, context, dest, result):
    b_src = to_bytes(params['src'])
    with replacing.Staged(dest, params['unsafe_writes']) as staged:
        shutil.copyfile(b_src, staged.path)
        shutil.copystat(b_src, staged.path)
        return _replace(params, context, staged, dest, result)
