#!/usr/bin/python3
"""Record how Ansible splits the text after a module's name, for every line in test/cases/key-value/lines.json."""

import json
import pathlib
import sys

from ansible.parsing.splitter import parse_kv

CASES = pathlib.Path(__file__).parent.parent / "cases" / "key-value"


def parse(line, is_free_form):
    try:
        return parse_kv(line, check_raw=is_free_form)
    except Exception:  # quotes or blocks left open; the wording of the error is ours
        return None


def main():
    lines = json.loads((CASES / "lines.json").read_text(encoding="utf-8"))
    recorded = [{"line": line, "options": parse(line, False), "freeForm": parse(line, True)} for line in lines]
    text = json.dumps(recorded, indent=1, ensure_ascii=False)
    (CASES / "recorded.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
