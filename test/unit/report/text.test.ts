/** Diffs, wrapped paragraphs and text widths against Python's (recorded by test/record/text.py). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textWidth } from '../../../shared/report/text-width.ts';
import { unifiedDiff } from '../../../shared/report/unified-diff.ts';
import { wrapText } from '../../../shared/report/wrap-text.ts';

type DiffCase = { readonly a: string; readonly b: string; readonly context: number; readonly diff: string };
type WrapCase = {
  readonly text: string;
  readonly columns: number;
  readonly keepsSpaces: boolean;
  readonly lines: readonly string[];
};
type WidthCase = { readonly text: string; readonly width: number };

test('unified diffs are those of difflib', () => {
  for (const { a, b, context, diff } of cases<DiffCase>('diffs')) {
    const lines = unifiedDiff(linesOf(a), linesOf(b), { from: 'before', to: 'after: x', context });
    expect(lines.join(''), `${a} / ${b}`).toBe(diff);
  }
});

test('paragraphs are wrapped as by textwrap', () => {
  for (const { columns, keepsSpaces, lines, text } of cases<WrapCase>('wraps')) {
    expect(wrapText(text, { columns, keepsSpaces }), JSON.stringify(text)).toEqual(lines);
  }
});

test('texts are as wide as the C library says', () => {
  const widths = cases<WidthCase>('widths').map(({ text }) => ({ text, width: textWidth(text) }));
  expect(widths).toEqual(cases<WidthCase>('widths'));
});

function cases<Case>(name: string): readonly Case[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../cases/text/${name}.json`), 'utf8'));
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(' ').map((line) => `${line}\n`);
}
