"""Makes the private directories of the modules that need files."""

import os
import tempfile


def private_directory(place=None):
    """Make a directory that only this user may enter, where programs may be executed from."""
    place = os.path.expanduser(place or '~/.ansible/tmp')
    try:
        os.makedirs(place, 0o700, exist_ok=True)
        return tempfile.mkdtemp(prefix='ansible-tmp-', dir=place)
    except OSError:
        return tempfile.mkdtemp(prefix='ansible-tmp-')
