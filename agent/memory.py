"""What the agent remembers of the requests it has executed."""

import collections

# Because answers that nobody took note of must not fill the target's memory: no request is taken above it.
_REMEMBERED_BYTES_MAX = 256 * 1024 * 1024

Answer = collections.namedtuple('Answer', 'has_failed text blobs')


class Memory:
    """The answers that the host has not stored yet, by the keys of their requests."""

    def __init__(self):
        self._answers = {}
        self._bytes = 0

    def __len__(self):
        return len(self._answers)

    def get(self, key):
        """Return the answer to the request, or None."""
        return self._answers.get(key)

    def add(self, key, answer):
        """Remember an answer."""
        self._answers[key] = answer
        self._bytes += _size(answer)

    def forget(self, keys):
        """Drop answers that the host has stored."""
        for key in keys:
            if key in self._answers:
                self._bytes -= _size(self._answers.pop(key))

    def is_full(self):
        """Tell whether the host has to take note of answers before there is room for more."""
        return self._bytes > _REMEMBERED_BYTES_MAX


def _size(answer):
    return len(answer.text) + sum(map(len, answer.blobs))
