#!/usr/bin/python3
"""Records what Ansible's own modules and action plugins do with the cases of test/cases/modules.

    /usr/bin/python3 test/record/native_modules.py [module or module/subject ...]

Runs ansible-playbook once per case file, on this machine, each case in a directory of its own.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import yaml

import module_cases

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cases', 'modules')


def main(wanted):
    """Record every case file, or those asked for."""
    for path in sorted(glob.glob(os.path.join(CASES, '*', '*.yml'))):
        name = os.path.relpath(path, CASES)[:-len('.yml')]
        if wanted and name not in wanted and name.split('/')[0] not in wanted:
            continue
        with open(path) as file:
            cases = yaml.safe_load(file)
        expected = record(name.split('/')[0], cases)
        with open(path[:-len('.yml')] + '.expected.json', 'w') as file:
            json.dump(expected, file, indent=1, sort_keys=True)
            file.write('\n')
        print('%s: %d cases' % (name, len(cases)))


def record(module, cases):
    """Return the expectations of one file's cases by name."""
    top = tempfile.mkdtemp(prefix='cases.')
    os.chmod(top, 0o755)
    try:
        places = [_prepare(top, number, case) for number, case in enumerate(cases)]
        results = _play(top, module, cases, places)
        return dict((case['name'], {
            'result': module_cases.normal(result, place, case),
            'tree': module_cases.listing(place['ROOT'], case),
        }) for case, place, result in zip(cases, places, results))
    finally:
        shutil.rmtree(top)


def _prepare(top, number, case):
    places = {'ROOT': os.path.join(top, '%d' % number, 'tree'), 'LOCAL': os.path.join(top, '%d' % number, 'local')}
    os.umask(0o022)
    module_cases.build(places['ROOT'], case.get('tree', {}), module_cases.identity(case))
    module_cases.build(places['LOCAL'], case.get('before', {}), module_cases.identity({}))
    return places


def _play(top, module, cases, places):
    tasks = [{
        'name': case['name'], module: module_cases.fill(case['args'], place), 'register': 'result_%d' % number,
        'check_mode': bool(case.get('check')), 'diff': bool(case.get('diff')), 'ignore_errors': True,
        'become': bool(case.get('nobody')), 'become_user': 'nobody',
    } for number, (case, place) in enumerate(zip(cases, places))]
    answer = '{%s}' % ', '.join('"%d": result_%d' % (number, number) for number in range(len(cases)))
    tasks.append({'copy': {'content': '{{ %s | to_json }}' % answer, 'dest': top + '/answer'}, 'no_log': True})
    play = [{'hosts': 'localhost', 'connection': 'local', 'gather_facts': False, 'tasks': tasks}]
    with open(top + '/play.yml', 'w') as file:
        yaml.safe_dump(play, file)
    open(top + '/ansible.cfg', 'w').close()
    environment = dict(os.environ, ANSIBLE_NOCOLOR='1', ANSIBLE_LOCALHOST_WARNING='False', TZ='UTC', LC_ALL='C.UTF-8',
                       ANSIBLE_PYTHON_INTERPRETER='/usr/bin/python3', ANSIBLE_PIPELINING='1', ANSIBLE_CONFIG=top + '/ansible.cfg')
    done = subprocess.run(['ansible-playbook', '-i', 'localhost,', top + '/play.yml'], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if not os.path.exists(top + '/answer'):
        sys.exit(done.stdout)
    with open(top + '/answer') as file:
        answers = json.load(file)
    return [answers[str(number)] for number in range(len(cases))]


if __name__ == '__main__':
    main(sys.argv[1:])
