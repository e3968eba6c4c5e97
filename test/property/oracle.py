"""Render with real Ansible what comes in on standard input: a line of JSON for each batch, answered by a line."""

import json
import os
import resource
import signal
import sys
import warnings

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'record'))
from ansible_api import clean_environment  # noqa: E402

clean_environment({'ANSIBLE_JINJA2_EXTENSIONS': 'jinja2.ext.do,jinja2.ext.loopcontrols', 'TZ': 'UTC'})
warnings.simplefilter('ignore')

from ansible import constants  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.playbook.conditional import Conditional  # noqa: E402
from ansible.template import AnsibleEnvironment, AnsibleNativeEnvironment, Templar  # noqa: E402
from ansible.utils.display import Display  # noqa: E402
from jinja2 import DictLoader  # noqa: E402

SECONDS_MAX = 2
# Because Python would fill the whole machine for `'a' * 10 ** 10`.
MEMORY_BYTES_MAX = 2 * 1024 ** 3


class TookTooLong(BaseException):
    """A case that Python does not finish: no answer to compare with."""


def stop(_signal, _frame):
    raise TookTooLong()


class Oracle:
    """One templar for each kind of case; making one costs more than a render."""

    def __init__(self):
        self.loader = DataLoader()
        self.templars = {}

    def templar(self, case, variables):
        native = bool(case.get('native'))
        key = json.dumps([native, case.get('options')])
        if key not in self.templars:
            constants.DEFAULT_JINJA2_NATIVE = native
            base = templar = Templar(loader=self.loader, variables={})
            if case['kind'] == 'file':
                templar = templar.copy_with_new_env(environment_class=AnsibleEnvironment, **(case.get('options') or {}))
            assert isinstance(templar.environment, AnsibleNativeEnvironment) == native or case['kind'] == 'file'
            self.templars[key] = (templar, base)
        templar, base = self.templars[key]
        templar.environment.loader = DictLoader(case.get('files') or {})
        # Lookups of a copy ask the templar that it is a copy of.
        base.available_variables = variables
        constants.DEFAULT_JINJA2_NATIVE = native
        templar.available_variables = variables
        return templar

    def evaluate(self, case):
        variables = json.loads(case['variables'])
        templar = self.templar(case, variables)
        if case['kind'] == 'condition':
            conditional = Conditional(loader=self.loader)
            conditional.when = [case['template']]
            return bool(conditional.evaluate_conditional(templar, variables))
        if case['kind'] == 'file':
            return templar.do_template(case['template'], preserve_trailing_newlines=True, escape_backslashes=False)
        return templar.template(case['template'])

    def answer(self, case):
        """Tell the value as Python prints it, or the error; the alarm may ring on the way out of either."""
        try:
            return self.answer_in_time(case)
        except TookTooLong:
            return {'skipped': 'took too long'}

    def answer_in_time(self, case):
        """Tell the answer before the alarm."""
        signal.setitimer(signal.ITIMER_REAL, SECONDS_MAX)
        try:
            given = self.evaluate(case)
            # Escaped text is text, but for its name.
            value = repr(str(given) if isinstance(given, str) else given)
            return {'value': value} if len(value) < 100_000 else {'skipped': 'too long'}
        except (MemoryError, RecursionError) as error:
            return {'skipped': type(error).__name__}
        except Exception as error:  # noqa: BLE001
            return {'error': [type(error).__name__, str(error)]}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    Display.warning = Display.deprecated = Display.display = lambda *args, **kwargs: None
    signal.signal(signal.SIGALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    oracle = Oracle()
    for line in sys.stdin:
        answers = [oracle.answer(case) for case in json.loads(line)]
        print(json.dumps(answers), flush=True)


main()
