"""Runs one request: as another user, inside the agent, or as a foreign module."""

import importlib
import json
import re
import signal
import sys
import zlib

import frames
from arguments import ModuleFailure, masked
from context import Context, InlineContent, StreamedContent
from crash import crashed
from surroundings import Surroundings

_USER_TOOLS = re.compile(r'\b(userdel|usermod|deluser)\b')


class Runner:
    """Knows the modules that are there and where each request has to run."""

    def __init__(self, channel, finder, payload):
        self.channel = channel
        self._finder = finder
        self._payload = payload
        self._native_loads = {}
        self._foreign_loads = {}
        self._shared_loads = {}
        self._foreign = None
        self._become = None
        self._surroundings = Surroundings()
        signal.signal(signal.SIGALRM, self._time_out)

    def load(self, header, blob):
        """Keep a module's code for the requests to come."""
        name, is_native = header['name'], header['kind'] == 'native'
        loads = self._native_loads if is_native else self._shared_loads if name[0] == '@' else self._foreign_loads
        if name not in loads or loads[name][1] != blob:
            loads[name] = header, blob
            if is_native:
                self._finder.add(json.loads(zlib.decompress(blob).decode('utf-8')))

    def run(self, request, blob):
        """Return the answer's frame without id and epoch; no exception of a module gets out."""
        if self._surroundings.refresh() and self._become:
            self._become.close()
        if self._become and _changes_users(request):
            self._become.close(request.get('become'))
        try:
            self.channel.raise_if_cancelled()
            return self._answer(request, blob)
        except frames.Interrupted as interruption:
            return {'t': 'error', 'kind': interruption.kind, 'message': interruption.message}
        except Exception as error:
            return {'t': 'error', 'kind': 'module-crashed', 'message': 'The agent failed: %s' % error,
                    'detail': _traceback()}
        finally:
            self._surroundings.leave()

    def close(self):
        """End the children."""
        if self._become:
            self._become.close()

    def _answer(self, request, blob):
        if request.get('become'):
            if self._become is None:
                import become
                self._become = become.Children(self.channel, self._payload)
            load = self._foreign_loads.get(request['module'])
            loads = list(self._shared_loads.values()) + [load] if load else []
            if not load or request.get('job'):
                loads += self._native_loads.values()
            return self._become.run(request, blob, loads)
        self._surroundings.enter(request.get('environment') or {})
        name = request['module']
        if request.get('job'):
            wrapper = importlib.import_module('modules.async_wrapper')
            return {'t': 'result', 'result': wrapper.start(request['job'], lambda: self._run_alone(request))}
        if name in self._foreign_loads:
            return self._result(request, self._timed(request, self._run_foreign, request))
        if 'modules.' + name not in self._finder.sources:
            return {'t': 'error', 'kind': 'module-missing', 'message': 'The module %s was not found' % name}
        context = Context(request, self.channel, self._content(request, blob))
        result = self._timed(request, run_native, name, request['args'], context)
        return {'t': 'result', 'result': result} if context.has_sent else self._result(request, result)

    def _run_alone(self, request):
        """Return the module's result, in a process that no host is connected to."""
        name, self.channel = request['module'], None
        if name not in self._foreign_loads:
            return run_native(name, request['args'], Context(request))
        self._foreign = None
        return self._run_foreign(request)

    def _timed(self, request, action, *arguments):
        """Do it within the request's time."""
        try:
            signal.setitimer(signal.ITIMER_REAL, request.get('timeout') or 0)
            return action(*arguments)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _time_out(self, _signal, _frame):
        self.channel.interrupt(frames.Interrupted('timed-out', 'The task did not end in its time'))

    def _result(self, request, result):
        """Return the result's frame; its large texts go ahead."""
        result, spilled = frames.spill(self.channel, request['id'], result)
        answer = {'t': 'result', 'result': result}
        if spilled:
            answer['spill'] = spilled
        return answer

    def _run_foreign(self, request):
        if self._foreign is None:
            import foreign
            self._foreign = foreign.Foreign(self.channel, self._finder)
        for header, blob in self._shared_loads.values():
            self._foreign.share(header['name'], blob)
        return self._foreign.run(request, *self._foreign_loads[request['module']])

    def _content(self, request, blob):
        if request.get('stream'):
            return StreamedContent(self.channel, request)
        return InlineContent(blob) if blob or 'stream' in request else None


def _changes_users(request):
    """Tell whether the request may remove or rename a user: that fails while an agent of the user is there."""
    args = request['args']
    words = ' '.join([str(args.get('_raw_params')), str(args.get('argv'))])
    return request['module'].partition('@')[0].rpartition('.')[2] == 'user' or bool(_USER_TOOLS.search(words))


def run_native(name, args, context):
    """Return a native module's result in the form that Ansible's modules have."""
    try:
        result = importlib.import_module('modules.' + name).run(args, context)
    except ModuleFailure as failure:
        result = dict(failure.result, failed=True, msg=failure.msg)
    except Exception:
        result = crashed('', _traceback(), 1)
        context.module_args = None
    result.setdefault('changed', False)
    if context.module_args is not None:
        result.setdefault('invocation', {'module_args': masked(context.module_args, context.no_log_names)})
    if context.warnings:
        result['warnings'] = list(result.get('warnings', [])) + context.warnings
    return result


def _traceback():
    import traceback
    kind, value, trace = sys.exc_info()
    return ''.join(traceback.format_exception(kind, value, trace.tb_next))
