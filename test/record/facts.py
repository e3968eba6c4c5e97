#!/usr/bin/python3
"""Records which facts Ansible's own setup finds on hosts that consist of a few files.

    sudo /usr/bin/python3 test/record/facts.py [case file ...]

Each case of test/cases/facts/*.yml runs in a mount namespace of its own, whose /etc, /usr/bin, /usr/sbin, /sys, /proc
and /dev show the case's files: nothing of this machine changes. Needs root and overlayfs.
"""

import ctypes
import fnmatch
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import yaml

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cases', 'facts')
CLONE_NEWNS = 0x20000
# What would tell of this machine: release files, package and service managers.
HIDDEN = ('/etc/os-release', '/etc/debian_version', '/usr/lib/os-release', '/etc/lsb-release', '/usr/bin/lsb_release',
          '/usr/bin/apt-get', '/usr/bin/yum', '/usr/bin/dnf', '/usr/bin/rpm', '/usr/bin/systemctl',
          '/usr/sbin/initctl', '/usr/sbin/openrc')
OVERLAID = ('/etc', '/usr/bin', '/usr/sbin', '/usr/lib')
DEVICES = ('null', 'zero', 'urandom', 'random', 'tty', 'shm', 'pts', 'ptmx')


def main(wanted):
    """Record all case files or those named."""
    for path in wanted or sorted(glob.glob(os.path.join(CASES, '*.yml'))):
        with open(path) as file:
            cases = yaml.safe_load(file)
        expected = dict((case['name'], in_child(case)) for case in cases)
        with open(path[:-len('.yml')] + '.expected.json', 'w') as file:
            json.dump(expected, file, indent=1, sort_keys=True)
            file.write('\n')
        print('%s: %d cases' % (os.path.basename(path), len(cases)))


def in_child(case):
    """Return the facts of a case; the namespace ends with the child that has it."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            os.write(writer, json.dumps(record(case)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        facts = json.load(answer)
    os.wait()
    return facts


def record(case):
    """Make the namespace and run Ansible in it."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        sys.exit('no mount namespace: run this as root')
    mount('--make-rprivate', '/')
    top = tempfile.mkdtemp(prefix='facts.')
    mount('-t', 'tmpfs', 'none', top)
    for place in OVERLAID:
        overlay(top, place)
    for path in HIDDEN:
        if os.path.lexists(path):
            os.remove(path)
    files = dict(case.get('files', {}))
    show_kernel(top, files, case.get('links', {}))
    for path, content in files.items():
        show(top, path, content)
    env = dict(os.environ, PATH='/usr/bin:/usr/sbin:/bin:/sbin', ANSIBLE_LOCAL_TEMP=top + '/l', ANSIBLE_REMOTE_TEMP=top + '/r')
    words = ','.join(['!all', '!min'] + case['subset'])
    out = subprocess.run(['/usr/bin/python3', '/usr/bin/ansible', 'localhost', '-m', 'setup', '-a', 'gather_subset=' + words],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    text = out.stdout.decode()
    facts = json.loads(text[text.index('{'):])['ansible_facts']
    return normal(facts, case['facts'])


def normal(facts, patterns):
    """Return the facts that a case asks for; lists without an order sorted."""
    kept = dict((name, value) for name, value in facts.items()
                if any(fnmatch.fnmatch(name, 'ansible_' + pattern) for pattern in patterns))
    return dict((name, sorted(value) if name.startswith('ansible_virtualization_tech') else value)
                for name, value in kept.items())


def overlay(top, place):
    """Let a directory be changed without changing it."""
    upper, work = (tempfile.mkdtemp(dir=top) for _ in range(2))
    mount('-t', 'overlay', 'overlay', '-o', 'lowerdir=%s,upperdir=%s,workdir=%s' % (place, upper, work), place)


def show_kernel(top, files, links):
    """Build the parts of /sys and /dev that a case has, in place of this machine's."""
    paths = list(files) + list(links)
    if any(path.startswith('/dev/') for path in paths):
        kept = tempfile.mkdtemp(dir=top)
        mount('--rbind', '/dev', kept)
        mount('-t', 'tmpfs', 'none', '/dev')
        for name in DEVICES:
            os.symlink('%s/%s' % (kept, name), '/dev/' + name)
    for place in ('/sys/devices', '/sys/block', '/sys/class', '/sys/kernel'):
        if any(path.startswith(place + '/') for path in paths):
            mount('-t', 'tmpfs', 'none', place)
    for path in [path for path in files if path.startswith(('/sys/', '/dev/'))]:
        write(path, files.pop(path))
    for path, target in links.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.remove(path)
        os.symlink(target, path)


def show(top, path, content):
    """Make a file appear with this content; those of /proc are covered by one."""
    if not path.startswith('/proc/'):
        write(path, content)
        return
    handle, cover = tempfile.mkstemp(dir=top)
    with open(handle, 'w') as file:
        file.write(content)
    mount('--bind', cover, path)


def write(path, content):
    """Write a file; one in a directory of programs can be executed, one without content is a directory."""
    if content is None:
        os.makedirs(path, exist_ok=True)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(content)
    if 'bin/' in path:
        os.chmod(path, 0o755)


def mount(*arguments):
    """Mount, or end."""
    subprocess.run([shutil.which('mount')] + list(arguments), check=True)


if __name__ == '__main__':
    main(sys.argv[1:])
