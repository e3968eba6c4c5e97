"""Render the bench's template for each host with Jinja2, in the ways that the first argument names, and tell the CPU seconds."""

import json
import sys
import time

how, path = sys.argv[1:]
with open(path, encoding='utf-8') as file:
    work = json.load(file)

if how == 'jinja2':
    from ansible.template import AnsibleEnvironment

    # Jinja2 at its best: compiled once, variables given as they are, none of them a template.
    environment = AnsibleEnvironment(trim_blocks=True, keep_trailing_newline=True)
    started = time.process_time()
    template = environment.from_string(work['template'])
    results = [template.render(variables) for variables in work['hosts']]
    seconds = time.process_time() - started
    again = time.process_time()
    for variables in work['hosts']:
        template.render(variables)
    again = time.process_time() - again
else:
    from ansible.parsing.dataloader import DataLoader
    from ansible.template import Templar

    # As the template module does it: a templar for each host and task.
    loader = DataLoader()
    started = time.process_time()
    results = []
    for variables in work['hosts']:
        templar = Templar(loader=loader, variables=variables)
        results.append(templar.do_template(work['template'], preserve_trailing_newlines=True, escape_backslashes=False))
    seconds = again = time.process_time() - started

json.dump({'seconds': seconds, 'again': again, 'first': results[0], 'last': results[-1]}, sys.stdout)
