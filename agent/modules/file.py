"""file: files, directories and links, and their attributes."""

import errno
import grp
import os
import pwd
import shutil
import time

import attributes
import files
from arguments import ModuleFailure, parse
from files import failure, to_bytes, to_text

TIME_FORMAT = '%Y%m%d%H%M.%S'
SPEC = dict(attributes.COMMON, **{
    'state': {'choices': ['absent', 'directory', 'file', 'hard', 'link', 'touch']},
    'path': {'type': 'path', 'required': True, 'aliases': ['dest', 'name']},
    '_original_basename': {},
    'recurse': {'type': 'bool', 'default': False},
    'force': {'type': 'bool', 'default': False},
    'follow': {'type': 'bool', 'default': True},
    '_diff_peek': {'type': 'bool'},
    'src': {'type': 'path'},
    'modification_time': {}, 'modification_time_format': {'default': TIME_FORMAT},
    'access_time': {}, 'access_time_format': {'default': TIME_FORMAT},
})
NOW = object()


def run(args, context):
    """Bring a path into the wanted state and return it with what changed."""
    params = parse('file', SPEC, args, context)
    _complete(params)
    state = params['state']
    if context.check and state != 'absent':
        _warn_of_unknown_owners(params, context)
    if params['_diff_peek'] is not None:
        return files.with_path_info({'path': params['path'], 'appears_binary': appears_binary(params['path'])})
    return files.with_path_info(STATES[state](params, context))


def appears_binary(path):
    """Guess from its beginning whether a file is binary."""
    try:
        with open(to_bytes(path), 'rb') as source:
            return b'\0' in source.read(8192)
    except OSError:
        return False


def _complete(params):
    """Settle path and state: a directory stands for the file in it, and the default state is the present one."""
    if params['state'] not in ('link', 'absent') and os.path.isdir(to_bytes(params['path'])):
        name = params['_original_basename'] or os.path.basename(params['src'] or '')
        if name:
            params['path'] = os.path.join(params['path'], name)
    path = params['path']
    if params['state'] is None:
        present = files.state_of(path)
        params['state'] = present if present != 'absent' else 'directory' if params['recurse'] else 'file'
    if params['recurse'] and params['state'] != 'directory':
        raise failure("recurse option requires state to be 'directory'", path=path)
    if params['src'] and params['state'] not in ('link', 'hard'):
        raise failure("src option requires state to be 'link' or 'hard'", path=path)


def _warn_of_unknown_owners(params, context):
    kinds = (('owner', 'user', 'uid', pwd.getpwuid, pwd.getpwnam),
             ('group', 'group', 'gid', grp.getgrgid, grp.getgrnam))
    for option, word, number, by_number, by_name in kinds:
        value = params[option]
        if not value:
            continue
        try:
            wanted = int(value)
        except ValueError:
            wanted = None
        try:
            by_name(value) if wanted is None else by_number(wanted)
        except KeyError:
            shown = '%s %s' % (word, value) if wanted is None else '%s with %s %s' % (word, number, wanted)
            context.warn('failed to look up %s. Create %s up to this point in real play' % (shown, word))


# Times

def _times(params):
    """Return the wanted (mtime, atime): None keeps one, NOW is the moment of writing."""
    return tuple(_timestamp(params, name) for name in ('modification_time', 'access_time'))


def _timestamp(params, name):
    text, shape = params[name], params[name + '_format']
    if text is None:
        text = 'now' if params['state'] == 'touch' else 'preserve'
    if text in ('preserve', 'now'):
        return None if text == 'preserve' else NOW
    try:
        return time.mktime(time.strptime(text, shape))
    except (ValueError, OverflowError) as error:
        raise ModuleFailure('Error while obtaining timestamp for time %s using format %s: %s' % (text, shape, error))


def _set_times(context, path, times, diff=None):
    """Set the times of a file and return whether they changed. `now` for both needs no ownership of the file."""
    if times == (None, None):
        return False
    b_path = to_bytes(path)
    try:
        info = os.stat(b_path)
        mtime, atime = (time.time() if wanted is NOW else present if wanted is None else wanted
                        for wanted, present in zip(times, (info.st_mtime, info.st_atime)))
        if times != (NOW, NOW) and (mtime, atime) == (info.st_mtime, info.st_atime):
            return False
        if not context.check:
            os.utime(b_path, None if times == (NOW, NOW) else (atime, mtime))
    except OSError as error:
        raise failure('Error while updating modification or access time: %s' % error, path=path)
    if mtime != info.st_mtime:
        attributes.note(diff, 'mtime', info.st_mtime, mtime)
    if atime != info.st_atime:
        attributes.note(diff, 'atime', info.st_atime, atime)
    return True


def _set_all(context, wanted, changed, times, diff=None):
    changed = attributes.change(context, wanted, changed, diff)
    return _set_times(context, wanted['path'], times, diff) or changed


