#!/usr/bin/python3
"""Record which tags Ansible selects: all combinations of a few tags, --tags and --skip-tags."""

import itertools
import json
import os

from ansible.playbook.taggable import Taggable

OWN = ["a", "b", "always", "never", "untagged"]
ASKED = ["a", "c", "all", "tagged", "untagged", "always", "never"]
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases", "tags", "selected.json")


class Thing(Taggable):
    _loader = None
    tags = []


def some(words, most):
    for size in range(most + 1):
        yield from itertools.combinations(words, size)


def main():
    cases = {}
    for only in some(ASKED, 2):
        for skip in some(ASKED, 2):
            selected = []
            for own in some(OWN, 2):
                thing = Thing()
                thing.tags = list(own)
                if thing.evaluate_tags(list(only), list(skip), {}):
                    selected.append(",".join(own))
            cases["--tags %s --skip-tags %s" % (",".join(only), ",".join(skip))] = selected
    with open(OUT, "w", encoding="utf-8") as file:
        lines = ["%s: %s" % (json.dumps(key), json.dumps(value)) for key, value in cases.items()]
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


main()
