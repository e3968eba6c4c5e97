#!/usr/bin/python3
"""Record Python's unified diffs and wrapped paragraphs, and the C library's text widths, for the reports."""

import difflib
import json
import locale
import os
import random
import textwrap

from ansible.utils.display import get_text_width

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cases", "text")


def write(name, cases):
    with open(os.path.join(OUT, name), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")


def diff(a, b, context):
    lines = difflib.unified_diff(
        [line + "\n" for line in a], [line + "\n" for line in b], "before", "after: x", "", "", context)
    return {"a": " ".join(a), "b": " ".join(b), "context": context, "diff": "".join(lines)}


def changed(rng, lines, words):
    out = []
    for line in lines:
        chance = rng.random()
        if chance < 0.08:
            continue
        if chance < 0.16:
            out.append(rng.choice(words))
        out.append(line)
    return out


def diffs():
    rng = random.Random(20)
    yield diff([], [], 3)
    yield diff([], ["a"], 3)
    yield diff(["a"], [], 3)
    yield diff(["a"], ["a"], 3)
    for size in (3, 5, 8, 13, 21, 40):
        for context in (0, 1, 3):
            for words in ("ab", "abcde", [str(number) for number in range(60)]):
                a = [rng.choice(words) for _ in range(size)]
                yield diff(a, changed(rng, a, words), context)
                yield diff(a, [rng.choice(words) for _ in range(size)], context)
    for size in (199, 200, 230, 450):
        words = ["common"] + [str(number) for number in range(120)]
        weights = [60] + [1] * 120
        a = rng.choices(words, weights, k=size)
        yield diff(a, changed(rng, a, words), 3)


PIECES = ["a", "word", "two-part", "three-part-word", "--option", "em--dash", "x" * 30, "-", "--", "a-b", "1-2",
          "e-mail.", "(par-en)", "grüße", "日本", "don't", "end.", "\t", "  ", "\n", "foo_bar-baz", "-x-y-", "http://a-b.c/d-e",
          "long-" * 8, "-" * 25, "ends-with-", "(a)-(b)", "é-ü", "a1-b2", "\u00a0", "\r"]


def wraps():
    rng = random.Random(7)
    for columns in (10, 20, 79):
        for keeps in (False, True):
            for _ in range(60):
                text = "".join(rng.choice(PIECES) + rng.choice(["", " ", " ", " "]) for _ in range(rng.randint(1, 12)))
                lines = textwrap.wrap(text, columns, drop_whitespace=not keeps)
                yield {"text": text, "columns": columns, "keepsSpaces": keeps, "lines": lines}


def widths():
    for text in ["", "plain", "日本語", "grüße", "e\u0301", "\u200b", "🎉 party", "👩‍👩‍👧", "\x1b[0m", "a\x7fb", "ｆｕｌｌ", "한국어",
                 "\u00ad", "☃", "✅ done", "→", "…", "–", "❤️", "🇩🇪", "अनुच्छेद", "ไทย", "\U0001fae0", "①", "★", "□", "⚠️", "\ufeff"]:
        yield {"text": text, "width": get_text_width(text)}


def main():
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    write("diffs.json", diffs())
    write("wraps.json", wraps())
    write("widths.json", widths())


main()