# States

def _first_diff(path, state, before):
    diff = {'before': {'path': path}, 'after': {'path': path}}
    if before != state:
        attributes.note(diff, 'state', before, state)
    if state == 'absent' and before == 'directory':
        content = diff['before']['path_content'] = {'directories': [], 'files': []}
        for base, directories, names in os.walk(to_bytes(path)):
            content['directories'] += [to_text(os.path.join(base, name)) for name in directories]
            content['files'] += [to_text(os.path.join(base, name)) for name in names]
    return diff


def _absent(params, context):
    path, before = params['path'], files.state_of(params['path'])
    if before == 'absent':
        return {'path': path, 'changed': False, 'state': 'absent'}
    diff = _first_diff(path, 'absent', before)
    if not context.check:
        _remove(path, before)
    return {'path': path, 'changed': True, 'diff': diff, 'state': 'absent'}


def _remove(path, before):
    if before == 'directory':
        try:
            shutil.rmtree(to_bytes(path))
        except OSError as error:
            raise ModuleFailure('rmtree failed: %s' % error)
        return
    try:
        os.unlink(to_bytes(path))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise failure('unlinking failed: %s ' % error, path=path)


def _touch(params, context):
    path, before = params['path'], files.state_of(params['path'])
    times = _times(params)
    if before == 'absent':
        if context.check:
            return {'dest': path, 'changed': True}
        try:
            open(to_bytes(path), 'wb').close()
        except OSError as error:
            raise failure('Error, could not touch target: %s' % error, path=path)
    diff = _first_diff(path, 'touch', before)
    try:
        changed = attributes.change(context, attributes.wanted(params), before == 'absent', diff)
    except ModuleFailure:
        if before == 'absent':
            os.remove(to_bytes(path))
        raise
    changed = _set_times(context, attributes.wanted(params)['path'], times, diff) or changed
    return {'dest': path, 'changed': changed, 'diff': diff}


def _file(params, context):
    path, before = params['path'], files.state_of(params['path'])
    wanted, times = attributes.wanted(params), _times(params)
    if params['follow'] and before == 'link':
        wanted['path'] = path = to_text(os.path.realpath(to_bytes(path)))
        before = files.state_of(path)
    if before not in ('file', 'hard'):
        raise failure('file (%s) is %s, cannot continue' % (path, before), path=path, state=before)
    diff = _first_diff(path, 'file', before)
    return {'path': path, 'changed': _set_all(context, wanted, False, times, diff), 'diff': diff}


def _directory(params, context):
    path, before = params['path'], files.state_of(params['path'])
    wanted, times = attributes.wanted(params), _times(params)
    if params['follow'] and before == 'link':
        wanted['path'] = path = to_text(os.path.realpath(to_bytes(path)))
        before = files.state_of(path)
    diff = _first_diff(path, 'directory', before)
    if before == 'absent':
        changed = True if context.check else _make_directories(context, path, wanted, times, diff)
        return {'path': path, 'changed': changed, 'diff': diff}
    if before != 'directory':
        raise failure('%s already exists as a %s' % (path, before), path=path)
    changed = _set_all(context, wanted, False, times, diff)
    if params['recurse']:
        changed = _set_below(context, params['follow'], to_bytes(path), wanted, times) or changed
    return {'path': path, 'changed': changed, 'diff': diff}


def _make_directories(context, path, wanted, times, diff):
    """Make a directory and the missing ones above it; all new ones get the attributes, the last one the times."""
    changed, current = False, '' if os.path.isabs(path) else '.'
    for name in path.strip('/').split('/'):
        current = name if current == '.' else current + '/' + name
        try:
            if not os.path.exists(to_bytes(current)):
                changed = _make_directory(to_bytes(current)) or changed
                changed = attributes.change(context, dict(wanted, path=current), changed, diff)
        except OSError as error:
            raise failure('There was an issue creating %s as requested: %s' % (current, error), path=path)
    return _set_times(context, path, times, diff) or changed


def _make_directory(path):
    try:
        os.mkdir(path)
        return True
    except OSError as error:
        if error.errno == errno.EEXIST and os.path.isdir(path):
            return False
        raise


def _set_below(context, follow, top, wanted, times):
    """Set the attributes of everything below a directory; with `follow`, of what links below it point to as well."""
    changed = False
    try:
        for base, directories, names in os.walk(top):
            for name in directories + names:
                path = os.path.join(base, name)
                changed = _set_all(context, dict(wanted, path=to_text(path)), changed, times) or changed
                target = os.path.join(base, os.readlink(path)) if follow and os.path.islink(path) else None
                if target is None or not os.path.exists(target):
                    continue
                if os.path.isdir(target):
                    changed = _set_below(context, follow, target, wanted, times) or changed
                changed = _set_all(context, dict(wanted, path=to_text(target)), changed, times) or changed
    except RecursionError as error:
        raise ModuleFailure("Could not recursively set attributes on %s. Original error was: '%s'" % (
            to_text(top), error))
    return changed


