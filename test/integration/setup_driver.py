"""Prints the result of the agent's setup module, run in this process with the arguments given as JSON."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'agent'))

import dispatch  # noqa: E402
from context import Context  # noqa: E402

if __name__ == '__main__':
    print(json.dumps(dispatch.run_native('setup', json.loads(sys.argv[1]), Context({'id': 1}))))
