"""Serves modules from memory, with their real names and lines in tracebacks."""

import sys
from importlib.machinery import ModuleSpec


_CODES = {}


class MemoryFinder:
    """Imports from `{name: source}`; a package is named `package.__init__` or only by what is in it."""

    def __init__(self, sources, place):
        self.sources = {}
        self._packages = set()
        self._place = place
        self.add(sources)

    def add(self, sources):
        """Serve these modules too."""
        self.sources.update(sources)
        for name in sources:
            while '.' in name:
                name = name.rpartition('.')[0]
                self._packages.add(name)

    def find_spec(self, name, path=None, target=None):
        """Say where a module comes from, or None when it is not one of these."""
        is_package = name in self._packages
        if not is_package and name not in self.sources:
            return None
        spec = ModuleSpec(name, self, origin=self.file_of(name), is_package=is_package)
        spec.has_location = True
        return spec

    def create_module(self, spec):
        """Leave it to Python."""

    def exec_module(self, module):
        """Run the module's source."""
        exec(self.code_of(module.__name__), module.__dict__)

    def get_source(self, name):
        """Return the source; tracebacks ask for it."""
        return self.sources.get(name + '.__init__') or self.sources.get(name, '')

    def code_of(self, name):
        """Return the compiled module; finders share what they have in common."""
        key = self.file_of(name), self.get_source(name)
        if key not in _CODES:
            _CODES[key] = compile(key[1], key[0], 'exec', dont_inherit=True)
        return _CODES[key]

    def compile_all(self):
        """Compile everything, so that forked children need not; what is broken shows when it is imported."""
        for name in self._packages.union(self.sources):
            try:
                if not name.startswith('__') and not name.endswith('.__init__'):
                    self.code_of(name)
            except SyntaxError:
                pass

    def file_of(self, name):
        """Return the file name that tracebacks show."""
        return '%s/%s%s.py' % (self._place, name.replace('.', '/'), '/__init__' if name in self._packages else '')


def boot(sources, payload):
    """Start the agent from what the first stage has read."""
    finder = MemoryFinder(sources, '<sortie>')
    sys.meta_path.insert(0, finder)
    import main
    main.main(finder, payload)
