"""Writes a bundle as a file, for the modules that start themselves again under another Python."""

import os
import zipfile

from module_child import FULL_NAME


def write_archive(directory, sources, name):
    """Write the bundle as a zip file that another Python can import from."""
    path = os.path.join(directory, 'ansible_%s_payload.zip' % name)
    packages = set()
    with zipfile.ZipFile(path, 'w') as archive:
        for module, source in sources.items():
            if module in ('__main__', FULL_NAME):
                continue
            parent = module.rpartition('.')[0]
            while parent:
                packages.add(parent)
                parent = parent.rpartition('.')[0]
            archive.writestr(module.replace('.', '/') + '.py', source)
        for package in packages:
            if package + '.__init__' not in sources:
                archive.writestr(package.replace('.', '/') + '/__init__.py', '')
    return path
