#!/usr/bin/python3
"""Record what Ansible's lookups of AWS give for the expressions in test/cases/aws/*.txt, against test/record/aws_account.py.

    /usr/bin/python3 test/record/aws.py

Needs the collection amazon.aws 5.5 and boto3, and records nothing without. The calls go through the real boto3; only the endpoint
is another one.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings

sys.dont_write_bytecode = True
from ansible_api import as_json, capture_warnings, clean_environment

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.normpath(os.path.join(HERE, os.pardir, "cases", "aws"))

for name in list(os.environ):
    if name.startswith(("AWS_", "EC2_")):
        del os.environ[name]
clean_environment({
    "AWS_ACCESS_KEY_ID": "AKIAMAIN",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_SHARED_CREDENTIALS_FILE": os.path.join(CASES, "credentials"),
    "AWS_CONFIG_FILE": os.path.join(CASES, "config"),
    "AWS_EC2_METADATA_DISABLED": "true",
})
warnings.simplefilter("ignore")

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.display import Display


# Makes every client of boto3 talk to an endpoint, unless it was told another one.
REDIRECTION = """
import os
import boto3

original = boto3.session.Session.client


def client(self, *args, **kwargs):
    kwargs["endpoint_url"] = kwargs.get("endpoint_url") or os.environ["CASE_ENDPOINT"]
    return original(self, *args, **kwargs)


boto3.session.Session.client = client
"""


def tagged(value):
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[tagged(key), tagged(item)] for key, item in value.items()]}
    return as_json(value)


def evaluate(expression, variables, environment, endpoint):
    """Give the value of an expression before Ansible finalizes it, or the error as it was raised."""
    templar = Templar(loader=DataLoader(), variables=variables)
    before = dict(os.environ)
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    try:
        compiled = templar.environment.compile_expression(expression.replace("{endpoint}", endpoint), undefined_to_none=False)
        return {"value": tagged(compiled({**templar.environment.globals, **variables}))}
    except Exception as error:
        message = str(getattr(error, "message", None) or error).replace(endpoint, "{endpoint}")
        kind = type(error).__name__.replace("AnsibleUndefinedVariable", "UndefinedError")
        return {"error": {"type": kind, "message": message}}
    finally:
        os.environ.clear()
        os.environ.update(before)


def can_record():
    """Tell whether the lookups are there: collections do not come with ansible-core."""
    try:
        import boto3
        import ansible_collections.amazon.aws as collection
    except ImportError:
        return False
    with open(os.path.join(list(collection.__path__)[0], "MANIFEST.json"), encoding="utf-8") as file:
        version = json.load(file)["collection_info"]["version"]
    return bool(boto3) and version.startswith("5.5.")


def record_run():
    """Record what a whole playbook prints."""
    with tempfile.TemporaryDirectory() as top:
        with open(os.path.join(top, "sitecustomize.py"), "w", encoding="utf-8") as file:
            file.write(REDIRECTION)
        done = subprocess.run(
            ["ansible-playbook", "-i", "one,two,", "-c", "local", "--forks", "1", os.path.join(CASES, "site.yml")],
            env=dict(os.environ, PYTHONPATH=top, LC_ALL="C.UTF-8"), capture_output=True, text=True, check=False)
    warned = [line for line in done.stderr.splitlines() if "Skipping" in line]
    with open(os.path.join(CASES, "site.json"), "w", encoding="utf-8") as file:
        json.dump({"status": done.returncode, "stdout": done.stdout, "warnings": warned}, file, indent=1)
        file.write("\n")


def main():
    if not can_record():
        print("amazon.aws 5.5 or boto3 is not there")
        return
    seen = capture_warnings()
    Display.deprecated = Display.display = lambda *args, **kwargs: None
    server = subprocess.Popen(["/usr/bin/python3", os.path.join(HERE, "aws_account.py")],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
    try:
        endpoint = "http://127.0.0.1:" + server.stdout.readline().strip()
        os.environ["CASE_ENDPOINT"] = endpoint
        exec(REDIRECTION, {})
        cases = []
        with open(os.path.join(CASES, "lookups.txt"), encoding="utf-8") as file:
            wanted = [{"expression": line} for line in file.read().splitlines()]
        with open(os.path.join(CASES, "surroundings.json"), encoding="utf-8") as file:
            wanted += json.load(file)
        for case in wanted:
            seen.clear()
            outcome = evaluate(case["expression"], case.get("variables", {}), case.get("environment", {}), endpoint)
            cases.append({**case, **outcome, **({"warnings": list(seen)} if seen else {})})
        record_run()
    finally:
        server.stdin.close()
        server.wait()
    with open(os.path.join(CASES, "lookups.json"), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")
    print("%d cases" % len(cases))


main()
