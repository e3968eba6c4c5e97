"""Record what ansible-playbook prints for the playbooks of test/cases/actions/project.

Usage: /usr/bin/python3 test/record/actions.py [PLAYBOOK...]

Each runs in a fresh copy of the project, with `out` as an empty directory, once for real and once with
`--check --diff`. What differs from run to run and from machine to machine is left out as the test leaves it out.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CASES = pathlib.Path(__file__).resolve().parent.parent / 'cases' / 'actions'
MODES = {'run': [], 'check': ['--check', '--diff']}
# Before and after of a directory's or file's own numbers, temporary paths, and Python's classes for strings.
VOLATILE = re.compile(r'^ *"(src|uid|gid|owner|group|size|mode|start|stop|after_header)": .*\n|^\+\+\+ after: .*\n',
                      re.MULTILINE)


def normalized(text, directory):
    """Return a transcript without what is never the same."""
    text = text.replace(str(directory), '<DIR>').replace('ansible.parsing.yaml.objects.AnsibleUnicode', 'str')
    return VOLATILE.sub('', text)


def record(playbook, mode, options):
    """Write the transcript of one playbook."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name) / 'project'
        shutil.copytree(CASES / 'project', directory, symlinks=True)
        (directory / 'out').mkdir()
        command = ['/usr/bin/ansible-playbook', '-i', 'inventory', '-e', 'out=%s/out' % directory, playbook.name]
        environment = dict(os.environ, ANSIBLE_NOCOLOR='1', ANSIBLE_LOCALHOST_WARNING='0')
        done = subprocess.run(command + options, cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        text = normalized(done.stdout.decode(), directory) + 'exit code %d\n' % done.returncode
        (CASES / ('%s.%s.txt' % (playbook.stem, mode))).write_text(text)


if __name__ == '__main__':
    wanted = [CASES / 'project' / name for name in sys.argv[1:]]
    for each in wanted or sorted((CASES / 'project').glob('*.yml')):
        for label, flags in MODES.items():
            record(each, label, flags)
