"""Copies directories from one place of the target to another, as copy with `remote_src` does."""

import filecmp
import os
import shutil

import attributes
from files import to_bytes, to_text


def copy_directory(params, context, dest):
    """Copy a directory: with a slash at the end of `src` what is in it, otherwise the directory itself."""
    filecmp.clear_cache()
    src, into = params['src'], params['dest']
    tree = _Tree(params, context)
    name = os.path.basename(src)
    if not os.path.exists(to_bytes(into)):
        target = os.path.join(to_bytes(into), to_bytes(name))
        if context.check:
            return True
        if src.endswith('/'):
            shutil.copytree(os.path.join(to_bytes(src), b''), target, symlinks=not params['local_follow'])
            tree.own(to_bytes(dest))
            return True
        os.makedirs(target)
        tree.merge(os.path.join(to_bytes(src), b''), target)
        return True
    if not os.path.isdir(to_bytes(into)):
        return False
    target = os.path.join(to_bytes(into), to_bytes(name)) if name else to_bytes(into)
    if os.path.exists(target):
        return tree.merge(os.path.join(to_bytes(src), b''), target)
    if not context.check:
        shutil.copytree(os.path.join(to_bytes(src), b''), target, symlinks=not params['local_follow'])
        tree.own(to_bytes(dest))
    return True


class _Tree:
    """Copies what differs from one directory into another."""

    def __init__(self, params, context):
        self._params = params
        self._context = context
        self._follow = params['local_follow']

    def merge(self, source, target):
        """Copy new and different files, in this directory and those below; return whether anything changed."""
        changed = self._merge_one(source, target)
        changed = self._merge_common(source, target) or changed
        return self.own(target) or changed

    def _merge_one(self, source, target):
        comparison = filecmp.dircmp(source, target)
        if not self._context.check:
            for name in comparison.diff_files:
                self._copy_file(os.path.join(source, name), os.path.join(target, name), True)
            for name in comparison.left_only:
                self._copy_new(os.path.join(source, name), os.path.join(target, name))
        return bool(comparison.diff_files or comparison.left_only)

    def _merge_common(self, source, target):
        changed = False
        for name in filecmp.dircmp(source, target).common_dirs:
            below = os.path.join(source, name), os.path.join(target, name)
            changed = self._merge_one(*below) or changed
            changed = self._merge_common(*below) or changed
        return changed

    def _copy_new(self, source, target):
        """Copy what is missing; links only when the task says whether to follow them."""
        is_link = os.path.islink(source)
        if is_link and self._follow is None:
            return
        if os.path.isdir(source) and (self._follow or not is_link):
            shutil.copytree(source, target, symlinks=not self._follow)
            self.own(target)
        elif is_link or os.path.isfile(source):
            self._copy_file(source, target, not is_link)

    def _copy_file(self, source, target, with_mode):
        if os.path.islink(source) and self._follow is False:
            if os.path.lexists(target):
                os.unlink(target)
            os.symlink(os.readlink(source), target)
        else:
            shutil.copyfile(source, target)
            if with_mode:
                shutil.copymode(source, target)
        self._own_one(target)

    def own(self, top):
        """Give a tree its owner and group; return whether that changed anything."""
        if self._params['owner'] is None and self._params['group'] is None:
            return False
        changed = False
        for base, directories, names in os.walk(top):
            for path in [base] + [os.path.join(base, name) for name in directories + names]:
                changed = self._own_one(path) or changed
        return changed

    def _own_one(self, path):
        changed = False
        for name, setter in (('owner', attributes.set_owner), ('group', attributes.set_group)):
            if self._params[name] is not None:
                changed = setter(self._context, to_text(path), self._params[name], changed)
        return changed
