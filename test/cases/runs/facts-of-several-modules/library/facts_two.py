#!/usr/bin/python
"""Facts of the test's own, some of which the other module has too."""
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec={})
FACTS = {
    'one': {'only_one': 1, 'both': 'one', 'tree': {'a': 'one', 'b': 'one'}, 'items': [1, 3, 5]},
    'two': {'only_two': 2, 'both': 'two', 'tree': {'b': 'two', 'c': 'two'}, 'items': [1, 2, 2]},
}
module.exit_json(ansible_facts=FACTS['two'])
