#!/usr/bin/python3
"""Records which facts Ansible's own setup finds on hosts that consist of a few files.

    sudo /usr/bin/python3 test/record/facts.py [case file ...]

Each case of test/cases/facts/*.yml runs in a mount namespace of its own, in an overlay of this machine's root with the
case's files: nothing of this machine changes. Needs root and overlayfs.
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
# What would tell of this machine: release files, package and service managers, keys, signs of containers.
HIDDEN = ('/etc/os-release', '/etc/debian_version', '/usr/lib/os-release', '/etc/lsb-release', '/usr/bin/lsb_release',
          '/usr/bin/apt-get', '/usr/bin/yum', '/usr/bin/dnf', '/usr/bin/rpm', '/usr/bin/systemctl',
          '/usr/sbin/initctl', '/usr/sbin/openrc', '/usr/sbin/init', '/etc/init.d', '/.dockerenv', '/etc/ssh',
          '/run/systemd', '/etc/iscsi', '/etc/nvme', '/etc/resolv.conf')
DEVICES = ('null', 'zero', 'urandom', 'random', 'tty')


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
    top = tempfile.mkdtemp(prefix='facts.')
    if os.fork() == 0:
        try:
            os.write(writer, json.dumps(record(top, case)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        text = answer.read()
    os.wait()
    os.rmdir(top)
    return json.loads(text)


def record(top, case):
    """Make the namespace and run Ansible in it."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        sys.exit('no mount namespace: run this as root')
    mount('--make-rprivate', '/')
    mount('-t', 'tmpfs', 'none', top)
    enter_overlay(top)
    for path in HIDDEN:
        (shutil.rmtree if os.path.isdir(path) and not os.path.islink(path) else remove)(path)
    show_kernel(case)
    for path, content in case.get('files', {}).items():
        show(path, content)
    for path, target in case.get('links', {}).items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        remove(path)
        os.symlink(target, path)
    env = dict(os.environ, PATH='/usr/bin:/usr/sbin:/bin:/sbin', ANSIBLE_LOCAL_TEMP='/tmp/l',
               ANSIBLE_REMOTE_TEMP='/tmp/r')
    words = ','.join(['!all', '!min'] + case['subset'])
    command = ['/usr/bin/python3', '/usr/bin/ansible', 'localhost', '-m', 'setup', '-a', 'gather_subset=' + words]
    text = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env).stdout.decode()
    facts = json.loads(text[text.index('{'):])['ansible_facts']
    return normal(facts, case['facts'])


def normal(facts, patterns):
    """Return the facts that a case asks for; lists without an order sorted."""
    kept = dict((name, value) for name, value in facts.items()
                if any(fnmatch.fnmatch(name, 'ansible_' + pattern) for pattern in patterns))
    return dict((name, sorted(value) if name.startswith('ansible_virtualization_tech') else value)
                for name, value in kept.items())


def enter_overlay(top):
    """Make a root that can be changed without changing this machine's, and go there."""
    root = top + '/root'
    for name in ('root', 'upper', 'work'):
        os.mkdir('%s/%s' % (top, name))
    mount('-t', 'overlay', 'overlay', '-o', 'lowerdir=/,upperdir=%s/upper,workdir=%s/work' % (top, top), root)
    mount('-t', 'tmpfs', 'none', root + '/tmp')
    mount('--bind', '/proc', root + '/proc')
    mount('--rbind', '/sys', root + '/sys')
    mount('-t', 'tmpfs', 'none', root + '/dev')
    for name in DEVICES:
        os.close(os.open('%s/dev/%s' % (root, name), os.O_CREAT))
        mount('--bind', '/dev/' + name, '%s/dev/%s' % (root, name))
    os.mkdir(root + '/dev/shm', 0o1777)
    mount('-t', 'tmpfs', 'none', root + '/dev/shm')
    os.chroot(root)
    os.chdir('/')


def show_kernel(case):
    """Clear the parts of /sys of which a case has its own, and /proc where it has files that this kernel has not."""
    paths = list(case.get('files', {})) + list(case.get('links', {}))
    if any(path.startswith('/proc/') and not os.path.exists(path) for path in paths):
        mount('-t', 'tmpfs', 'none', '/proc')
    has_devices = any(path.startswith('/sys/devices/') for path in paths)
    for place in ('/sys/devices', '/sys/block', '/sys/class', '/sys/kernel', '/sys/fs'):
        # Links into /sys/devices lead nowhere without it.
        hides = has_devices and place in ('/sys/block', '/sys/class')
        if hides or any(path.startswith(place + '/') for path in paths):
            mount('-t', 'tmpfs', 'none', place)


def remove(path):
    """Remove a file that may be there."""
    if os.path.lexists(path):
        os.remove(path)


def show(path, content):
    """Make a file appear with this content; those of /proc are covered by one."""
    if not path.startswith('/proc/') or not os.path.exists(path):
        write(path, content)
        return
    handle, cover = tempfile.mkstemp()
    with open(handle, 'w') as file:
        file.write(content)
    os.chmod(cover, 0o644)
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
