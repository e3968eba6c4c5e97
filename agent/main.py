"""The agent's loop: one request after the other, one result for each."""

import os
import sys

import dispatch
import frames
import surroundings

PROTOCOL_VERSION = 1


def main(finder, payload):
    """Serve the host until it asks for the end or goes away."""
    channel = frames.Channel(os.dup(0), os.dup(1))
    _release_standard_descriptors()
    surroundings.prepare()
    agent = Agent(channel, dispatch.Runner(channel, finder, payload))
    try:
        channel.send({
            't': 'ready', 'protocol': PROTOCOL_VERSION, 'python': '%d.%d.%d' % sys.version_info[:3],
            'executable': sys.executable, 'pid': os.getpid(), 'uid': os.getuid()})
        agent.serve()
    except frames.HostGone:
        pass
    finally:
        agent.runner.close()


def _release_standard_descriptors():
    """Give descriptor 0 to nobody and 1 to what 2 is: a module that reads or prints cannot break the protocol."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)


class Agent:
    """The order of requests: which run, which are discarded, and what their failure means for the next."""

    def __init__(self, channel, runner):
        self.runner = runner
        self.channel = channel
        self.epoch = 0
        self.failed_groups = set()

    def serve(self):
        """Answer requests in the order they came."""
        while True:
            frame = self.channel.next_request()
            if frame is None or frame[0]['t'] == 'quit':
                return
            header, blob = frame
            if header['t'] == 'load':
                self.runner.load(header, blob)
            elif header['t'] == 'keep':
                return __import__('keeping').serve(self, header)
            elif header['t'] == 'run' and header['epoch'] >= self.epoch:
                self._run(header, blob)

    def _run(self, request, blob):
        self.channel.begin(request['id'])
        answer = self.runner.run(request, blob)
        answer['id'] = request['id']
        answer['epoch'] = self.count(request, is_failure(answer))
        self.channel.begin(None)
        self.channel.send(answer)

    def count(self, request, has_failed):
        """Return the epoch after a request: higher, which discards what is queued behind, if its failure is one to all."""
        has_failed = has_failed and not request.get('tolerated')
        group = request.get('group')
        if group is not None:
            if has_failed or request.get('groupFailed'):
                self.failed_groups.add(group)
            if not request.get('groupEnd'):
                return self.epoch
            has_failed = group in self.failed_groups
            self.failed_groups.discard(group)
        if has_failed:
            self.epoch += 1
        return self.epoch


def is_failure(answer):
    """Tell whether an answer is an error, or the result of a module that failed."""
    if answer['t'] == 'error':
        return True
    result = answer['result']
    return bool(result.get('failed')) or result.get('rc', 0) not in (0, '0')
