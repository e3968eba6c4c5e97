"""Runs a line through a shell."""

from modules import command


def run(args, context):
    """Return what the line printed and how it ended."""
    return command.run(dict(args, _uses_shell=True), context)
