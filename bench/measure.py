"""Run a command to its end and tell what it and all of its descendants have used.

usage: measure.py REPORT SECONDS_MAX COMMAND [ARGUMENT ...]

Processes that the command leaves behind (masters of shared connections) become children of this one, are ended,
and count too: their work belongs to the command.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
LEFTOVERS_END_SECONDS = 5


def main(report, seconds_max, *command):
    """Write the costs as JSON to the file `report`; a command that had to be killed has no exit code."""
    adopt_orphans()
    running = []
    told = kill_when_told(running)
    began_at = time.time()
    began = time.perf_counter()
    process = subprocess.Popen(command, start_new_session=True)
    running.append(process)
    if told:
        process.kill()
    code = wait_for(process, float(seconds_max))
    running.clear()
    seconds = time.perf_counter() - began
    end_leftovers()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    costs = {
        "exitCode": None if told else code,
        "beganAtMs": began_at * 1000,
        "seconds": seconds,
        "cpuSeconds": usage.ru_utime + usage.ru_stime,
        "residentBytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }
    with open(report, "w") as file:
        json.dump(costs, file)


def adopt_orphans():
    """Make descendants whose parents end ours, where the system can: their costs would be lost."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_when_told(running):
    """Answer the alarm and whoever interrupts by killing the command, even one that is only about to start."""
    told = []

    def kill(_signal, _frame):
        told.append(True)
        for process in running:
            os.killpg(process.pid, signal.SIGKILL)

    for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, kill)
    return told


def wait_for(process, seconds_max):
    """Wait without polling, which would round the time up."""
    signal.setitimer(signal.ITIMER_REAL, seconds_max)
    code = process.wait()
    signal.setitimer(signal.ITIMER_REAL, 0)
    return code


def end_leftovers():
    """End children that outlived the command, gently first, so that nothing stays and all of them are counted."""
    until = time.monotonic() + LEFTOVERS_END_SECONDS
    asked = set()
    while has_children():
        is_late = time.monotonic() > until
        for pid in children():
            if is_late or pid not in asked:
                asked.add(pid)
                end(pid, signal.SIGKILL if is_late else signal.SIGTERM)
        time.sleep(0.01)


def has_children():
    """Reap what has ended; tell whether anything is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def children():
    """Find the children of this process, which may be grandchildren that were adopted."""
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        try:
            with open("/proc/%s/stat" % int(name)) as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (ValueError, OSError):
            continue
        if parent == os.getpid():
            found.append(int(name))
    return found


def end(pid, number):
    """Signal a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
