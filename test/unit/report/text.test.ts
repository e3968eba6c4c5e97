/** Diffs, wrapped paragraphs and text widths against Python's (recorded by test/record/text.py). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textWidth } from '../../../shared/report/text-width.ts';
import { unifiedDiff } from '../../../shared/report/unified-diff.ts';
import { wrapText } from '../../../shared/report/wrap-text.ts';

test('unified diffs are those of difflib', () => {
  for (const { a, b, context, diff } of cases('diffs')) {
    const lines = unifiedDiff(linesOf(a), linesOf(b), { from: 'before', to: 'after: x', context });
    expect(lines.join(''), `${a} / ${b}`).toBe(diff);
  }
});

test('paragraphs are wrapped as by textwrap', () => {
  for (const { columns, keepsSpaces, lines, text } of cases('wraps')) {
    expect(wrapText(text, { columns, keepsSpaces }), JSON.stringify(text)).toEqual(lines);
  }
});

test('texts are as wide as the C library says', () => {
  const widths = cases('widths').map(({ text }) => ({ text, width: textWidth(text) }));
  expect(widths).toEqual(cases('widths'));
});

function cases(name: string): Record<string, never>[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../cases/text/${name}.json`), 'utf8'));
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(' ').map((line) => `${line}\n`);
}
