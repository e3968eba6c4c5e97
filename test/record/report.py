#!/usr/bin/python3
"""Record what ansible-playbook prints for small playbooks, with the events it prints them from.

Each case is test/cases/report/<name>/: the playbook and the files beside it. This script runs it twice per entry of
`case.json` ({"runs": {"<run>": {"args": [...], "env": {...}, "tty": false}}}) under the real ansible-playbook and
writes <run>.stdout, <run>.stderr and <run>.events.json. The events are taken where Ansible hands its results to its
callbacks, translated to the words of shared/wire/run-event.ts.

Usage: /usr/bin/python3 test/record/report.py [case ...]
"""

import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir)
CASES = os.path.normpath(os.path.join(ROOT, "test", "cases", "report"))
BASE_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": os.environ.get("HOME", "/"),
    "LANG": "C.UTF-8",
    "ANSIBLE_NOCOWS": "1",
    "ANSIBLE_LOCALHOST_WARNING": "0",
    "ANSIBLE_DEPRECATION_WARNINGS": "1",
    "ANSIBLE_INTERPRETER_PYTHON": "/usr/bin/python3",
}


def main():
    names = sys.argv[1:] or sorted(os.listdir(CASES))
    for name in names:
        directory = os.path.join(CASES, name)
        with open(os.path.join(directory, "case.json"), encoding="utf-8") as file:
            case = json.load(file)
        for run, how in case["runs"].items():
            record(directory, run, how)
            print(name, run)


def record(directory, run, how):
    """Run one playbook in its directory; paths in the outputs become relative to it."""
    events_path = os.path.join(directory, run + ".events.json")
    environment = dict(BASE_ENVIRONMENT, **how.get("env", {}))
    environment["RECORD_EVENTS"] = events_path
    recorder = os.path.join(ROOT, "test", "record", "report_events.py")
    args = how.get("args", ["-i", "hosts", "site.yml"])
    done = subprocess.run(
        ["/usr/bin/python3", recorder] + args, cwd=directory, env=environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
    )
    for stream, text in (("stdout", done.stdout), ("stderr", done.stderr)):
        with open(os.path.join(directory, run + "." + stream), "wb") as file:
            file.write(anonymous(text, directory))
    with open(events_path, "rb") as file:
        text = file.read()
    with open(events_path, "wb") as file:
        file.write(anonymous(text, directory))


def anonymous(text, directory):
    """Take the recording machine's paths out of a text."""
    text = text.replace(directory.encode() + b"/", b"").replace(directory.encode(), b".")
    return text.replace(BASE_ENVIRONMENT["HOME"].encode() + b"/.ansible", b"/home/user/.ansible")


if __name__ == "__main__":
    main()
