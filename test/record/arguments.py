#!/usr/bin/python3
"""Record what ansible-playbook makes of command lines: the error that it prints, or the values that it understood."""

import contextlib
import io
import json
import os

from ansible.cli.playbook import PlaybookCLI

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases", "arguments", "recorded.json")

COMMAND_LINES = [
    [],
    ["-v"],
    ["site.yml"],
    ["a.yml", "b.yml"],
    ["-vvv", "a.yml"],
    ["-v", "a.yml", "-v"],
    ["--verbose", "--verbose", "a.yml"],
    ["-vC", "a.yml"],
    ["-CDbvv", "a.yml"],
    ["-vCq", "a.yml"],
    ["-Cx", "a.yml"],
    ["--check=1", "a.yml"],
    ["--check=", "a.yml"],
    ["-ihosts", "a.yml"],
    ["-i=hosts", "a.yml"],
    ["-vihosts", "a.yml"],
    ["-vi", "hosts", "a.yml"],
    ["-i", "h1,h2", "-i", "h3,", "a.yml"],
    ["--inventory-file", "x,", "a.yml"],
    ["--inv", "x,", "a.yml"],
    ["--inventory=x,", "a.yml"],
    ["-i", "a.yml"],
    ["-i"],
    ["-f", "x", "a.yml"],
    ["-f", "20", "a.yml"],
    ["-f20", "a.yml"],
    ["-f", "0", "a.yml"],
    ["--forks=-1", "a.yml"],
    ["--forks", "-1", "a.yml"],
    ["-f", " 7 ", "a.yml"],
    ["-f", "1_0", "a.yml"],
    ["-T", "5.5", "a.yml"],
    ["-T", "30", "a.yml"],
    ["--con", "x", "a.yml"],
    ["--conn", "x", "a.yml"],
    ["--connection", "local", "a.yml"],
    ["-c", "local", "a.yml"],
    ["--syn", "a.yml"],
    ["--list-t", "a.yml"],
    ["--list-ta", "a.yml"],
    ["--li", "x", "a.yml"],
    ["--lim", "web:!db", "a.yml"],
    ["-l", "!db", "a.yml"],
    ["-l", "-x", "a.yml"],
    ["-l", "--", "a.yml"],
    ["-l", "-1", "a.yml"],
    ["-e", "a=1 b=2", "-e", "@vars.yml", "-e", '{"c": 3}', "a.yml"],
    ["-e", "-a b", "a.yml"],
    ["-e"],
    ["-e", "", "a.yml"],
    ["-ea=1", "a.yml"],
    ["--extra-vars=a=b=c", "a.yml"],
    ["-t", "a,b", "-t", "c", "a.yml"],
    ["--tags", " a , b ", "--skip-tags", "c", "a.yml"],
    ["--skip", "c", "a.yml"],
    ["--st", "x", "a.yml"],
    ["--ste", "a.yml"],
    ["--start", "x", "a.yml"],
    ["--start-at-task", "Install it", "--step", "a.yml"],
    ["-k", "--conn-pass-file", "x", "a.yml"],
    ["--conn-pass-file", "x", "-k", "a.yml"],
    ["-K", "--become-pass-file", "x", "a.yml"],
    ["--ask-vault-pass", "--vault-pass-file", "x", "a.yml"],
    ["--vault-id", "dev@prompt", "--vault-id", "x", "a.yml"],
    ["--vault", "x", "a.yml"],
    ["--vault-pass", "/tmp/x", "--vault-password-file", "/tmp/y", "a.yml"],
    ["--ask", "a.yml"],
    ["--ask-v", "a.yml"],
    ["-b", "--become-user", "app", "--become-method=su", "a.yml"],
    ["--become", "-K", "a.yml"],
    ["--become-u", "app", "a.yml"],
    ["-u", "me", "--private-key", "/k", "a.yml"],
    ["--key-file", "/k", "--private-key", "/k2", "a.yml"],
    ["--ssh-common-args", "-o A=b", "a.yml"],
    ["--ssh-common-args", "-oA=b", "a.yml"],
    ["--ssh-common-args=-oA=b", "a.yml"],
    ["--ssh-extra-args", "-R 1", "--scp-extra-args", "-l 1", "--sftp-extra-args", "-f 2", "a.yml"],
    ["--ssh", "x", "a.yml"],
    ["-M", "/a:/b", "-M", "/c", "a.yml"],
    ["--force-handlers", "--flush-cache", "a.yml"],
    ["--f", "a.yml"],
    ["--bogus", "a.yml"],
    ["--bogus=1", "a.yml"],
    ["-q", "a.yml"],
    ["-q", "-Z", "a.yml"],
    ["a.yml", "--bogus", "-x"],
    ["--", "-x"],
    ["a.yml", "--", "-v"],
    ["-", "a.yml"],
    ["-5", "a.yml"],
    ["-a b", "a.yml"],
    ["--diff", "--list-hosts", "--list-tasks", "--list-tags", "a.yml"],
    ["--version", "--bogus"],
    ["-h", "--bogus"],
    ["--bogus", "-h"],
    ["-f", "x", "-h"],
    ["-vh"],
]


def parse(words):
    cli = PlaybookCLI(["ansible-playbook"] + words)
    cli.init_parser()
    printed = io.StringIO()
    try:
        with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(io.StringIO()):
            options = cli.parser.parse_args(words)
            options = cli.post_process_args(options)
    except SystemExit as ended:
        if ended.code == 0:
            return {"ends": True}
        errors = [line for line in printed.getvalue().splitlines() if line.startswith("ansible-playbook: error: ")]
        return {"error": errors[0].replace("ansible-playbook: error: ", "")}
    values = {key: value for key, value in vars(options).items() if value != cli.parser.get_default(key)}
    for key in ("tags", "skip_tags"):
        if key in values:
            values[key] = sorted(values[key])
    if values.get("tags") == ["all"]:
        del values["tags"]
    values.pop("inventory", None)
    values.pop("extra_vars", None)
    return {"values": values}


def main():
    with open(OUT, "w", encoding="utf-8") as file:
        lines = [json.dumps(dict({"argv": words}, **parse(words)), sort_keys=True) for words in COMMAND_LINES]
        file.write("[\n" + ",\n".join(lines) + "\n]\n")


main()
