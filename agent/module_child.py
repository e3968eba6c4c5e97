"""Runs one of Ansible's own Python modules as a program, in a process made for it."""

import json
import os
import sys

from loader import MemoryFinder

BASIC = 'ansible.module_utils.basic'
PLACE = '<ansible>'
# The key under which a bundle says how its module is named in Python.
FULL_NAME = '__name__'


def run_module(finder, args, modlib_path):
    """Run the bundle's `__main__` as the module and return the exit status of the process."""
    basic = __import__(BASIC, fromlist=['basic']) if BASIC in finder.sources else None
    if basic:
        basic._ANSIBLE_ARGS = json.dumps({'ANSIBLE_MODULE_ARGS': args}).encode('utf-8')
    full_name = finder.sources[FULL_NAME]
    package = full_name.rpartition('.')[0]
    __import__(package)
    main = type(sys)('__main__')
    main.__dict__.update({
        '__file__': finder.file_of(full_name), '__loader__': finder, '__package__': package,
        '_module_fqn': full_name, '_modlib_path': modlib_path})
    sys.modules['__main__'] = main
    sys.argv = [main.__file__]
    status = 0
    try:
        exec(finder.code_of(full_name), main.__dict__)
    except SystemExit as end:
        status = _status_of(end.code)
    except BaseException:
        import traceback
        kind, value, trace = sys.exc_info()
        traceback.print_exception(kind, value, trace.tb_next)
        status = 1
    _finish()
    return status


def make_finder(sources):
    """Return what a module and its `module_utils` are imported from; its relative imports start from its full name."""
    sources[sources[FULL_NAME]] = sources['__main__']
    return MemoryFinder(sources, PLACE)


def _status_of(code):
    if code is None or isinstance(code, int):
        return code or 0
    sys.stderr.write('%s\n' % (code,))
    return 1


def _finish():
    """Do what Python does at its end: modules remove their temporary directories there."""
    if 'threading' in sys.modules:
        sys.modules['threading']._shutdown()
    import atexit
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass


def run_from_stdin():
    """Run what standard input describes: the way into a Python that is not the agent's own."""
    job = json.loads(sys.stdin.buffer.read().decode('utf-8'))
    os.environ.update(job['environment'])
    finder = make_finder(job['sources'])
    sys.meta_path.insert(0, finder)
    sys.exit(run_module(finder, job['args'], job['modlib_path']))