# Links

def _link(params, context):
    path, src, follow = params['path'], params['src'], params['follow']
    b_path, before = to_bytes(path), files.state_of(params['path'])
    times = _times(params)
    if src is None and follow and os.path.exists(b_path):
        src = to_text(os.readlink(b_path))
    _refuse_link(params, src, before)
    diff = _first_diff(path, 'link', before)
    if before != 'link':
        if src is None:
            raise ModuleFailure('src is required for creating new symlinks')
        changed = True
    else:
        changed = src is not None and _note_target(diff, b_path, src)
    if changed and not context.check:
        if before == 'absent':
            _make_new(os.symlink, src, path)
        else:
            _replace(os.symlink, src, path, os.rmdir if before == 'directory' else None)
    if context.check and not os.path.exists(b_path):
        return {'dest': path, 'src': src, 'changed': changed, 'diff': diff}
    wanted = attributes.wanted(params)
    if follow and os.path.islink(b_path) and not os.path.exists(to_bytes(wanted['path'])):
        context.warn('Cannot set fs attributes on a non-existent symlink target. follow should be'
                     ' set to False to avoid this.')
    else:
        changed = _set_all(context, wanted, changed, times, diff)
    return {'dest': path, 'src': src, 'changed': changed, 'diff': diff}


def _refuse_link(params, src, before):
    """Raise where a link may not be put: nothing it points to, or something else in its place, without `force`."""
    path, force = params['path'], params['force']
    if src is not None and not force:
        real_directory = os.path.isdir(to_bytes(path)) and not os.path.islink(to_bytes(path))
        target = os.path.join(path if real_directory else os.path.dirname(path), src)
        if not os.path.exists(to_bytes(target)):
            raise failure('src file does not exist, use "force=yes" if you really want to create the link: %s'
                          % target, path=path, src=src)
    if before in ('directory', 'file', 'hard') and not force:
        raise failure('refusing to convert from %s to symlink for %s' % (before, path), path=path)
    if before == 'directory' and os.listdir(to_bytes(path)):
        raise failure('the directory %s is not empty, refusing to convert it' % path, path=path)


def _note_target(diff, b_path, src):
    target = os.readlink(b_path)
    if target == to_bytes(src):
        return False
    attributes.note(diff, 'src', to_text(target), src)
    return True


def _make_new(make, src, path):
    try:
        make(to_bytes(src), to_bytes(path))
    except OSError as error:
        raise failure('Error while linking: %s' % error, path=path)


def _replace(make, src, path, remove=None):
    """Put a new link in the place of what is there, in one step."""
    b_path = to_bytes(path)
    temporary = os.path.join(os.path.dirname(b_path), to_bytes('.%s.%s.tmp' % (os.getpid(), time.time())))
    try:
        if remove:
            remove(b_path)
        make(to_bytes(src), temporary)
        os.rename(temporary, b_path)
    except OSError as error:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise failure('Error while replacing: %s' % error, path=path)


def _hard(params, context):
    path, src = params['path'], params['src']
    b_path, before = to_bytes(path), files.state_of(params['path'])
    wanted, times = attributes.wanted(params), _times(params)
    if before != 'hard' and src is None:
        raise ModuleFailure('src is required for creating new hardlinks')
    if src is not None and not os.path.exists(to_bytes(src)):
        raise failure('src does not exist', dest=path, src=src)
    diff = _first_diff(path, 'hard', before)
    if before == 'directory' and _same_file(path, src):
        return {'path': path, 'changed': False}
    changed = _hard_link_needed(params, before, diff)
    if changed and not context.check:
        if before == 'absent':
            _make_new(os.link, src, path)
        else:
            _replace(os.link, src, path, os.unlink if before == 'directory' else None)
    if context.check and not os.path.exists(b_path):
        return {'dest': path, 'src': src, 'changed': changed, 'diff': diff}
    return {'dest': path, 'src': src, 'changed': _set_all(context, wanted, changed, times, diff), 'diff': diff}


def _same_file(path, src):
    return os.stat(to_bytes(path)).st_ino == os.stat(to_bytes(src)).st_ino


def _hard_link_needed(params, before, diff):
    path, src = params['path'], params['src']
    if before == 'absent':
        return True
    if before == 'link':
        return _note_target(diff, to_bytes(path), src)
    if before == 'hard' and (src is None or _same_file(path, src)):
        return False
    if not params['force']:
        text = {'hard': 'Cannot link, different hard link exists at destination',
                'directory': 'Cannot link: different hard link exists at destination'}
        raise failure(text.get(before, 'Cannot link, %s exists at destination' % before), dest=path, src=src)
    return True


STATES = {'absent': _absent, 'touch': _touch, 'file': _file, 'directory': _directory, 'link': _link, 'hard': _hard}
