#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.respawn import has_respawned, respawn_module
from ansible.module_utils.greeting import greet


def main():
    module = AnsibleModule(argument_spec=dict(name=dict()))
    if not has_respawned():
        respawn_module('/usr/bin/python3')
    module.exit_json(text=greet(module.params['name']), respawned=has_respawned())


if __name__ == '__main__':
    main()
