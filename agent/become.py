"""Runs requests as another user: one more agent for each user, kept while the session lasts."""

import os
import re
import select
import shlex
import subprocess
import sys

import frames
from crash import crashed

ALIVE = b'sortie:alive\n'
RECEIVED = b'sortie:received\n'
PROMPT = 'sortie password:'
# Because su asks in the user's language.
_ANY_PROMPT = re.compile('[:\uff1a] ?$')
# Because Ansible waits for its connection timeout and two seconds more.
_PROMPT_SECONDS = 12
_READ_BYTES = 65536


class Refused(Exception):
    """Says why the other user could not be reached, in Ansible's words."""


class NotStarted(Exception):
    """Carries what the become command printed when it ended before the agent was up."""

    def __init__(self, answer):
        Exception.__init__(self)
        self.answer = answer


class Children:
    """The agents of other users."""

    def __init__(self, channel, payload):
        self._channel = channel
        self._payload = payload
        self._children = {}

    def run(self, request, blob, loads):
        """Return the child's answer to the request, after loading what it does not have yet."""
        wanted = request['become']
        key = tuple(sorted(wanted.items()))
        try:
            child = self._children.get(key)
            if child is None:
                child = self._children[key] = Child(wanted, self._payload)
            return child.run(request, blob, loads, self._channel)
        except Refused as refusal:
            return {'t': 'error', 'kind': 'become-refused', 'message': str(refusal)}
        except NotStarted as failure:
            return {'t': 'result', 'result': failure.answer}
        except (BrokenPipeError, EOFError):
            self._children.pop(key).close()
            return {'t': 'error', 'kind': 'module-crashed', 'message': 'The agent of user %s ended' % wanted['user']}

    def close(self, but=None):
        """End all children but the one that the given wish is for; they start again when needed."""
        kept = tuple(sorted(but.items())) if but else None
        for key in [key for key in self._children if key != kept]:
            self._children.pop(key).close()


def command(wanted, python_line):
    """Return the words that run a shell line as the wanted user."""
    method, user = wanted['method'], wanted['user']
    words = shlex.split(wanted.get('exe') or method)
    flags = shlex.split(wanted['flags'] if wanted.get('flags') is not None else _DEFAULT_FLAGS.get(method, ''))
    if method == 'su':
        return words + flags + [user, '-c', python_line]
    if method in ('sudo', 'dzdo'):
        if wanted.get('password'):
            flags = [_without_n(flag) for flag in flags if flag not in ('-n', '--non-interactive')] + ['-p', PROMPT]
    elif method == 'doas':
        flags += [] if wanted.get('password') else ['-n']
    else:
        raise Refused("Invalid become method specified, could not find matching plugin: '%s'. "
                      "Use `ansible-doc -t become -l` to list available plugins." % method)
    return words + flags + (['-u', user] if user else []) + ['/bin/sh', '-c', python_line]


_DEFAULT_FLAGS = {'sudo': '-H -S -n', 'dzdo': '-H -S -n'}


def _without_n(flag):
    """Take `n` out of joined short flags: it forbids the prompt that the password answers."""
    return flag if flag.startswith('--') else re.sub(r'^(-\w*)n', r'\1', flag)


