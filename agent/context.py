"""What a native module may use besides its arguments."""

import sys
import time


class Context:
    """One request's surroundings: modes, content, warnings and the way to send data back."""

    def __init__(self, request, channel=None, content=None):
        self.check = bool(request.get('check'))
        self.diff = bool(request.get('diff'))
        self.environment = request.get('environment') or {}
        self.python = sys.executable
        self.content = content
        self.channel = channel
        self.warnings = []
        self.module_args = None
        self.no_log_names = ()
        self.has_sent = False
        self._id = request.get('id')

    def warn(self, text):
        """Add a warning to the result, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def send(self, piece):
        """Send a piece of a file's bytes to the host, ahead of the result."""
        self.has_sent = True
        self.channel.send({'t': 'data', 'id': self._id}, piece)

    def sleep(self, seconds):
        """Wait; ends early, by raising Interrupted, when the host cancels the request."""
        if self.channel is None:
            time.sleep(seconds)
            return
        end = time.monotonic() + seconds
        left = seconds
        while left > 0:
            self.channel.listen(left)
            left = end - time.monotonic()


class InlineContent:
    """Content that came inside its request."""

    def __init__(self, data):
        self.size = len(data)
        self._data = data

    def read_all(self):
        """Return the whole content."""
        return self._data

    def pieces(self):
        """Yield the content; the same interface as streamed content, so that modules need not ask which it is."""
        if self._data:
            yield self._data


class StreamedContent:
    """Content that the host sends when asked, in pieces: memory stays bounded by a piece, not by the file."""

    def __init__(self, channel, request):
        self.size = request['stream']
        self._channel = channel
        self._id = request['id']

    def read_all(self):
        """Return the whole content."""
        return b''.join(self.pieces())

    def pieces(self):
        """Ask the host for the content and yield it as it comes; may be used once."""
        self._channel.send({'t': 'need', 'id': self._id})
        while True:
            header, piece = self._channel.next_data()
            if piece:
                yield piece
            if header.get('end'):
                return
