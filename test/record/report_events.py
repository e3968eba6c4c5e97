"""Run ansible-playbook in this process and write the run's events, in the words of shared/wire/run-event.ts."""

import json
import os
import sys

from ansible import context
from ansible.cli.playbook import PlaybookCLI
from ansible.executor.task_queue_manager import TaskQueueManager
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.utils.display import Display

EVENTS = []
STARTED = set()
DEPTH = [0]


def option(name, default):
    """A setting of the default callback from the environment, as a boolean."""
    value = os.environ.get("ANSIBLE_" + name)
    return default if value is None else value.lower() in ("1", "true", "yes")


def report_options():
    pretty = os.environ.get("ANSIBLE_CALLBACK_FORMAT_PRETTY")
    options = {
        "verbosity": context.CLIARGS["verbosity"],
        "isCheckMode": bool(context.CLIARGS["check"]),
        "isDiff": bool(context.CLIARGS["diff"]),
        "showSkippedHosts": option("DISPLAY_SKIPPED_HOSTS", True),
        "showOkHosts": option("DISPLAY_OK_HOSTS", True),
        "showFailedToStderr": option("DISPLAY_FAILED_STDERR", False),
        "showCustomStats": option("SHOW_CUSTOM_STATS", False),
        "showTaskPathOnFailure": option("SHOW_TASK_PATH_ON_FAILURE", False),
        "showPerHostStart": option("SHOW_PER_HOST_START", False),
        "showArgs": option("DISPLAY_ARGS_TO_STDOUT", False),
        "checkModeMarkers": option("CHECK_MODE_MARKERS", False),
        "resultFormat": os.environ.get("ANSIBLE_CALLBACK_RESULT_FORMAT", "json"),
        "diffContext": int(os.environ.get("ANSIBLE_DIFF_CONTEXT", "3")),
        "actionWarnings": option("ACTION_WARNINGS", True),
        "deprecationWarnings": option("DEPRECATION_WARNINGS", True),
        "verboseToStderr": option("VERBOSE_TO_STDERR", False),
    }
    if pretty is not None:
        options["prettyResults"] = option("CALLBACK_FORMAT_PRETTY", False)
    return options


def header(task, title=None):
    path, _, line = task.get_path().rpartition(":")
    title = task.get_name().strip() if title is None else title
    event = {
        "id": task._uuid, "title": title, "action": task.action, "file": path, "line": int(line or 0),
        "isHandler": type(task).__name__.startswith("Handler"), "isCheckMode": bool(task.check_mode),
        "isLoop": task.loop is not None, "tags": list(task.tags),
    }
    if task.name:
        event["name"] = task.name
    if not task.no_log:
        event["args"] = ", ".join("%s=%s" % pair for pair in task.args.items())
    return event


def started(task):
    """Note a task as started when Ansible did not say so before its first result."""
    STARTED.add(task._uuid)
    return {"kind": "task-started", "at": 0, "task": header(task)}


def outcome(result, status, ignored=False):
    clean = result.clean_copy()._result
    task = result._task
    out = {
        "host": result._host.get_name(), "status": status,
        "result": {key: value for key, value in clean.items() if not str(key).startswith("_ansible_")},
    }
    if "censored" not in clean and "failed" in result._result:
        out["result"]["failed"] = result._result["failed"]
    if ignored:
        out["ignored"] = True
    if task.delegate_to:
        out["delegatedTo"] = task.delegate_to
        address = clean.get("_ansible_delegated_vars", {}).get("ansible_host")
        if address:
            out["delegatedAddress"] = address
    if context.CLIARGS["diff"] or task.diff:
        out["showsDiff"] = True
    if clean.get("_ansible_verbose_always") is True:
        out["alwaysVerbose"] = True
    if clean.get("_ansible_verbose_override", False) is not False:
        out["neverVerbose"] = True
    return out


def ok_status(result):
    return "changed" if result._result.get("changed", False) else "ok"


def label_of(result):
    clean = result.clean_copy()._result
    if clean.get("_ansible_no_log", False):
        return "(censored due to no_log)"
    return "%s" % (clean.get("_ansible_item_label", clean.get("item")),)


def finished(result, status, ignored=False):
    return {"kind": "task-finished", "task": result._task._uuid, "at": 0, "outcome": outcome(result, status, ignored)}


def item(result, status):
    return {"kind": "item-finished", "task": result._task._uuid, "label": label_of(result),
            "outcome": outcome(result, status)}


def retried(result):
    left = result._result["retries"] - result._result["attempts"]
    return {"kind": "task-retried", "task": result._task._uuid, "attemptsLeft": left,
            "outcome": outcome(result, "failed")}


def included(file):
    event = {"kind": "file-included", "file": file._filename, "hosts": [host.name for host in file._hosts]}
    label = file._vars.get("_ansible_item_label", file._vars.get("item"))
    if file._vars.get("_ansible_no_log", False):
        label = "(censored due to no_log)"
    if label:
        event["label"] = "%s" % (label,)
    return event


def recap(stats):
    lines = []
    for host in stats.processed:
        counts = stats.summarize(host)
        counts["failed"] = counts.pop("failures")
        lines.append(dict(counts, host=host))
    return {"kind": "playbook-finished", "at": 0, "recap": lines, "customStats": stats.custom}


