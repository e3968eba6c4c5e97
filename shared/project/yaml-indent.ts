/**
 * Lines at the left margin inside quotes and brackets: PyYAML reads them, the YAML 1.2 parser only when they are
 * indented. Indenting them changes neither values (blanks count for nothing there) nor line numbers.
 */

import type { Position } from '../base/diagnostic.ts';
import { positionFinder } from './text-position.ts';

/** More than the depth of any sensible file. */
const DEPTH = 80;

/** `text` with the line of a bracketed list or dict at `offset` indented. */
export function indentFlowLine(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return `${text.slice(0, start)}${' '.repeat(DEPTH)}${text.slice(start)}`;
}

/** Positions in `source` of offsets in `text`, which is `source` with some lines indented. */
export function sourcePositions(source: string, text: string, file: string): (offset: number) => Position {
  const find = positionFinder(text, file);
  if (source === text) return find;
  const before = source.split('\n');
  const after = text.split('\n');
  return (offset) => {
    const { line, column } = find(offset);
    const added = (after[line - 1]?.length ?? 0) - (before[line - 1]?.length ?? 0);
    return { file, line, column: Math.max(1, column - added) };
  };
}

/** `text` with the further lines of the quoted scalar that the parser lost at `offset` indented, or undefined. */
export function indentQuoted(text: string, offset: number): string | undefined {
  for (let line = lineStart(text, offset); line >= 0; line = line === 0 ? -1 : lineStart(text, line - 1)) {
    const start = openingQuote(text, line);
    const end = start === undefined ? undefined : closingQuote(text, start);
    if (start === undefined || end === undefined || end < offset) continue;
    const body = text.slice(start, end).replaceAll('\n', `\n${' '.repeat(DEPTH)}`);
    return `${text.slice(0, start)}${body}${text.slice(end)}`;
  }
  return undefined;
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the value of the line that starts at `line` opens a quote. */
function openingQuote(text: string, line: number): number | undefined {
  const pattern = /[ ]*(?:-[ ]+)*(?:[^\s'"#][^'"#\n]*?:[ ]+)?(?=["'])/y;
  pattern.lastIndex = line;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function closingQuote(text: string, start: number): number | undefined {
  const pattern = text[start] === '"' ? /(?:[^"\\]|\\[\s\S])*"/y : /(?:[^']|'')*'/y;
  pattern.lastIndex = start + 1;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
