"""Runs a module in the background: its result is in a file, where async_status finds it."""

import json
import os
import signal
import time

import forked

# Because Ansible's own wrapper looks every five seconds: a job that ends a little late has not failed.
_GRACE_SECONDS = 5
_LOOK_SECONDS = 0.05


def start(job, body):
    """Start the job, which outlives the agent, and return what Ansible says of a job that has just begun."""
    directory = os.path.expanduser(job['directory'])
    try:
        os.makedirs(directory, 0o700, exist_ok=True)
    except OSError as error:
        return {'failed': 1, 'msg': 'could not create directory: %s - %s' % (directory, error)}
    started, notify = os.pipe()
    child = os.fork()
    if child == 0:
        path = os.path.join(directory, _name(job, os.getpid()))
        _leave(started, notify, lambda: _supervise(path, job['seconds'], notify, body))
    os.close(notify)
    os.waitpid(child, 0)
    os.read(started, 1)
    os.close(started)
    name = _name(job, child)
    return {'failed': 0, 'started': 1, 'finished': 0, 'changed': True, 'ansible_job_id': name,
            'results_file': os.path.join(directory, name)}


def _name(job, pid):
    return '%s.%d' % (job['id'], pid)


def _leave(started, notify, supervise):
    """Be a process that belongs to nobody; does not return."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        os.close(started)
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        for descriptor in forked.open_descriptors():
            if descriptor != notify:
                _close(descriptor)
        if os.fork() == 0:
            supervise()
    finally:
        os._exit(0)


def _supervise(path, seconds, notify, body):
    """Run the module in a child and end it when its time is over."""
    _write(path, {'started': 1, 'finished': 0, 'ansible_job_id': os.path.basename(path)})
    os.close(notify)
    worker = os.fork()
    if worker == 0:
        os.setpgid(0, 0)
        try:
            _write(path, _finished(body()))
        finally:
            os._exit(0)
    deadline = time.monotonic() + seconds + _GRACE_SECONDS
    while os.waitpid(worker, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            _write(path, {'msg': 'Timeout exceeded', 'failed': True, 'child_pid': worker})
            os.killpg(worker, signal.SIGKILL)
            return
        time.sleep(_LOOK_SECONDS)


def _finished(result):
    """Return the result in the form that Ansible's wrapper gives to one that is none."""
    if 'module_stdout' not in result:
        return result
    return {'failed': 1, 'changed': False, 'cmd': '', 'data': result['module_stdout'],
            'stderr': result['module_stderr'], 'msg': result.get('exception') or result['msg']}


def _write(path, result):
    with open(path + '.tmp', 'w') as file:
        json.dump(result, file, default=str)
    os.rename(path + '.tmp', path)


def _close(descriptor):
    try:
        os.close(descriptor)
    except OSError:
        pass
