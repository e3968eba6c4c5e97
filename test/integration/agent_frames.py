"""Checks the agent's side of the golden frames, under the Python that runs it; prints what differs."""

import base64
import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'agent'))

import frames  # noqa: E402


def main():
    """Decode all frames, whole and byte by byte; encode those that the agent writes."""
    paths = sorted(glob.glob(os.path.join(HERE, '..', 'cases', 'frames', '*.json')))
    problems = [] if paths else ['no cases']
    for path in paths:
        with open(path, encoding='utf-8') as file:
            case = json.load(file)
        data, blob = base64.b64decode(case['bytes']), base64.b64decode(case['blob'])
        slow = frames.Decoder()
        pieces = [frame for at in range(len(data)) for frame in slow.feed(data[at:at + 1])]
        twice = frames.Decoder().feed(data + data)
        wanted = (case['header'], blob)
        if pieces != [wanted] or twice != [wanted, wanted]:
            problems.append('%s: decoded %r' % (path, pieces))
        if case['direction'] == 'from-agent' and frames.encode(*wanted) != data:
            problems.append('%s: encoded %r' % (path, frames.encode(*wanted)))
    print('\n'.join(problems))
    sys.exit(bool(problems))


if __name__ == '__main__':
    main()
