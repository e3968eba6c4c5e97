#!/usr/bin/python3
"""Writes the golden frames of test/cases/frames: the protocol between host and agent, byte by byte.

    /usr/bin/python3 test/record/frames.py

Each file holds `{direction, header, blob, bytes}`, blob and bytes in base64. They are made here with nothing but the
definition (two big-endian lengths, JSON, blob), so that neither side checks itself against itself.
"""

import base64
import json
import os
import struct

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cases', 'frames')

TO_AGENT = {
    'run': ({'t': 'run', 'id': 1, 'epoch': 0, 'module': 'command', 'args': {'_raw_params': 'echo a'}}, b''),
    'run-with-all': ({
        't': 'run', 'id': 2, 'epoch': 3, 'module': 'copy', 'args': {'dest': '/etc/motd', 'mode': '0644'},
        'tolerated': True, 'group': 4, 'groupEnd': True, 'check': True, 'diff': True,
        'environment': {'LANG': 'C'}, 'become': {'method': 'sudo', 'user': 'root', 'flags': '-H -S'},
        'timeout': 30, 'interpreter': '/usr/bin/python3'}, b'inline\x00content'),
    'run-with-stream': (
        {'t': 'run', 'id': 3, 'epoch': 0, 'module': 'copy', 'args': {'dest': '/tmp/a'}, 'stream': 70000}, b''),
    'run-with-other-scripts': (
        {'t': 'run', 'id': 4, 'epoch': 0, 'module': 'shell', 'args': {'_raw_params': 'echo ä€😀'}}, b''),
    'load': ({'t': 'load', 'name': 'modules.stat', 'kind': 'native'}, b'x\x9c\x00\xff'),
    'data': ({'t': 'data', 'id': 3}, bytes(range(256))),
    'data-end': ({'t': 'data', 'id': 3, 'end': True}, b''),
    'cancel': ({'t': 'cancel', 'id': 3}, b''),
    'quit': ({'t': 'quit'}, b''),
    'run-with-key': ({
        't': 'run', 'id': 5, 'epoch': 0, 'module': 'command', 'args': {'_raw_params': 'echo a'},
        'group': 4, 'groupEnd': True, 'groupFailed': True, 'key': 'play 1 task 2'}, b''),
    'keep': ({'t': 'keep', 'name': '0f9c', 'holder': 'a1', 'idleSeconds': 60, 'busySeconds': 3600}, b''),
    'take': ({'t': 'take', 'fence': 7}, b''),
    'forget': ({'t': 'forget', 'keys': ['play 1 task 1', 'play 1 task 2']}, b''),
    'detach': ({'t': 'detach'}, b''),
}
FROM_AGENT = {
    'ready': ({'t': 'ready', 'protocol': 1, 'python': '3.11.2', 'executable': '/usr/bin/python3', 'pid': 7, 'uid': 0}, b''),
    'result': ({'t': 'result', 'result': {'changed': False, 'ping': 'pong'}, 'id': 1, 'epoch': 0}, b''),
    'result-with-spill': (
        {'t': 'result', 'result': {'rc': 0}, 'spill': [['stdout', 600000]], 'id': 1, 'epoch': 0}, b''),
    'result-with-a-stray-byte': (
        {'t': 'result', 'result': {'stdout': 'a\udcff'}, 'id': 1, 'epoch': 0}, b''),
    'piece': ({'t': 'data', 'id': 1}, b'\x00' * 100),
    'need': ({'t': 'need', 'id': 3}, b''),
    'kept': ({
        't': 'kept', 'agent': 'c0ffee', 'isNew': True, 'inHand': None, 'known': 0, 'epoch': 0, 'lasting': True}, b''),
    'left': ({'t': 'left'}, b''),
    'kept-and-fenced': ({
        't': 'kept', 'agent': 'c0ffee', 'isNew': False, 'inHand': 'play 1 task 2', 'known': 3, 'epoch': 0,
        'lasting': True, 'fenced': True}, b''),
    'error': ({
        't': 'error', 'kind': 'become-refused', 'message': 'Missing sudo password', 'id': 2, 'epoch': 1}, b''),
}


def main():
    """Write one file for each frame."""
    os.makedirs(CASES, exist_ok=True)
    for direction, frames in (('to-agent', TO_AGENT), ('from-agent', FROM_AGENT)):
        for name, (header, blob) in frames.items():
            # The agent writes ASCII, the host UTF-8; both read both.
            text = json.dumps(header, separators=(',', ':'), ensure_ascii=direction == 'from-agent').encode('utf-8')
            frame = struct.pack('>II', len(text), len(blob)) + text + blob
            case = {'direction': direction, 'header': header, 'blob': base64.b64encode(blob).decode(),
                    'bytes': base64.b64encode(frame).decode()}
            with open(os.path.join(CASES, '%s-%s.json' % (direction, name)), 'w') as file:
                json.dump(case, file, indent=1)
                file.write('\n')


if __name__ == '__main__':
    main()
