"""Checks parts of the agent that a host cannot see from outside, under the Python that runs this file."""

import os
import socket
import sys
import syslog
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'agent'))

import arguments  # noqa: E402
import frames  # noqa: E402
import kept_channel  # noqa: E402
import memory  # noqa: E402
import module_output  # noqa: E402
import surroundings  # noqa: E402
from context import Context  # noqa: E402


class SurroundingsTest(unittest.TestCase):
    """What tasks change outside the agent is seen by the next task."""

    def setUp(self):
        """Point the agent at a file of ours."""
        self.kept = surroundings.ENVIRONMENT_FILE, surroundings.ACCOUNT_FILES, dict(os.environ)
        handle, self.path = tempfile.mkstemp()
        os.close(handle)
        surroundings.ENVIRONMENT_FILE = self.path
        surroundings.ACCOUNT_FILES = (self.path,)

    def tearDown(self):
        """Put everything back."""
        surroundings.ENVIRONMENT_FILE, surroundings.ACCOUNT_FILES, environment = self.kept
        os.environ.clear()
        os.environ.update(environment)
        os.unlink(self.path)

    def write(self, text):
        """Replace the file's text."""
        with open(self.path, 'w') as file:
            file.write(text)

    def test_environment_file(self):
        """Variables come, change and go with the file, and a request's own ones with the request."""
        self.write('A=1\nB="two words"\n# no\nexport C=3 # why\nbroken\n')
        self.assertEqual(surroundings.read_environment_file(self.path), {'A': '1', 'B': 'two words', 'C': '3'})
        os.environ['B'] = 'two words'
        around = surroundings.Surroundings()
        self.write('A=2\nD=4\n')
        around.refresh()
        self.assertEqual([os.environ.get(name) for name in 'ABD'], ['2', None, '4'])
        around.enter({'A': 'other', 'E': '5'})
        around.leave()
        self.assertEqual([os.environ.get(name) for name in 'ADE'], ['2', '4', None])

    def test_accounts(self):
        """A changed group file is noticed once."""
        around = surroundings.Surroundings()
        self.assertFalse(around.refresh())
        self.write('wheel:x:10:me\n')
        self.assertEqual([around.refresh(), around.refresh()], [True, False])

    def test_directory(self):
        """The next request starts where this one did."""
        around = surroundings.Surroundings()
        here, mask = os.getcwd(), os.umask(0o022)
        os.umask(mask)
        os.chdir('/')
        os.umask(0o077)
        around.leave()
        self.assertEqual((os.getcwd(), os.umask(mask)), (here, mask))


class MemoryTest(unittest.TestCase):
    """What a kept agent remembers is bounded."""

    def setUp(self):
        """Make the room small, and keep our own output."""
        self.kept = memory._REMEMBERED_BYTES_MAX, kept_channel._silence
        memory._REMEMBERED_BYTES_MAX, kept_channel._silence = 100, lambda: None

    def tearDown(self):
        """Put everything back."""
        memory._REMEMBERED_BYTES_MAX, kept_channel._silence = self.kept

    def next_key(self, key, size):
        """Return the key of the next request, of a host that sends one and goes away, with so much remembered."""
        reading, writing = os.pipe()
        os.write(writing, frames.encode({'t': 'run', 'id': 1, 'epoch': 0, 'key': key}))
        os.close(writing)
        listener = socket.socket(socket.AF_UNIX)
        wish = {'holder': 'me', 'idleSeconds': 0, 'busySeconds': 0}
        first = frames.Channel(reading, os.open(os.devnull, os.O_WRONLY))
        channel = kept_channel.KeptChannel(first, listener, wish, {})
        channel.memory.add('known', memory.Answer(False, b'{}', [b'x' * size]))
        found = channel.next_request()
        channel.close()
        return found and found[0]['key']

    def test_room(self):
        """A request waits until there is room for its answer; one whose answer is there needs none."""
        self.assertEqual(self.next_key('new', 50), 'new')
        self.assertIsNone(self.next_key('new', 200))
        self.assertEqual(self.next_key('known', 200), 'known')

    def test_forgetting(self):
        """What is forgotten makes room."""
        remembered = memory.Memory()
        for key in 'ab':
            remembered.add(key, memory.Answer(False, b'x' * 60, []))
        self.assertEqual((remembered.is_full(), len(remembered)), (True, 2))
        remembered.forget(['a', 'never there'])
        self.assertEqual((remembered.is_full(), len(remembered)), (False, 1))
        self.assertIsNone(remembered.get('a'))


class InvocationLogTest(unittest.TestCase):
    """The system log of the target."""

    SPEC = {'text': {}, 'password': {}, 'token': {'no_log': True}, 'password_file': {'no_log': False}, 'url': {}}

    def written(self, args):
        """Return what a module's start writes."""
        lines = []
        kept = syslog.openlog, syslog.syslog
        syslog.openlog, syslog.syslog = (lambda name, *_: lines.append(name)), (lambda _, text: lines.append(text))
        try:
            arguments.parse('copy', self.SPEC, args, Context({'id': 1}))
        finally:
            syslog.openlog, syslog.syslog = kept
        return lines

    def test_secrets(self):
        """Secrets are left out of the line."""
        args = {'text': 'a', 'password': 'b', 'token': 'c', 'password_file': '/d', 'url': 'http://me:e@host/',
                '_ansible_no_log': False, '_ansible_module_name': 'ansible.legacy.copy'}
        self.assertEqual(self.written(args), [
            'ansible-ansible.legacy.copy',
            'Invoked with text=a password=NOT_LOGGING_PASSWORD token=NOT_LOGGING_PARAMETER password_file=/d '
            'url=http://me:********@host/'])

    def test_silence(self):
        """Nothing is written unless the host says that it may be."""
        self.assertEqual(self.written({'text': 'a'}) + self.written({'text': 'a', '_ansible_no_log': True}), [])


class OutputTest(unittest.TestCase):
    """What a foreign module printed."""

    def test_results(self):
        """A result is found among other lines."""
        for text, key, value in (
                ('{"a": 1}', 'a', 1), ('noise\n{"a": 1}\n', 'a', 1), ('{\n"a": {\n}\n}\n', 'a', {}),
                ('{"changed": true}', 'changed', True), ('{}', 'changed', False),
                ('{"a": 1}\nnoise\n', 'warnings', ['Module invocation had junk after the JSON data: noise']),
                ('', 'failed', True), ('noise', 'module_stdout', 'noise'), ('{"a": }', 'failed', True),
                ('}\n{', 'failed', True)):
            with self.subTest(text):
                self.assertEqual(module_output.parse_output(0, text.encode(), b'')[key], value)

    def test_traceback(self):
        """A traceback is the exception, wherever it was printed."""
        self.assertEqual(module_output.parse_output(1, b'', b'Traceback: x')['exception'], 'Traceback: x')
        self.assertEqual(module_output.parse_output(1, b'Traceback: y', b'')['exception'], 'Traceback: y')


if __name__ == '__main__':
    unittest.main()
