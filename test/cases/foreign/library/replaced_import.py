#!/usr/bin/python


def main():
    module = AnsibleModule(argument_spec=dict(name=dict()))  # noqa: F405
    module.exit_json(text=module.params['name'])


#<<INCLUDE_ANSIBLE_MODULE_COMMON>>
main()
