"""Runs Ansible's own modules, unmodified: Python ones in forked children, others from a private directory."""

import json
import os
import shlex
import shutil
import sys
import zlib

import module_child
import process
from crash import crashed
from forked import Forked
from module_output import parse_output
from private import private_directory

# The module that tells a bundle apart which starts itself again under another Python, and so needs a file.
RESPAWN = 'ansible.module_utils.common.respawn'
# The key under which a bundle names the sources that it shares with others.
SHARED = '__shared__'
JSON_ARGS = '<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>'
# Where the host does not say, nothing is written to the target's log: a secret must not get there by omission.
_DEFAULTS = {
    '_ansible_no_log': True, '_ansible_debug': False, '_ansible_verbosity': 0, '_ansible_keep_remote_files': False,
    '_ansible_syslog_facility': 'LOG_USER', '_ansible_string_conversion_action': 'warn', '_ansible_socket': None,
    '_ansible_selinux_special_fs': ['fuse', 'nfs', 'vboxsf', 'ramfs', '9p', 'vfat'],
    '_ansible_shell_executable': '/bin/sh', '_ansible_tmpdir': None, '_ansible_remote_tmp': '~/.ansible/tmp',
}


class Foreign:
    """The warm parent: has `module_utils.basic` imported, so that a child starts with a fork."""

    def __init__(self, channel, own_finder):
        self._channel = channel
        self._own_finder = own_finder
        self._finders = {}
        self._shared = {}
        self._warm = None

    def share(self, name, blob):
        """Keep sources that several bundles refer to by this name."""
        if name not in self._shared:
            self._shared[name] = _sources_in(blob)

    def run(self, request, header, blob):
        """Return the module's result."""
        args = dict(_DEFAULTS, **request['args'])
        args['_ansible_check_mode'] = bool(request.get('check'))
        args['_ansible_diff'] = bool(request.get('diff'))
        name = header['name'].partition('@')[0]
        args.setdefault('_ansible_module_name', name)
        kind = header['kind']
        if kind != 'python':
            source = _sources_in(blob)['__main__']
            return self._run_file(kind, source, args, request)
        finder = self._finder_of(header['name'], blob)
        if RESPAWN not in finder.sources:
            return self._run_python(finder, args, module_child.PLACE, request)
        from module_archive import write_archive
        directory = private_directory(args['_ansible_remote_tmp'])
        try:
            return self._run_python(finder, args, write_archive(directory, finder.sources, name), request)
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def _finder_of(self, name, blob):
        known = self._finders.get(name)
        if known is None or known[0] is not blob:
            sources = _sources_in(blob)
            sources.update(self._shared.get(sources.pop(SHARED, None), {}))
            finder = module_child.make_finder(sources)
            known = self._finders[name] = (blob, finder)
        return known[1]

    def _run_python(self, finder, args, modlib_path, request):
        interpreter = request.get('interpreter')
        if interpreter and interpreter != sys.executable:
            return self._run_elsewhere(interpreter, finder, args, modlib_path)
        if self._warm is None and module_child.BASIC in finder.sources:
            self._warm_up(finder)
        finder.compile_all()

        def body():
            self._become_module(finder)
            return module_child.run_module(finder, args, modlib_path)

        return self._result(*process.communicate(Forked(body), self._channel))

    def _warm_up(self, finder):
        """Import what every module imports, once; children check that their bundle holds the same text."""
        sys.meta_path.insert(0, finder)
        before = set(sys.modules)
        try:
            __import__(module_child.BASIC)
            self._warm = dict((name, finder.get_source(name)) for name in set(sys.modules) - before
                              if name.partition('.')[0] == 'ansible')
        except Exception:
            self._warm = {}
            for name in set(sys.modules) - before:
                del sys.modules[name]
        finally:
            sys.meta_path.remove(finder)

    def _become_module(self, finder):
        """Leave nothing of the agent that the module could see, in a child."""
        for name in self._own_finder.sources:
            sys.modules.pop(name, None)
        sys.meta_path.remove(self._own_finder)
        sys.meta_path.insert(0, finder)
        if any(finder.get_source(name) != source for name, source in (self._warm or {}).items()):
            for name in self._warm:
                sys.modules.pop(name, None)

    def _run_elsewhere(self, interpreter, finder, args, modlib_path):
        """Run the module under another Python, which starts cold."""
        own = self._own_finder.sources
        script = own['loader'] + own['module_child'].replace('from loader import MemoryFinder', '') + 'run_from_stdin()'
        job = {'sources': finder.sources, 'args': args, 'modlib_path': modlib_path, 'environment': {}}
        return self._run_process(shlex.split(interpreter) + ['-c', script], json.dumps(job).encode('ascii'))

    def _run_file(self, kind, source, args, request):
        """Run a module that wants to be a file, with its arguments in another."""
        directory = private_directory(args['_ansible_remote_tmp'])
        try:
            text = json.dumps(args)
            if kind == 'json-args':
                source = source.replace(JSON_ARGS, text)
            elif kind == 'old-style':
                text = ' '.join('%s=%s' % (key, shlex.quote(str(value))) for key, value in args.items())
            module = os.path.join(directory, args['_ansible_module_name'].rpartition('.')[2])
            _write(module, source.encode('latin-1' if kind == 'binary' else 'utf-8'), 0o700)
            words = _interpreter(kind, source, request) + [module]
            if kind != 'json-args':
                words.append(os.path.join(directory, 'args'))
                _write(words[-1], text.encode('utf-8', 'surrogateescape'), 0o600)
            return self._run_process(words)
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def _run_process(self, words, data=None):
        try:
            rc, stdout, stderr = process.run(words, self._channel, data)
        except OSError:
            return crashed('', '/bin/sh: 1: %s: not found\n' % words[0], 127, words[0])
        return self._result(rc, stdout, stderr, words[0])


    def _result(self, rc, stdout, stderr, interpreter=None):
        """Return what the output says; in the background, where nobody listens, with what stderr got."""
        result = parse_output(rc, stdout, stderr, interpreter)
        if self._channel is None and stderr and 'module_stderr' not in result:
            result['stderr'] = stderr.decode('utf-8', 'surrogateescape')
        return result


def _sources_in(blob):
    return json.loads(zlib.decompress(blob).decode('utf-8'))


def _interpreter(kind, source, request):
    """Return the words that start a file: nothing for what the system starts itself."""
    if kind == 'binary':
        return []
    if request.get('interpreter'):
        return shlex.split(request['interpreter'])
    first = source.partition('\n')[0]
    if not first.startswith('#!'):
        return ['/bin/sh']
    words = shlex.split(first[2:])
    return [sys.executable] + words[1:] if os.path.basename(words[0]).startswith('python') else words


def _write(path, data, mode):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), 'wb') as file:
        file.write(data)