class Child:
    """An agent under another user, spoken to through its pipes."""

    def __init__(self, wanted, payload):
        self._wanted = wanted
        self._sent = set()
        self._requests = 0
        self._decoder = frames.Decoder()
        self._messages = b''
        line = 'exec ' + ' '.join(shlex.quote(word) for word in (sys.executable, '-c', sys.argv[1], sys.argv[1]))
        try:
            self._process = subprocess.Popen(
                command(wanted, line), bufsize=0,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError as error:
            raise NotStarted(crashed('', '/bin/sh: 1: %s: not found\n' % (error.filename or error), 127))
        try:
            self._boot(payload)
        except BaseException:
            self.close()
            raise

    def run(self, request, blob, loads, channel):
        """Have the request done; data, questions and cancelling pass through.

        The child counts requests on its own: another connection of the host may use a number again.
        """
        for load in loads:
            if id(load) not in self._sent:
                self._sent.add(id(load))
                self._send(*load)
        self._requests += 1
        outer, inner = {'id': request['id']}, {'id': self._requests}
        request = dict(request, epoch=0, tolerated=True, **inner)
        del request['become']
        self._send(request, blob)
        has_cancelled = False
        while True:
            for header, piece in self._receive(channel):
                if header['t'] in ('result', 'error'):
                    return header
                channel.send(dict(header, **outer), piece)
            for header, piece in channel.take_data():
                self._send(dict(header, **inner), piece)
            if channel.is_cancelled() and not has_cancelled:
                has_cancelled = True
                self._send(dict(inner, t='cancel'))

    def close(self):
        """Let the child end: its input ends here."""
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            pipe.close()
        self._process.wait()

    def _send(self, header, blob=b''):
        self._write(frames.encode(header, blob))

    def _write(self, data):
        view = memoryview(data)
        while view:
            view = view[self._process.stdin.write(view):]

    def _receive(self, channel):
        """Return the frames that came from the child; what comes from the host is read too."""
        out, err = self._process.stdout, self._process.stderr
        ready = select.select([out, err] + ([channel] if channel.is_listening() else []), [], [])[0]
        if channel in ready:
            channel.pump()
        if err in ready and not os.read(err.fileno(), _READ_BYTES) and out not in ready:
            raise EOFError()
        if out not in ready:
            return []
        data = os.read(out.fileno(), _READ_BYTES)
        if not data:
            raise EOFError()
        return self._decoder.feed(data)

    def _boot(self, payload):
        """Answer the prompt, if there is one, and send the agent once a Python is there to read it."""
        seen, is_answered = b'', False
        while ALIVE not in seen:
            out, err = self._read_boot(seen)
            seen += out
            self._messages += err
            if err and self._is_prompt():
                self._answer_prompt(is_answered)
                is_answered = True
        self._write(payload)
        while RECEIVED not in seen:
            seen += self._read_boot(seen)[0]
        ready = self._decoder.feed(seen.partition(RECEIVED)[2])
        while not ready:
            ready = self._decoder.feed(self._read_boot(b'')[0])

    def _read_boot(self, seen):
        out, err = self._process.stdout, self._process.stderr
        ready = select.select([out, err], [], [], _PROMPT_SECONDS)[0]
        if not ready:
            raise Refused('Timeout (%ds) waiting for privilege escalation prompt: %s' % (
                _PROMPT_SECONDS, self._messages.decode('utf-8', 'replace')))
        pieces = [os.read(pipe.fileno(), _READ_BYTES) if pipe in ready else b'' for pipe in (out, err)]
        if not any(pieces) and out in ready:
            self._explain_end(seen)
        return pieces

    def _is_prompt(self):
        text = self._messages.decode('utf-8', 'replace').rpartition('\n')[2]
        if self._wanted['method'] in ('sudo', 'dzdo'):
            return text.endswith(PROMPT)
        return bool(_ANY_PROMPT.search(text))

    def _answer_prompt(self, is_answered):
        if is_answered:
            raise Refused('Incorrect %s password' % self._wanted['method'])
        if not self._wanted.get('password'):
            raise Refused('Missing %s password' % self._wanted['method'])
        self._messages = b''
        self._write(self._wanted['password'].encode('utf-8', 'surrogateescape') + b'\n')

    def _explain_end(self, seen):
        """Raise what Ansible reports when the become command ends by itself."""
        self._messages += self._process.stderr.read()
        text = self._messages.decode('utf-8', 'surrogateescape')
        method = self._wanted['method']
        if 'Sorry, try again.' in text or 'Authentication failure' in text:
            raise Refused('Incorrect %s password' % method)
        if 'password is required' in text:
            raise Refused('Missing %s password' % method)
        raise NotStarted(crashed(seen.decode('utf-8', 'surrogateescape'), text, self._process.wait()))
