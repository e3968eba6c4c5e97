"""The result of a module that ended without one."""


def crashed(stdout, stderr, rc):
    """Return what Ansible reports for a module that ended without a result."""
    result = {
        'failed': True, 'changed': False, 'rc': rc, 'module_stdout': stdout, 'module_stderr': stderr,
        'msg': 'MODULE FAILURE\nSee stdout/stderr for the exact error'}
    if stderr.startswith('Traceback'):
        result['exception'] = stderr
    return result
