"""Record what ansible-core makes of each list of --extra-vars in test/cases/extra-vars/cases.json.

Run: /usr/bin/python3 test/record/extra_vars.py
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.realpath(os.path.join(HERE, "..", "cases", "extra-vars"))


def main():
    """Load every list with a new loader."""
    sys.path.insert(0, HERE)
    import ansible_api

    ansible_api.clean_environment({})
    ansible_api.capture_warnings()
    from ansible import constants as C
    from ansible import context
    from ansible.module_utils.common.collections import ImmutableDict
    from ansible.parsing.dataloader import DataLoader
    from ansible.utils import vars as ansible_vars

    os.chdir(CASES)
    with open("cases.json") as cases_file:
        cases = json.load(cases_file)
    for case in cases:
        C.DEFAULT_HASH_BEHAVIOUR = case.get("hash", "replace")
        context.CLIARGS = ImmutableDict({"extra_vars": tuple(case["args"])})
        case.pop("vars", None)
        case.pop("error", None)
        try:
            case["vars"] = ansible_api.as_json(ansible_vars.load_extra_vars(DataLoader()))
        except Exception as error:
            case["error"] = str(error).replace(CASES, "{{DIR}}")
    with open("cases.json", "w") as cases_file:
        lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
        cases_file.write("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()
