#!/usr/bin/python3
"""Record what ansible-playbook lists of a playbook, for several selections of tags."""

import json
import os
import subprocess

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases", "listing")
COMMANDS = [
    "--list-hosts", "--list-tasks", "--list-tags", "--list-hosts --list-tasks --list-tags",
    "--list-tasks -t a", "--list-tasks -t never", "--list-tasks --skip-tags p1", "--list-tasks --skip-tags blk,always",
    "--list-tags -t untagged", "--list-tasks --list-tags -t rt,dep", "--list-tasks -t tagged", "--list-tasks -t inner",
]


def main():
    cases = {}
    for command in COMMANDS:
        done = subprocess.run(
            ["ansible-playbook", "-i", "hosts", "site.yml"] + command.split(), cwd=CASES, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(os.environ, LANG="C.UTF-8"))
        cases[command] = done.stdout.decode()
    with open(os.path.join(CASES, "recorded.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


main()
