"""Answers with the given data."""

from arguments import parse

SPEC = {'data': {'type': 'str', 'default': 'pong'}}


def run(args, context):
    """Return the data; `crash` raises, as a way to see a crash."""
    data = parse('ping', SPEC, args, context)['data']
    if data == 'crash':
        raise Exception('boom')
    return {'ping': data}
