#!/usr/bin/python
"""A module of the playbook's own under the name of one that is built in."""
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec={'data': {'default': 'own'}})
module.exit_json(changed=False, ping=module.params['data'])
