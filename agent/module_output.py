"""Finds a module's result in what it printed."""

import json

from crash import crashed


def parse_output(rc, stdout, stderr, interpreter=None):
    """Return the JSON object in the output; text around it is tolerated, as login scripts and libraries print."""
    text = stdout.decode('utf-8', 'surrogateescape')
    errors = stderr.decode('utf-8', 'surrogateescape')
    lines = text.splitlines(True)
    starts = [index for index, line in enumerate(lines) if line.strip().startswith('{')]
    ends = [index for index, line in enumerate(lines) if line.strip().endswith('}')]
    if not starts or not ends or ends[-1] < starts[0]:
        return crashed(text, errors, rc, interpreter)
    try:
        result = json.loads(''.join(lines[starts[0]:ends[-1] + 1]))
    except ValueError:
        return crashed(text, errors, rc, interpreter)
    junk = ''.join(lines[ends[-1] + 1:])
    if junk.strip():
        result['warnings'] = list(result.get('warnings') or []) + [
            'Module invocation had junk after the JSON data: %s' % junk.rstrip('\n')]
    result.setdefault('changed', False)
    return result
