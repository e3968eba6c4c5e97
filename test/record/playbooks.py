#!/usr/bin/python3
"""Record what Ansible makes of every playbook in test/cases/playbooks: its tasks with what they inherit, or its error."""

import json
import os
import pathlib
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases" / "playbooks"
os.environ["ANSIBLE_ROLES_PATH"] = "/nowhere/roles"
os.environ["ANSIBLE_COLLECTIONS_PATH"] = "/nowhere/collections"
os.environ["ANSIBLE_DEPRECATION_WARNINGS"] = "0"

from ansible import context  # noqa: E402  (the environment comes first)
from ansible.inventory.manager import InventoryManager  # noqa: E402
from ansible.module_utils.common.collections import ImmutableDict  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.playbook import Playbook  # noqa: E402
from ansible.playbook.block import Block  # noqa: E402
from ansible.utils.collection_loader import AnsibleCollectionConfig  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402

context.CLIARGS = ImmutableDict(tags=[], skip_tags=[], connection=None, remote_user=None, become=None, verbosity=0,
                                become_method=None, become_user=None, check=None, diff=None, forks=1, extra_vars=[],
                                force_handlers=None, basedir=None, subset=None)


def plain(value, root):
    """A value as JSON; dicts as lists of pairs, because their order counts, and paths below the case's root."""
    if isinstance(value, dict):
        return {"dict": [[plain(key, root), plain(item, root)] for key, item in value.items()]}
    if isinstance(value, (list, tuple)):
        return [plain(item, root) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value).replace(str(root), "ROOT")


def as_list(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def without_repetition(values):
    """Nested blocks see conditions of a play and role more than once; that changes nothing."""
    return [value for index, value in enumerate(values) if value not in values[:index]]


def each_once(blocks):
    """A role that is used twice lists the same handler objects twice."""
    return list({id(block): block for block in blocks}.values())


def dump(node, root):
    """One block or task with everything that counts for it."""
    if isinstance(node, Block):
        return {section: [dump(child, root) for child in getattr(node, section) if not is_end_of_role(child)]
                for section in ("block", "rescue", "always")}
    listed = {name: [plain(value, root) for value in as_list(getattr(node, name, None))]
              for name in ("notify", "until", "changed_when", "failed_when", "listen")}
    scalars = {name: plain(getattr(node, name), root)
               for name in ("action", "args", "loop", "become", "delegate_to", "ignore_errors", "remote_user")}
    return {
        **listed,
        **scalars,
        "name": plain(node.name, root) or None,
        "with": node.loop_with,
        "register": node.register,
        "when": without_repetition([plain(value, root) for value in node.when]),
        "tags": sorted({str(tag) for tag in node.tags}),
        "vars": dict(sorted((key, plain(value, root)) for key, value in node.get_vars().items() if key != "_raw_params")),
        "environment": without_repetition([plain(value, root) for value in as_list(node.environment)]),
        "collections": plain(node.collections, root) or [],
        "role": node._role.get_name() if node._role else None,
    }


def is_end_of_role(node):
    tasks = node.block if isinstance(node, Block) else []
    return len(tasks) == 1 and getattr(tasks[0], "implicit", False)


def dump_play(play, root):
    def section(blocks):
        return [dump(block, root) for block in blocks if not is_end_of_role(block)]

    return {
        "name": plain(play.name, root) or None,
        "hosts": plain(play.hosts, root),
        "vars": dict(sorted((key, plain(value, root)) for key, value in play.vars.items())),
        "vars_files": plain(as_list(play.vars_files), root),
        "serial": plain(as_list(play.serial), root),
        "tags": sorted({str(tag) for tag in play.tags}),
        "roles": [[role.get_name(), plain(role.get_default_vars(), root), plain(role.get_vars(include_params=False), root)]
                  for role in play.roles],
        "pre_tasks": section(play.pre_tasks),
        "role_tasks": section(play._compile_roles()),
        "tasks": section(play.tasks),
        "post_tasks": section(play.post_tasks),
        "handlers": section(each_once(play.compile_roles_handlers() + play.handlers)),
    }


def exit_code(directory):
    """What the command ends with for a playbook that it refuses."""
    command = ["ansible-playbook", "-i", "localhost,", "-c", "local", "site.yml"]
    return subprocess.run(command, cwd=directory, capture_output=True, check=False).returncode


def record(directory):
    os.chdir(directory)
    AnsibleCollectionConfig.playbook_paths = [str(directory)]
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=["localhost,"])
    variables = VariableManager(loader=loader, inventory=inventory)
    try:
        playbook = Playbook.load(str(directory / "site.yml"), variable_manager=variables, loader=loader)
        return {"plays": [dump_play(play, directory) for play in playbook.get_plays()]}
    except Exception as error:  # every refusal counts, whatever its class
        return {"error": str(error).split("\n\nThe error appears")[0].split(" in the following modules")[0].replace(str(directory), "ROOT")}


def main():
    for kind in ("good", "bad"):
        for directory in sorted(path for path in (CASES / kind).iterdir() if path.is_dir()):
            recorded = record(directory)
            if kind == "bad":
                recorded["exit"] = exit_code(directory)
            text = json.dumps(recorded, indent=1, ensure_ascii=False)
            (directory / "recorded.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
