#!/usr/bin/python3
"""Record what Ansible's template engine gives for the expressions in test/cases/filters/*.txt, and the names it knows."""

import importlib.util
import json
import os
import subprocess
import sys
import warnings

sys.dont_write_bytecode = True
from ansible_api import as_json, clean_environment

clean_environment({"TZ": "UTC", "HOME": "/home/case", "FILTER_CASE": "from the environment"})
warnings.simplefilter("ignore")

from ansible.parsing.dataloader import DataLoader
from ansible.template import AnsibleUndefined, Templar
from ansible.utils.display import Display
from jinja2.filters import FILTERS
from jinja2.tests import TESTS
from jinja2.utils import markupsafe

CASES = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases", "filters"))
MODULES_NEEDED = {
    "community.txt": "jmespath",
    # What newer releases than Debian's have: recorded once from release 13.4.
    "community-newer.txt": "ansible_collections.community.general.plugins.filter.accumulate",
    "address-tests.txt": "ansible_collections.ansible.utils.plugins.test.ip",
    "community-lookups.txt": "ansible_collections.community.general.plugins.lookup.dependent",
    "ipaddr.txt": "netaddr",
    "netcommon.txt": "ansible_collections.ansible.netcommon.plugins.filter.network",
    # Recorded once from release 8.6.
    "netcommon-newer.txt": "ansible_collections.ansible.netcommon.plugins.filter.pop_ace",
    "xml.txt": "xmltodict",
    # Recorded once from release 6.0.
    "utils-newer.txt": "ansible_collections.ansible.utils.plugins.filter.ipcut",
    "utils.txt": "ansible_collections.ansible.utils.plugins.filter.consolidate",
}


def tagged(value):
    """As `as_json`, with the kinds of values that only templates see."""
    if isinstance(value, AnsibleUndefined):
        return {"undefined": True}
    if isinstance(value, markupsafe.Markup):
        return {"markup": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[tagged(key), tagged(item)] for key, item in value.items()]}
    if isinstance(value, str):
        return str.__str__(value).replace(CASES, "{cases}")
    return as_json(value)


def evaluate(templar, expression, variables):
    """Give the value of an expression before Ansible finalizes it, or the error as it was raised."""
    try:
        compiled = templar.environment.compile_expression(expression, undefined_to_none=False)
        return {"value": tagged(compiled({**templar.environment.globals, **variables}))}
    except Exception as error:
        message = str(getattr(error, "message", None) or error).replace(CASES, "{cases}")
        # Ansible turns the first into the second on its way out.
        kind = type(error).__name__.replace("AnsibleUndefinedVariable", "UndefinedError")
        return {"error": {"type": kind, "message": message}}


def record(path, variables):
    loader = DataLoader()
    loader.set_basedir(CASES)
    cases = []
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            # A templar for each: plugins keep their options and templates their caches.
            templar = Templar(loader=loader, variables=variables)
            cases.append({"expression": line, **evaluate(templar, line, variables)})
    write(path.replace(".txt", ".json"), cases)


def dumped(case):
    """Write what is readable as it is, and escape lines with lone surrogates, which no file can hold."""
    text = json.dumps(case, ensure_ascii=False)
    return json.dumps(case) if any("\ud800" <= character <= "\udfff" for character in text) else text


def write(path, cases):
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(map(dumped, cases)) + "\n]\n")


def can_record(name):
    """Tell whether what the cases are about is installed: collections do not come with ansible-core."""
    if name not in MODULES_NEEDED:
        return True
    try:
        return all(importlib.util.find_spec(module) for module in ("ansible_collections", MODULES_NEEDED[name]))
    except ModuleNotFoundError:
        return False


COLLECTIONS = ["ansible.netcommon", "ansible.utils", "community.general"]


def listed(kind, *collections):
    command = ["ansible-doc", "-t", kind, "-l", "--json", *collections]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def documented(kind):
    prefix = "ansible.builtin."
    return [name[len(prefix):] for name in listed(kind) if name.startswith(prefix)]


def of_collections(kind):
    """Give the full names of what the collections have, without what only redirects."""
    return sorted(name for collection in COLLECTIONS for name in listed(kind, collection))


def main():
    Display.warning = Display.deprecated = Display.display = lambda *args, **kwargs: None
    with open(os.path.join(CASES, "variables.json"), encoding="utf-8") as file:
        variables = json.load(file)
    wanted = sys.argv[1:]
    for name in sorted(os.listdir(CASES)):
        if name.endswith(".txt") and (not wanted or name[:-4] in wanted) and can_record(name):
            record(os.path.join(CASES, name), variables)
    if not wanted or "names" in wanted:
        names = {
            "filters": sorted(set(FILTERS) | set(documented("filter"))),
            "tests": sorted(set(TESTS) | set(documented("test"))),
            "lookups": sorted(documented("lookup")),
        }
        write_names("names", names)
        if importlib.util.find_spec("ansible_collections"):
            kinds = {"filters": "filter", "tests": "test", "lookups": "lookup"}
            write_names("collection-names", {table: of_collections(kind) for table, kind in kinds.items()})


def write_names(name, names):
    with open(os.path.join(CASES, name + ".json"), "w", encoding="utf-8") as file:
        json.dump(names, file, indent=1)
        file.write("\n")


main()