def play_started(play):
    return {"kind": "play-started", "at": 0, "title": play.get_name(), "hosts": [], "isCheckMode": bool(play.check_mode),
            "isFree": play.strategy.rpartition(".")[2] in ("free", "host_pinned")}


def asynchronous(kind, result):
    job = result._result.get("ansible_job_id") or result._result.get("async_result", {}).get("ansible_job_id")
    event = {"host": result._host.get_name(), "job": "%s" % (job,)}
    if kind == "poll":
        return dict(event, kind="async-polled", started=result._result.get("started"),
                    finished=result._result.get("finished"))
    return dict(event, kind="async-finished", hasFailed=kind == "failed")


TRANSLATIONS = {
    "v2_playbook_on_start": lambda playbook: {"kind": "playbook-started", "path": playbook._file_name},
    "v2_playbook_on_play_start": play_started,
    "v2_playbook_on_no_hosts_matched": lambda: {"kind": "no-hosts-matched"},
    "v2_playbook_on_no_hosts_remaining": lambda: {"kind": "no-hosts-left"},
    "v2_playbook_on_task_start": lambda task, is_conditional=False: started(task),
    "v2_playbook_on_handler_task_start": started,
    "v2_runner_on_start": lambda host, task: {
        "kind": "host-started", "task": task._uuid, "host": host.get_name(), "title": task.get_name()},
    "v2_runner_on_ok": lambda result: finished(result, ok_status(result)),
    "v2_runner_on_failed": lambda result, ignore_errors=False: finished(result, "failed", bool(ignore_errors)),
    "v2_runner_on_skipped": lambda result: finished(result, "skipped"),
    "v2_runner_on_unreachable": lambda result: finished(
        result, "unreachable", bool(result._task.ignore_unreachable)),
    "v2_runner_item_on_ok": lambda result: item(result, ok_status(result)),
    "v2_runner_item_on_failed": lambda result: item(result, "failed"),
    "v2_runner_item_on_skipped": lambda result: item(result, "skipped"),
    "v2_runner_retry": retried,
    "v2_playbook_on_include": included,
    "v2_playbook_on_notify": lambda handler, host: {
        "kind": "handler-notified", "handler": handler.get_name(), "host": "%s" % host},
    "v2_playbook_on_stats": recap,
    "v2_runner_on_async_poll": lambda result: asynchronous("poll", result),
    "v2_runner_on_async_ok": lambda result: asynchronous("ok", result),
    "v2_runner_on_async_failed": lambda result: asynchronous("failed", result),
}


def watch_callbacks():
    real = TaskQueueManager.send_callback

    def send_callback(self, method_name, *args, **kwargs):
        is_implicit = any(getattr(arg, "implicit", False) for arg in args)
        translate = TRANSLATIONS.get(method_name)
        if translate is not None and not is_implicit:
            EVENTS.append(translate(*args, **kwargs))
        DEPTH[0] += 1
        try:
            return real(self, method_name, *args, **kwargs)
        finally:
            DEPTH[0] -= 1

    TaskQueueManager.send_callback = send_callback


def watch_messages():
    """Messages that Ansible shows outside its callbacks become events of their own."""

    def watch(name, make):
        real = getattr(Display, name)

        def shown(self, msg, *args, **kwargs):
            if DEPTH[0] == 0 and not self._final_q:
                event = make(self, msg, *args, **kwargs)
                if event is not None:
                    EVENTS.append(dict({"kind": "message"}, **event))
            DEPTH[0] += 1
            try:
                return real(self, msg, *args, **kwargs)
            finally:
                DEPTH[0] -= 1

        setattr(Display, name, shown)

    def verbose(display, msg, host=None, caplevel=2):
        if display.verbosity <= caplevel:
            return None
        event = {"level": "verbose", "text": msg, "verbosity": caplevel + 1}
        return event if host is None else dict(event, host=host)

    def deprecated(_display, msg, version=None, removed=False, date=None, collection_name=None):
        about = {"version": version, "date": date, "collection": collection_name}
        return {"level": "deprecated", "text": msg,
                "deprecation": {key: value for key, value in about.items() if value is not None}}

    watch("warning", lambda _display, msg, formatted=False: {"level": "warning", "text": msg})
    watch("error", lambda _display, msg, wrap_text=True: {"level": "error", "text": msg})
    watch("deprecated", deprecated)
    watch("verbose", verbose)
    watch("display", lambda _display, msg, color=None, stderr=False, screen_only=False, log_only=False, newline=True: (
        None if log_only else {"level": "plain" if not color else "verbose", "text": msg, "verbosity": 0}))


def main():
    watch_callbacks()
    watch_messages()
    sys.argv[0] = "/usr/bin/ansible-playbook"
    args = sys.argv[1:]
    try:
        PlaybookCLI.cli_executor(["ansible-playbook"] + args)
    finally:
        start = {"kind": "run-started", "runId": "recorded", "at": 0, "command": args,
                 "options": report_options()}
        with open(os.environ["RECORD_EVENTS"], "w", encoding="utf-8") as file:
            lines = [json.dumps(event, cls=AnsibleJSONEncoder, ensure_ascii=False) for event in [start] + EVENTS]
            file.write("[\n" + ",\n".join(lines) + "\n]\n")


main()
