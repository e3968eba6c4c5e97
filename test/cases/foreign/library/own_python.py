#!/usr/bin/python
import os
import sys

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.greeting import greet
from ansible.module_utils.six.moves import configparser  # noqa: F401


def main():
    module = AnsibleModule(
        argument_spec=dict(name=dict(required=True), how=dict(default='return'), word=dict(no_log=True)),
        supports_check_mode=True)
    how = module.params['how']
    if how == 'raise':
        raise ValueError('as asked')
    if how == 'print':
        print('before')
        sys.stdout.write('{"text": "%s"}\n' % greet(module.params['name']))
        print('after')
        sys.exit(0)
    if how == 'silent':
        sys.exit(5)
    if how == 'signal':
        os.kill(os.getpid(), 9)
    if how == 'fail':
        module.fail_json(msg='as asked', word=module.params['word'])
    if how == 'tmpdir':
        open(os.path.join(module.tmpdir, 'file'), 'w').close()
        module.exit_json(path=module.tmpdir)
    if how == 'leave':
        if os.fork() == 0:
            import time
            time.sleep(30)
            os._exit(0)
    module.exit_json(
        text=greet(module.params['name']), check=module.check_mode, verbosity=module._verbosity,
        version=module.ansible_version, main=sorted(set(sys.modules) & {'main', 'dispatch', 'frames', 'files'}),
        descriptors=[fd for fd in range(3, 64) if os.path.exists('/proc/self/fd/%d' % fd)])


if __name__ == '__main__':
    main()
