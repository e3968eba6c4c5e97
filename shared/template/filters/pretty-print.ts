/** Python's `pprint.pformat`: dicts sorted, lines of at most 80 columns. */

import type { Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import { compare } from '../python/comparison.ts';
import { repr } from '../python/repr.ts';
import { LazyDict, PySet, PyTuple } from '../python/special.ts';
import { asDict, asText, force, textLength, typeName } from '../python/values.ts';
import { keepLineEnds, SPACE_CLASS } from '../python/whitespace.ts';
import { TemplateError } from '../template-error.ts';

const WIDTH = 80;

/** The text of a value. */
export function prettyPrint(value: Value): string {
  return layOut(value, { indent: 0, allowance: 0, level: 0 });
}

type Place = { readonly indent: number; readonly allowance: number; readonly level: number };

function layOut(value: Value, place: Place): string {
  countVisit();
  const line = oneLine(value);
  if (textLength(line) <= WIDTH - place.indent - place.allowance) return line;
  const text = asText(value);
  if (text !== undefined && text !== '') return layOutText(text, place);
  if (value instanceof Map || value instanceof LazyDict) return layOutDict(value, place);
  if (Array.isArray(value)) return `[${layOutItems(value, place)}]`;
  if (value instanceof PyTuple && !isGroup(value)) {
    const close = value.items.length === 1 ? ',' : '';
    return `(${layOutItems(value.items, { ...place, allowance: place.allowance + close.length })}${close})`;
  }
  if (value instanceof PySet && value.items.size > 0)
    return `{${layOutItems(sortedItems([...value.items]), place)}}`;
  return line;
}

/** `repr`, with the keys of dicts in order. */
function oneLine(value: Value): string {
  countVisit();
  const settled = force(value);
  if (settled instanceof Map || settled instanceof LazyDict) {
    return `{${sortedEntries(settled)
      .map(([key, item]) => `${oneLine(key)}: ${oneLine(item)}`)
      .join(', ')}}`;
  }
  if (Array.isArray(settled)) return `[${settled.map(oneLine).join(', ')}]`;
  if (settled instanceof PyTuple && !isGroup(settled)) {
    const items = settled.items.map(oneLine).join(', ');
    return settled.items.length === 1 ? `(${items},)` : `(${items})`;
  }
  return repr(settled);
}

/** What `groupby` gives has a repr of its own, which pprint takes as it is. */
function isGroup(value: PyTuple): boolean {
  return typeName(value) === '_GroupTuple';
}

/** Orders as pprint does: by value, or by class name where values cannot be compared. */
function safeCompare(a: Value, b: Value): number {
  try {
    return compare(a, b);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const [x, y] = [`<class '${typeName(a)}'>`, `<class '${typeName(b)}'>`];
    return x < y ? -1 : x > y ? 1 : 0;
  }
}

function sortedEntries(value: Value): [Value, Value][] {
  return [...(asDict(value) ?? [])].sort(([a], [b]) => safeCompare(a, b));
}

function sortedItems(items: Value[]): Value[] {
  return items.sort(safeCompare);
}

function layOutDict(value: Value, place: Place): string {
  const entries = sortedEntries(value);
  const indent = place.indent + 1;
  const lines = entries.map(([key, item], index) => {
    const name = oneLine(key);
    const allowance = index === entries.length - 1 ? place.allowance + 1 : 1;
    const inner = { indent: indent + textLength(name) + 2, allowance, level: place.level + 1 };
    return `${name}: ${layOut(force(item), inner)}`;
  });
  return `{${lines.join(`,\n${' '.repeat(indent)}`)}}`;
}

function layOutItems(items: readonly Value[], place: Place): string {
  const indent = place.indent + 1;
  const lines = items.map((item, index) => {
    const allowance = index === items.length - 1 ? place.allowance + 1 : 1;
    return layOut(force(item), { indent, allowance, level: place.level + 1 });
  });
  return lines.join(`,\n${' '.repeat(indent)}`);
}

/** A long text as several literals, one below the other; in brackets when it stands alone. */
function layOutText(text: string, place: Place): string {
  const isAlone = place.level === 0;
  const indent = place.indent + (isAlone ? 1 : 0);
  const allowance = place.allowance + (isAlone ? 1 : 0);
  const lines = keepLineEnds(text);
  const pieces: string[] = [];
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const room = WIDTH - indent - (isLast ? allowance : 0);
    const whole = repr(line);
    if (textLength(whole) <= room) pieces.push(whole);
    else pieces.push(...splitLine(line, { width: WIDTH - indent, allowance: isLast ? allowance : 0 }));
  }
  if (pieces.length === 1) return pieces[0] ?? '';
  const joined = pieces.join(`\n${' '.repeat(indent)}`);
  return isAlone ? `(${joined})` : joined;
}

const WORD_AND_SPACE = new RegExp(`[^${SPACE_CLASS}]*[${SPACE_CLASS}]*`, 'g');

function splitLine(line: string, room: { readonly width: number; readonly allowance: number }): string[] {
  const parts = line.match(WORD_AND_SPACE)?.filter((part) => part !== '') ?? [];
  const pieces: string[] = [];
  let current = '';
  for (const [index, part] of parts.entries()) {
    const candidate = current + part;
    const most = index === parts.length - 1 ? room.width - room.allowance : room.width;
    if (textLength(repr(candidate)) > most) {
      if (current !== '') pieces.push(repr(current));
      current = part;
    } else {
      current = candidate;
    }
  }
  if (current !== '') pieces.push(repr(current));
  return pieces;
}
