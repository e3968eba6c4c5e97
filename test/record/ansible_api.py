"""Shared by the recorders that ask ansible-core itself: a clean environment, captured warnings, values as JSON."""

import os
import tempfile

EMPTY_CONFIG = os.path.join(tempfile.mkdtemp(), "empty.cfg")
open(EMPTY_CONFIG, "w").close()


def clean_environment(extra):
    """Drop every ANSIBLE_ variable and use no ansible.cfg but the one named in `extra`; call before importing ansible."""
    for name in list(os.environ):
        if name.startswith("ANSIBLE_"):
            del os.environ[name]
    os.environ["ANSIBLE_CONFIG"] = EMPTY_CONFIG
    os.environ.update(extra)


def capture_warnings():
    """Collect what Ansible would print as warnings, each once, in order."""
    from ansible.utils.display import Display

    seen = []

    def warning(self, msg, formatted=False):
        if msg not in seen:
            seen.append(msg)

    Display.warning = warning
    return seen


def as_json(value):
    """Turn a Python value into JSON that keeps its type: floats, tuples, sets and vaulted texts are tagged."""
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode

    if isinstance(value, AnsibleVaultEncryptedUnicode):
        return {"vaulted": True}
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, tuple):
        return {"tuple": [as_json(item) for item in value]}
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((as_json(item) for item in value), key=str)}
    if isinstance(value, dict):
        return {"dict": [[as_json(key), as_json(item)] for key, item in value.items()]}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return {"other": repr(value)}
