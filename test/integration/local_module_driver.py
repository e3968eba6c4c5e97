"""Runs module cases with the modules that a function has for its own machine: those in TypeScript, in a process of Node.

Reads `{module, cases, node}` as JSON from standard input and prints `{name: {result, tree}}`; `node` is the command line of
that process, which answers each line of JSON with one. The host's part is played as for the agent's modules.
"""

import base64
import json
import os
import subprocess
import sys

import native_module_driver


class Node:
    """The process that runs the modules."""

    def __init__(self, argv):
        self._child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run_native(self, module, args, flags, _channel=None, content=None):
        """Run a module there; stands for the driver's function of this name."""
        data = None if content is None else base64.b64encode(content.read_all()).decode()
        line = {'module': module, 'args': args, 'check': flags['check'], 'diff': flags['diff'], 'content': data}
        self._child.stdin.write(json.dumps(line).encode() + b'\n')
        self._child.stdin.flush()
        return json.loads(self._child.stdout.readline().decode())

    def close(self):
        """End the process."""
        self._child.stdin.close()
        self._child.wait()


def main():
    """Run the cases."""
    text = sys.stdin.read()
    os.umask(0o022)
    node = Node(json.loads(text)['node'])
    native_module_driver.run_native = node.run_native
    try:
        native_module_driver.main(text)
    finally:
        node.close()


if __name__ == '__main__':
    main()
