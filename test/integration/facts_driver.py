"""Gathers the facts of hosts that consist of a few files, with the agent's gatherers, in this process.

Reads cases as JSON from standard input and prints `{name: facts}`.
"""

import fnmatch
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'agent'))

from context import Context  # noqa: E402
from facts_host import Host  # noqa: E402
from facts_subsets import gatherers  # noqa: E402
from modules import setup  # noqa: E402


def main():
    """Run the cases."""
    answers = {}
    for case in json.load(sys.stdin):
        top = tempfile.mkdtemp(prefix='facts.')
        try:
            build(top, case)
            answers[case['name']] = facts_of(top, case)
        finally:
            shutil.rmtree(top)
    print(json.dumps(answers))


def build(top, case):
    """Write the case's files and links below a directory."""
    for place in ('bin', 'sbin'):
        os.makedirs('%s/usr/%s' % (top, place))
        os.symlink('usr/' + place, '%s/%s' % (top, place))
    for path, content in case.get('files', {}).items():
        if content is None:
            os.makedirs(top + path, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(top + path), exist_ok=True)
        with open(top + path, 'wb') as file:
            file.write(content.encode())
        if 'bin/' in path:
            os.chmod(top + path, 0o755)
    for path, target in case.get('links', {}).items():
        os.makedirs(os.path.dirname(top + path), exist_ok=True)
        os.symlink(target, top + path)


def facts_of(top, case):
    """Return the facts that a case asks for."""
    context = Context({'id': 1})
    host = Host(context, {}, top)
    try:
        facts = setup.gather(host, gatherers(['!all', '!min'] + case['subset']))
    finally:
        host.close()
    facts.update(('warning', text) for text in context.warnings)
    return dict((name, value) for name, value in facts.items()
                if name == 'warning' or any(fnmatch.fnmatch(name, 'ansible_' + pattern) for pattern in case['facts']))


if __name__ == '__main__':
    main()
