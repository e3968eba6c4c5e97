"""Record which hosts ansible-core chooses for each pattern of test/cases/patterns/cases.json.

Run: /usr/bin/python3 test/record/host_patterns.py
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.realpath(os.path.join(HERE, "..", "cases", "patterns"))


def main():
    """Ask a new InventoryManager for every case, because it remembers patterns it has warned about."""
    sys.path.insert(0, HERE)
    import ansible_api

    ansible_api.clean_environment({})
    warnings = ansible_api.capture_warnings()
    from ansible.inventory.manager import InventoryManager
    from ansible.parsing.dataloader import DataLoader

    with open(os.path.join(CASES, "cases.json")) as cases_file:
        cases = json.load(cases_file)
    os.chdir(CASES)
    for case in cases:
        inventory = InventoryManager(loader=DataLoader(), sources=[os.path.join(CASES, case.get("inventory", "hosts"))])
        del warnings[:]
        for old in ("hosts", "error", "warnings"):
            case.pop(old, None)
        try:
            inventory.subset(case.get("limit"))
            found = inventory.get_hosts(case["pattern"], order=case.get("order"))
            case["hosts"] = [host.name for host in found]
        except Exception as error:
            case["error"] = str(error)
        case["warnings"] = list(warnings)
    with open(os.path.join(CASES, "cases.json"), "w") as cases_file:
        lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
        cases_file.write("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
