#!/usr/bin/python3
"""Records what Ansible's uri does with the cases of test/cases/uri: on this machine, against test/record/web_server.py.

    /usr/bin/python3 test/record/uri.py
"""

import json
import os
import subprocess
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, '..', 'cases', 'uri')


def main():
    """Record the cases."""
    with open(os.path.join(CASES, 'uri.yml')) as file:
        cases = yaml.safe_load(file)
    server = subprocess.Popen(['/usr/bin/python3', os.path.join(HERE, 'web_server.py')],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
    try:
        expected = _record(cases, server.stdout.readline().strip())
    finally:
        server.stdin.close()
        server.wait()
    with open(os.path.join(CASES, 'uri.expected.json'), 'w') as file:
        json.dump(expected, file, indent=1, sort_keys=True)
        file.write('\n')
    print('%d cases' % len(cases))


def _record(cases, port):
    with tempfile.TemporaryDirectory() as top:
        tasks = [{
            'name': case['name'], 'uri': _filled(case['args'], port, top), 'register': 'result_%d' % number,
            'check_mode': bool(case.get('check')), 'ignore_errors': True,
        } for number, case in enumerate(cases)]
        answer = '{%s}' % ', '.join('"%d": result_%d' % (number, number) for number in range(len(cases)))
        tasks.append({'copy': {'content': '{{ %s | to_json }}' % answer, 'dest': top + '/answer'}})
        with open(top + '/play.yml', 'w') as file:
            yaml.safe_dump([{'hosts': 'localhost', 'connection': 'local', 'gather_facts': False, 'tasks': tasks}], file)
        open(top + '/ansible.cfg', 'w').close()
        environment = dict(os.environ, ANSIBLE_PYTHON_INTERPRETER='/usr/bin/python3', ANSIBLE_CONFIG=top + '/ansible.cfg',
                           LC_ALL='C.UTF-8', TZ='UTC')
        done = subprocess.run(['ansible-playbook', '-i', 'localhost,', top + '/play.yml'], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        if not os.path.exists(top + '/answer'):
            sys.exit(done.stdout)
        with open(top + '/answer') as file:
            text = file.read().replace('127.0.0.1:' + port, 'HOST').replace(top, 'ROOT')
        answers = json.loads(text)
        return dict((case['name'], _normal(answers[str(number)])) for number, case in enumerate(cases))


def _filled(args, port, top):
    text = json.dumps(args).replace('HOST', '127.0.0.1:' + port).replace('ROOT', top)
    return json.loads(text)


def _normal(result):
    """Leave out what differs from run to run."""
    dropped = ('date', 'exception', 'invocation', 'server', 'uid', 'gid', 'owner', 'group')
    return dict((key, value) for key, value in result.items() if key not in dropped)


if __name__ == '__main__':
    main()
