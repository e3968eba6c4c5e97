"""Tells how a job in the background is doing, or forgets it."""

import json
import os

from arguments import ModuleFailure, parse

SPEC = {
    'jid': {'type': 'str', 'required': True}, '_async_dir': {'type': 'path', 'required': True},
    'mode': {'type': 'str', 'default': 'status', 'choices': ['cleanup', 'status']},
}


def run(args, context):
    """Return the job's result, or that it is not there yet."""
    params = parse('async_status', SPEC, args, context)
    job = params['jid']
    path = os.path.join(params['_async_dir'], job)
    if not os.path.exists(path):
        raise ModuleFailure('could not find job', ansible_job_id=job, started=1, finished=1)
    if params['mode'] == 'cleanup':
        os.unlink(path)
        return {'ansible_job_id': job, 'erased': path}
    try:
        with open(path) as file:
            result = json.load(file)
    except (OSError, ValueError):
        return {'results_file': path, 'ansible_job_id': job, 'started': 1, 'finished': 0}
    if 'started' not in result:
        result.update(finished=1, ansible_job_id=job)
    else:
        result.setdefault('finished', 0)
    result.setdefault('results_file', path)
    return result
