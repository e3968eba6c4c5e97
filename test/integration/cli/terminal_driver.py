"""Run a command on a terminal of its own: press keys once a text has appeared, and print what it showed.

Usage: terminal_driver.py '[["text to wait for", "keys"], ...]' COMMAND [ARGUMENT ...]
"""

import json
import os
import pty
import sys


def main():
    answers = [tuple(text.encode() for text in pair) for pair in json.loads(sys.argv[1])]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        shown += piece
        while answers and answers[0][0] in shown:
            os.write(terminal, answers.pop(0)[1])
    sys.stdout.buffer.write(shown)
    sys.exit(os.WEXITSTATUS(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
