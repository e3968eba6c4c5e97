#!/usr/bin/python3
"""Record what Ansible's own loader makes of every file in test/cases/yaml, into recorded.json beside them."""

import datetime
import json
import pathlib
import sys

from ansible.parsing.utils.yaml import from_yaml
from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import AnsibleUnsafe

CASES = pathlib.Path(__file__).parent.parent / "cases" / "yaml"


def encode(value):
    """Say the type of every value, because JSON has fewer."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, AnsibleVaultEncryptedUnicode):
        return {"vault": value._ciphertext.decode()}
    if isinstance(value, (datetime.date, datetime.datetime)):
        return {"date": repr(value)}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, str):
        is_template = not isinstance(value, AnsibleUnsafe) and any(mark in value for mark in ("{{", "{%", "{#"))
        return {"template" if is_template else "str": str(value)}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, set):
        return {"set": sorted((encode(item) for item in value), key=json.dumps)}
    if isinstance(value, list):
        return [encode(item) for item in value]
    return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}


def record(path, warnings):
    """Load one file; an error is recorded as its last words only, because we word errors ourselves."""
    warnings.clear()
    text = path.read_bytes().decode("utf-8")
    try:
        return {"value": encode(from_yaml(text, path.name)), "warnings": len(warnings)}
    except Exception as error:  # the kinds of errors are PyYAML's and Ansible's, and all mean: refused
        mark = getattr(error, "obj", None)
        line = mark.ansible_pos[1] if mark is not None else None
        return {"error": str(getattr(error, "orig_exc", error)), "line": line}


def main():
    warnings = []
    Display.warning = lambda self, message, formatted=False: warnings.append(message)
    paths = sorted(path for path in CASES.iterdir() if path.name != "recorded.json")
    results = {path.name: record(path, warnings) for path in paths}
    text = json.dumps(results, indent=1, ensure_ascii=False, sort_keys=True)
    (CASES / "recorded.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
