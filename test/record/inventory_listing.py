"""Record what ansible-inventory prints for inventories of test/cases/inventory, into test/cases/inventory-listing.

Run: /usr/bin/python3 test/record/inventory_listing.py
"""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.normpath(os.path.join(HERE, "..", "cases", "inventory"))
LISTINGS = os.path.normpath(os.path.join(HERE, "..", "cases", "inventory-listing"))

INVENTORIES = ["constructed", "group-vars", "hash-merge", "ini-basics", "priority", "several-sources", "yaml-basics"]
ARGUMENTS = [
    ["--list"],
    ["--list", "--export"],
    ["--list", "-y"],
    ["--list", "--yaml", "--export", "--playbook-dir", "play"],
    ["--list", "-e", "extra=1", "-e", "{'list': [1, null]}"],
    ["--graph"],
    ["--graph", "--vars"],
    ["--graph", "nosuchgroup"],
    ["--host", "nosuchhost"],
]


def run(directory, arguments):
    """Print one listing as the command does, with what is the same everywhere in place of this directory."""
    with open(os.path.join(directory, "case.json")) as case_file:
        case = json.load(case_file)
    env = {"PATH": os.environ["PATH"], "HOME": "/home/case", "LC_ALL": "C.UTF-8", **case.get("env", {})}
    sources = [word for source in case["sources"] for word in ("-i", source)]
    done = subprocess.run(
        ["ansible-inventory", *sources, *arguments], cwd=directory, env=env, capture_output=True, text=True
    )
    # After a mistake there is only the help text, which is the command's own.
    printed = done.stdout.replace(directory, "{{DIR}}") if done.returncode == 0 else ""
    return {"arguments": arguments, "code": done.returncode, "out": printed}


def main():
    """Record every inventory with every set of arguments."""
    for name in INVENTORIES:
        directory = os.path.join(CASES, name)
        with open(os.path.join(LISTINGS, name + ".json"), "w") as listing:
            json.dump([run(directory, arguments) for arguments in ARGUMENTS], listing, indent=1, ensure_ascii=False)
            listing.write("\n")


main()
