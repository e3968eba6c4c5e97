"""Record what ansible-vault prints and leaves behind for the commands of test/cases/vault-commands.

Each case runs its commands one after the other on a copy of project/, which is their home directory as well. A sealed
text is recorded as its header, the password that opens it and what it holds. Of its bytes nothing is ever the same.

Each command is a process of its own, but not a new one: a copy of this one, which has loaded the libraries. What is
Ansible's own it loads itself, since its configuration is read on the way.

Usage: /usr/bin/python3 test/record/vault_commands.py [PART OF A NAME ...]
"""

import atexit
import base64
import contextlib
import importlib
import json
import os
import pathlib
import re
import runpy
import shutil
import sys
import tempfile
import traceback

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases" / "vault-commands"
LIBRARIES = [
    "argparse", "configparser", "cryptography.hazmat.backends.openssl.backend", "cryptography.hazmat.primitives.ciphers",
    "cryptography.hazmat.primitives.kdf.pbkdf2", "cryptography.hazmat.primitives.padding", "getpass",
    "importlib.metadata", "inspect", "jinja2.nativetypes", "logging", "multiprocessing", "packaging.specifiers",
    "subprocess", "uuid", "yaml",
]
PASSWORDS = ["one", "two", "three four", "wrong"]
SEALED = re.compile(r"\$ANSIBLE_VAULT;([^\n]*)((?:\n *[0-9a-f]+)+)(\n?)")
# Python's complaint that there is no terminal, and the help that Ansible prints after a mistake in the command.
GETPASS = re.compile(r"/\S+getpass.py:\d+: GetPassWarning: .*\n.*\n|Warning: Password input may be echoed.\n")
HELP = re.compile(r"usage: ansible-vault[\s\S]*?(?=ansible-vault.*: error:|\Z)|(?<=\n) \nusage: [\s\S]*")
TEMPORARY = re.compile(r"(?:<DIR>)?/[^ '\"\n]*/tmp\w{8}(?=[.' \"\n:]|\Z)(\.\w+)?")


def main():
    with open(CASES / "cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    target = CASES / "recorded.json"
    recorded = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    wanted = [case for case in cases if not sys.argv[1:] or any(part in case["name"] for part in sys.argv[1:])]
    for library in LIBRARIES:
        importlib.import_module(library)
    ended = [(case["name"], record(case)) for case in wanted]
    # Afterwards, as it loads Ansible with a configuration of its own.
    recorded.update((name, [described(*each) for each in commands]) for name, commands in ended)
    names = [case["name"] for case in cases]
    kept = {name: recorded[name] for name in names if name in recorded}
    target.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def record(case):
    """Run the commands of one case; return what each has printed, and what it has changed."""
    # As many characters as the test's directory has, since warnings are wrapped.
    parent = pathlib.Path(tempfile.mkdtemp(prefix="vault-", dir="/tmp"))
    try:
        directory = shutil.copytree(CASES / "project", parent / "project", symlinks=True)
        for each in directory.rglob("*"):
            if not each.is_symlink():
                each.chmod(0o755 if each.stat().st_mode & 0o100 else 0o644)
        for name, mode in case.get("modes", {}).items():
            (directory / name).chmod(int(mode, 8))
        if "config" in case:
            (directory / "ansible.cfg").write_text(case["config"])
        return [run(step, directory) for step in case["steps"]]
    finally:
        shutil.rmtree(parent)


def run(step, directory):
    """Run one command without a terminal; return how it ended, what it printed, and the files that it changed."""
    step = step if isinstance(step, dict) else {"args": step}
    before = tree(directory)
    stdin = (directory / step["stdinFile"]).read_bytes() if "stdinFile" in step else step.get("stdin", "").encode()
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(directory), "LANG": "C.UTF-8", "ANSIBLE_NOCOLOR": "1",
    }
    code, stdout, stderr = ansible_vault(step["args"], directory, dict(environment, **step.get("env", {})), stdin)
    after = tree(directory)
    changed = {name: after.get(name) for name in sorted({*before, *after}) if before.get(name) != after.get(name)}
    return code, stdout, stderr, changed, directory


def described(code, stdout, stderr, changed, directory):
    """Return what a command has printed and changed, without what is never the same."""
    return {
        "exitCode": code,
        "stdout": shown(stdout, directory),
        "stderr": shown(stderr, directory),
        "files": {name: changed[name] and [changed[name][0], shown(changed[name][1], directory)] for name in changed},
    }


def ansible_vault(arguments, directory, environment, stdin):
    """Run it in a process without a terminal; return its exit code and what it printed."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if child == 0:
            os.close(writing)
            os.setsid()
            os.chdir(directory)
            os.environ.clear()
            os.environ.update(environment)
            for descriptor, opened_file in enumerate((reading, stdout.fileno(), stderr.fileno())):
                os.dup2(opened_file, descriptor)
            os._exit(exit_code_of(arguments))
        os.close(reading)
        with contextlib.suppress(BrokenPipeError), open(writing, "wb") as pipe:
            pipe.write(stdin)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), *(file.seek(0) or file.read() for file in (stdout, stderr))


def exit_code_of(arguments):
    """Run it in this process, with all that it does on its way out."""
    sys.argv = ["/usr/bin/ansible-vault"] + arguments
    code = 0
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # pylint: disable=broad-except
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()  # pylint: disable=protected-access
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def tree(directory):
    """Return the modes and contents of all files but those that Ansible keeps for itself."""
    found = {}
    for each in directory.rglob("*"):
        name = str(each.relative_to(directory))
        if name.startswith(".") or each.is_dir():
            continue
        found[name] = ("link", os.readlink(each).encode()) if each.is_symlink() else (
            oct(each.stat().st_mode & 0o7777)[2:], each.read_bytes())
    return found


def shown(raw, directory):
    """Return a text without what is never the same; of bytes that are no text, their base64."""
    try:
        text = raw.decode().replace(str(directory), "<DIR>")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode()}
    text = re.sub(r"ansible-vault(?=.*: error:)", "PROGRAM", HELP.sub("", GETPASS.sub("", text)))
    return TEMPORARY.sub(r"<TEMPORARY>\1", SEALED.sub(opened, text))


def opened(match):
    """Return what a sealed text is, and that it is laid out as it should be."""
    from ansible.parsing.vault import VaultLib, VaultSecret

    header, body, end = match.groups()
    lines = body.strip("\n").split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip())
    right = all(len(line) == indent + 80 for line in lines[:-1]) and 0 < len(lines[-1].strip()) <= 80
    sealed = "\n".join(["$ANSIBLE_VAULT;" + header] + [line.strip() for line in lines])
    for password in PASSWORDS:
        try:
            plain = VaultLib([("x", VaultSecret(password.encode()))]).decrypt(sealed)
        except Exception:  # pylint: disable=broad-except
            continue
        hidden = json.dumps(plain.decode("latin1"))
        return "<SEALED %s by %s, %s: %s>%s" % (header, password, indent if right else "badly laid out", hidden, end)
    return match.group()


if __name__ == "__main__":
    main()
