"""Record what ansible-core makes of each configuration of test/cases/config/cases.json.

A case has `cfg` (the text of ansible.cfg) and `env`. Its result has every setting whose value is not the default's;
the first case has all settings. `{{DIR}}` is the working directory, the home directory is /home/user.
Run: /usr/bin/python3 test/record/config.py
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.realpath(os.path.join(HERE, "..", "cases", "config", "cases.json"))
PLUGINS = {
    "connection": ["ssh"],
    "become": ["sudo", "su"],
    "callback": ["default"],
    "shell": ["sh"],
    "inventory": ["yaml", "script"],
}


def record(wants_all):
    """Print the settings of this process's own environment and working directory."""
    sys.path.insert(0, HERE)
    import ansible_api

    try:
        from ansible import constants as C
        from ansible.plugins import loader

        results = {}

        def add(name, option, kind=None, plugin=None):
            value, origin = C.config.get_config_value_and_origin(
                option, plugin_type=kind, plugin_name=plugin, variables=vars(C)
            )
            if wants_all or origin != "default":
                results[name] = [ansible_api.as_json(value), origin]

        for name in C.config.get_configuration_definitions():
            add(name, name)
        for kind, names in PLUGINS.items():
            for plugin in names:
                getattr(loader, kind + "_loader").get(plugin, class_only=True)
                for option in C.config.get_configuration_definitions(kind, plugin):
                    add("%s.%s.%s" % (kind, plugin, option), option, kind, plugin)
        answer = {"settings": results, "warnings": sorted(C.config.WARNINGS)}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))


def run(case, wants_all):
    """Ask a new process, whose working directory holds the case's ansible.cfg."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, case.get("mode", 0o755))
        if "cfg" in case:
            with open(os.path.join(directory, "ansible.cfg"), "w") as config:
                config.write(case["cfg"])
        env = {"PATH": os.environ["PATH"], "HOME": "/home/user", **case.get("env", {})}
        env = {name: value.replace("{{DIR}}", directory) for name, value in env.items()}
        command = [sys.executable, os.path.abspath(__file__), "--one" if not wants_all else "--all"]
        done = subprocess.run(command, cwd=directory, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = done.stdout.splitlines()
        answer = lines[-1] if lines else json.dumps({"error": done.stderr.strip().splitlines()[-1]})
        return json.loads(answer.replace(directory, "{{DIR}}"))


def main():
    """Record all cases."""
    if sys.argv[1:] in (["--one"], ["--all"]):
        record(sys.argv[1] == "--all")
        return
    with open(CASES) as cases_file:
        cases = json.load(cases_file)
    for index, case in enumerate(cases):
        case["expected"] = run(case, index == 0)
    with open(CASES, "w") as cases_file:
        json.dump(cases, cases_file, indent=1, ensure_ascii=False)
        cases_file.write("\n")


if __name__ == "__main__":
    main()
