"""Runs module cases with the agent's native modules, in this process, without a host.

Reads `{module, cases}` as JSON from standard input and prints `{name: {result, tree}}`. For copy, fetch and assemble it
plays the host's part for one file, as the docstrings of these modules define it.
"""

import hashlib
import importlib
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', '..', 'agent'), os.path.join(HERE, '..', 'record')]

import module_cases  # noqa: E402
import dispatch  # noqa: E402
from context import Context, InlineContent  # noqa: E402


class Channel:
    """Keeps what a module sends to the host."""

    def __init__(self):
        self.data = b''

    def send(self, _header, piece):
        """Take a piece."""
        self.data += piece


def main(text):
    """Run the cases."""
    os.environ['TZ'] = 'UTC'
    os.environ['HOME'] = '/root'  # as when the cases were recorded
    job = json.loads(text)
    answers = {}
    top = tempfile.mkdtemp(prefix='cases.')
    os.chmod(top, 0o755)
    try:
        for number, case in enumerate(job['cases']):
            answers[case['name']] = run_case(os.path.join(top, str(number)), job['module'], case)
    finally:
        shutil.rmtree(top)
    print(json.dumps(answers))


def run_case(top, module, case):
    """Return what a case gives and leaves."""
    places = {'ROOT': top + '/tree', 'LOCAL': top + '/local'}
    os.umask(0o022)
    who = module_cases.identity(case)
    module_cases.build(places['ROOT'], case.get('tree', {}), who)
    module_cases.build(places['LOCAL'], case.get('before', {}), module_cases.identity({}))
    args = module_cases.fill(case['args'], places)
    flags = {'id': 1, 'check': case.get('check'), 'diff': case.get('diff'), 'who': who}
    result = HOST_PARTS.get(module, plain)(module, args, flags)
    return {'result': module_cases.normal(result, places, case),
            'tree': module_cases.listing(places['ROOT'], case)}


def run_native(module, args, flags, channel=None, content=None):
    """Run a module as the user of its case."""
    uid, gid = flags['who']
    if uid == os.geteuid():
        return dispatch.run_native(module, args, Context(flags, channel, content))
    importlib.import_module('modules.' + module)
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(gid, gid, 0)
    os.setresuid(uid, uid, 0)
    try:
        return dispatch.run_native(module, args, Context(flags, channel, content))
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


def plain(module, args, flags):
    """Run a module that needs nothing of the host."""
    return run_native(module, args, flags)


def copy(module, args, flags):
    """Send one local file as the host's copy action does."""
    if args.get('remote_src'):
        return run_native(module, args, flags)
    args = dict(args)
    source, content = args.pop('src', None), args.pop('content', None)
    if content is not None:
        data, source = content.encode(), '/x/ansible-local-1/content'
    else:
        with open(source, 'rb') as file:
            data = file.read()
        if args.get('mode') == 'preserve':
            args['mode'] = '0%03o' % (os.stat(source).st_mode & 0o7777)
    args.update(_original_basename=os.path.basename(source), _source=source, _is_content=content is not None,
                _checksum=hashlib.sha1(data).hexdigest())
    return run_native(module, args, flags, content=InlineContent(data))


def fetch(module, args, flags):
    """Receive a file as the host's fetch action does, into a flat path."""
    args, channel = dict(args), Channel()
    dest = args.pop('dest')
    args.pop('flat')
    known = None
    if os.path.exists(dest):
        with open(dest, 'rb') as file:
            known = hashlib.sha1(file.read()).hexdigest()
    result = run_native(module, dict(args, _checksum=known) if known else args, flags, channel)
    if 'sent' not in result:
        return result
    if not result['sent']:
        return {'changed': False, 'md5sum': _md5(dest), 'file': result['source'], 'dest': dest, 'checksum': known}
    with open(dest, 'wb') as file:
        file.write(channel.data)
    return {'changed': True, 'md5sum': _md5(dest), 'dest': dest, 'remote_md5sum': None,
            'checksum': hashlib.sha1(channel.data).hexdigest(), 'remote_checksum': result['checksum']}


def _md5(path):
    with open(path, 'rb') as file:
        return hashlib.md5(file.read()).hexdigest()


HOST_PARTS = {'copy': copy, 'fetch': fetch}

if __name__ == '__main__':
    main(sys.stdin.read())
