"""Record how ansible-core reads each inventory of test/cases/inventory, with the variables of every host.

A case is a directory with case.json ({"sources": [...], "playbook": directory, "env": {...}}) beside its files.
Run: /usr/bin/python3 test/record/inventory.py [case ...]
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "cases", "inventory")


def record(directory):
    """Read one case in this process, whose environment is the case's own."""
    sys.path.insert(0, HERE)
    import ansible_api

    with open(os.path.join(directory, "case.json")) as case_file:
        case = json.load(case_file)
    os.chdir(directory)
    config = os.path.join(directory, "ansible.cfg")
    extra = {"ANSIBLE_CONFIG": config} if os.path.exists(config) else {}
    ansible_api.clean_environment({**extra, **case.get("env", {})})
    warnings = ansible_api.capture_warnings()

    from ansible import constants as C
    from ansible import context
    from ansible.inventory.manager import InventoryManager
    from ansible.module_utils.common.collections import ImmutableDict
    from ansible.parsing.dataloader import DataLoader
    from ansible.parsing.vault import VaultSecret
    from ansible.utils.path import unfrackpath
    from ansible.vars.manager import VariableManager

    context.CLIARGS = ImmutableDict({"extra_vars": ()})
    loader = DataLoader()
    loader.set_basedir(os.path.join(directory, case.get("playbook", "no-playbook")))
    loader.set_vault_secrets([("default", VaultSecret(b"secret"))])
    sources = [unfrackpath(s, follow=False) if "," not in s else s for s in case["sources"]]
    result = {}
    try:
        inventory = InventoryManager(loader=loader, sources=sources)
    except Exception as error:
        result = {"error": str(error)}
    else:
        variables = VariableManager(loader=loader, inventory=inventory)
        keep = ("playbook_dir", "ansible_playbook_python", "ansible_config_file", "groups", "omit", "ansible_version")
        result["groups"] = {
            name: {
                "hosts": [host.name for host in group.get_hosts()],
                "depth": group.depth,
                "priority": group.priority,
                "children": [child.name for child in group.child_groups],
            }
            for name, group in inventory.groups.items()
        }
        result["hosts"] = {}
        for name, host in inventory.hosts.items():
            try:
                found = variables.get_vars(host=host, include_hostvars=False)
            except Exception as error:
                result["hosts"][name] = {"error": str(error)}
                continue
            result["hosts"][name] = {
                key: ansible_api.as_json(value)
                for key, value in sorted(found.items(), key=lambda item: str(item[0]))
                if key not in keep and key not in ("ansible_facts", "ansible_local")
            }
    result["warnings"] = warnings
    text = json.dumps(result, indent=1, ensure_ascii=False).replace(directory, "{{DIR}}")
    with open(os.path.join(directory, "expected.json"), "w") as expected:
        expected.write(text + "\n")


def main():
    """Record the named cases, or all, each in a process of its own."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        record(sys.argv[2])
        return
    for name in sys.argv[1:] or sorted(os.listdir(CASES)):
        directory = os.path.realpath(os.path.join(CASES, name))
        subprocess.run([sys.executable, __file__, "--one", directory], check=True)


if __name__ == "__main__":
    main()
