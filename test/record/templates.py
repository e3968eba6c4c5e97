"""Record what real Jinja2 and real Ansible make of the template cases.

Reads test/cases/templates/*.yml and writes <name>.expected.json beside each: one entry per case, either
{"value": repr} or {"error": [exception name, message]}. Run with a Python that has ansible-core 2.14.
"""

import json
import os
import sys
import tempfile

os.environ['ANSIBLE_LOCALHOST_WARNING'] = 'False'
os.environ['ANSIBLE_JINJA2_EXTENSIONS'] = 'jinja2.ext.do,jinja2.ext.loopcontrols'

import yaml  # noqa: E402
from ansible import constants  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.playbook.conditional import Conditional  # noqa: E402
from ansible.template import AnsibleEnvironment, Templar  # noqa: E402
from ansible.utils.display import Display  # noqa: E402

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cases', 'templates')


def make_templar(loader, variables, case, directory):
    """Build the Templar a task would have, in native mode when the case asks for it."""
    constants.DEFAULT_JINJA2_NATIVE = bool(case.get('native'))
    templar = Templar(loader=loader, variables=variables)
    templar.environment.loader.searchpath = [directory]
    return templar


def evaluate(case, variables, loader, directory):
    """Answer one case the way the part of Ansible that its kind names would."""
    templar = make_templar(loader, variables, case, directory)
    kind = case.get('kind', 'value')
    if kind == 'condition':
        conditional = Conditional(loader=loader)
        conditional.when = [case['template']]
        return bool(conditional.evaluate_conditional(templar, variables))
    if kind == 'file':
        options = case.get('options') or {}
        templar = templar.copy_with_new_env(environment_class=AnsibleEnvironment, searchpath=[directory], **options)
        return templar.do_template(case['template'], preserve_trailing_newlines=True, escape_backslashes=False)
    return templar.template(case['template'])


def record_case(case, common, loader, directory):
    """Turn one case into its expectation; exceptions are answers too."""
    variables = dict(common)
    variables.update(case.get('vars') or {})
    try:
        return {'value': repr(evaluate(case, variables, loader, directory))}
    except Exception as error:  # noqa: BLE001
        return {'error': [type(error).__name__, str(error)]}


def record_file(path):
    """Record all cases of one file beside it."""
    with open(path, encoding='utf-8') as stream:
        suite = yaml.safe_load(stream)
    with tempfile.TemporaryDirectory() as directory:
        for name, content in (suite.get('files') or {}).items():
            with open(os.path.join(directory, name), 'w', encoding='utf-8') as stream:
                stream.write(content)
        loader = DataLoader()
        loader.set_basedir(directory)
        cases = [case if isinstance(case, dict) else {'template': case} for case in suite['cases']]
        answers = [record_case(case, suite.get('vars') or {}, loader, directory) for case in cases]
    with open(path[: -len('.yml')] + '.expected.json', 'w', encoding='utf-8') as stream:
        json.dump(answers, stream, indent=1, ensure_ascii=False)
        stream.write('\n')
    return len(answers)


def main():
    """Record the files named on the command line, or all of them."""
    Display().warning = lambda *args, **kwargs: None
    names = sys.argv[1:] or sorted(name[: -len('.yml')] for name in os.listdir(CASES) if name.endswith('.yml'))
    for name in names:
        print(name, record_file(os.path.join(CASES, name + '.yml')))


if __name__ == '__main__':
    main()
