#!/usr/bin/python3
"""Record what the ansible command prints and returns for each line of test/cases/adhoc/commands.json."""

import json
import os
import subprocess

from ansible_api import clean_environment

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases", "adhoc")


def main():
    # Fixed, because discovering it would put a fact into every result.
    clean_environment({"LANG": "C.UTF-8", "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3"})
    with open(os.path.join(CASES, "commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    cases = []
    for command in commands:
        done = subprocess.run(
            ["ansible", "-i", "hosts", "-f", "1"] + command, cwd=CASES, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        stdout = "".join(line for line in done.stdout.decode().splitlines(True) if not line.startswith("Using "))
        cases.append({"command": command, "exitCode": done.returncode, "stdout": stdout,
                      "stderr": done.stderr.decode()})
    with open(os.path.join(CASES, "recorded.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


main()
