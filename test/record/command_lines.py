#!/usr/bin/python3
"""Record what ansible-playbook prints for typical command lines.

The command lines stand in test/cases/command-lines/cases.json, the files they work on in project/ beside it. For each
one <name>.json is written to recorded/: the exit code, stdout and stderr, with times and paths made the same everywhere.

Usage: /usr/bin/python3 test/record/command_lines.py [name ...]
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

CASES = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases", "command-lines"))
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": os.environ.get("HOME", "/"),
    "LANG": "C.UTF-8",
    "ANSIBLE_NOCOWS": "1",
    "ANSIBLE_FORKS": "1",
    "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
}


def main():
    with open(os.path.join(CASES, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)
    os.makedirs(os.path.join(CASES, "recorded"), exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lines") as parent:
        project = shutil.copytree(os.path.join(CASES, "project"), os.path.join(parent, "project"))
        for case in cases:
            if not sys.argv[1:] or case["name"] in sys.argv[1:]:
                record(case, project)


def record(case, project):
    """Run one command line; its hosts take turns, so that their order is always the same."""
    done = subprocess.run(
        ["ansible-playbook"] + case["args"], cwd=project, env=dict(ENVIRONMENT, **case.get("env", {})),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
    )
    record = {"exitCode": done.returncode, "stdout": same(done.stdout, project), "stderr": same(done.stderr, project)}
    with open(os.path.join(CASES, "recorded", case["name"] + ".json"), "w", encoding="utf-8") as file:
        json.dump(record, file, indent=1, sort_keys=True, ensure_ascii=False)
        file.write("\n")
    print(case["name"], done.returncode)


def same(raw, project):
    """Take times and the directory out of a text; split it into lines."""
    text = raw.decode().replace(project, "/project")
    text = re.sub(r"(?<=after: )/\S+/tmp\w+", "content", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", "TIME", text)
    return re.sub(r"\d:\d\d:\d\d\.\d{6}", "DELTA", text).split("\n")


if __name__ == "__main__":
    main()
