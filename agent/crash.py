"""The result of a module that ended without one."""


def crashed(stdout, stderr, rc, interpreter=None):
    """Return what Ansible reports for a module that ended without a result."""
    reason = 'MODULE FAILURE'
    if interpreter and any('%s: %s' % (interpreter, text) in output
                           for text in ('No such file or directory', 'not found') for output in (stdout, stderr)):
        reason = 'The module failed to execute correctly, you probably need to set the interpreter.'
    result = {
        'failed': True, 'changed': False, 'rc': rc, 'module_stdout': stdout, 'module_stderr': stderr,
        'msg': reason + '\nSee stdout/stderr for the exact error'}
    for text in (stdout, stderr):
        if text.startswith('Traceback'):
            result['exception'] = text
    return result
