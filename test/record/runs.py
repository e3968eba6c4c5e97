"""Record what ansible-playbook prints for the playbooks of test/cases/runs.

Usage: /usr/bin/python3 test/record/runs.py [CASE...]

A case is a directory with `site.yml`, whose first line may give options (`# options: --check`), and perhaps with an
inventory of its own. With one fork, Ansible shows the hosts of a task in their order, as the test expects it.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CASES = pathlib.Path(__file__).resolve().parent.parent / 'cases' / 'runs'
# Times and the temporary files of diffs, which are never the same, and what Ansible says of itself under -vv.
VOLATILE = re.compile(r'(?<="start": ")[^"]*|(?<="delta": ")[^"]*|(?<="end": ")[^"]*|(?<=\+\+\+ after: ).*')
# A number that each run of Ansible draws.
OMITTED = re.compile(r'(?<=__omit_place_holder__)[0-9a-f]{40}')
PREAMBLE = re.compile(r'\A(?!\nPLAY).*?(?=\nPLAYBOOK)', re.DOTALL)


def normalized(text, directory):
    """Return a transcript without what is never the same."""
    same = OMITTED.sub('', text.replace(directory, '<DIR>'))
    return PREAMBLE.sub('', VOLATILE.sub('<ONCE>', same))


def record(case):
    """Write the transcript of one case."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name) / 'project'
        shutil.copytree(CASES / case, directory, symlinks=True)
        if not (directory / 'inventory').exists():
            shutil.copy(CASES / 'inventory', directory)
        first = (directory / 'site.yml').read_text().splitlines()[0]
        options = first.partition('options:')[2].split()
        command = ['/usr/bin/ansible-playbook', '-f', '1', '-i', 'inventory', 'site.yml'] + options
        environment = dict(os.environ, ANSIBLE_NOCOLOR='1', ANSIBLE_LOCALHOST_WARNING='0')
        done = subprocess.run(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        text = normalized(done.stdout.decode(), str(directory)) + 'exit code %d\n' % done.returncode
        (CASES / case / 'expected.txt').write_text(text)


if __name__ == '__main__':
    wanted = sys.argv[1:] or sorted(each.parent.name for each in CASES.glob('*/site.yml'))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(record, wanted))
