#!/usr/bin/python3
"""Record the names that values of Python's classes have, by an expression that makes such a value."""

import json
import os

from jinja2 import Environment
from jinja2.ext import do

EXPRESSIONS = [
    "''",
    "''.encode()",
    "1",
    "true",
    "1.5",
    "[1]",
    "(1,)",
    "{'a': 1}",
    "{'a': 1}.keys()",
    "{'a': 1}.values()",
    "{'a': 1}.items()",
    "range(3)",
    "''.maketrans('a', 'b')",
    "moment",
    "moment.date()",
    "moment.time()",
    "moment - moment",
    "moment.isocalendar()",
    "moment.timetuple()",
    "zoned.tzinfo",
    "'' | escape",
    "namespace(a=1)",
    "cycler(1)",
    "joiner()",
]
CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases", "python-names")


def main():
    import datetime

    environment = Environment(extensions=[do])
    moment = datetime.datetime(2024, 2, 29)
    values = {"moment": moment, "zoned": moment.replace(tzinfo=datetime.timezone.utc)}
    recorded = {}
    for expression in EXPRESSIONS:
        value = environment.compile_expression(expression)(**values)
        recorded[expression] = [name for name in dir(value) if not name.startswith("_")]
    macro = environment.from_string("{% macro m(a) %}{% endmacro %}").module.m
    recorded["m"] = [name for name in dir(macro) if not name.startswith("_")]
    loops = []
    template = environment.from_string("{% for i in [1] %}{% do loops.append(loop) %}{% endfor %}")
    template.render(loops=loops)
    recorded["loop"] = [name for name in dir(loops[0]) if not name.startswith("_")]
    os.makedirs(CASES, exist_ok=True)
    with open(os.path.join(CASES, "recorded.json"), "w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=1)
        file.write("\n")


main()
