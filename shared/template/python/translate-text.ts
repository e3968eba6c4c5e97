/** Replacing characters by a table: Python's `str.maketrans` and `str.translate`. */

import type { Value } from '../../base/value.ts';
import { dictGet, dictSet } from './dict-key.ts';
import { typeError, valueError } from './error.ts';
import { textArgument } from './method.ts';
import { asDict, asInt, asSequence, asText, force, textLength, typeName } from './values.ts';

/** The table that `maketrans` makes. */
export function translationOf(args: readonly Value[]): Value {
  const [first, ...rest] = args;
  if (first === undefined) throw typeError('maketrans expected at least 1 argument, got 0');
  if (rest.length > 2) throw typeError(`maketrans expected at most 3 arguments, got ${args.length}`);
  return makeTranslation(first, ...rest);
}

function makeTranslation(x: Value, ...rest: readonly Value[]): Value {
  const table = new Map<Value, Value>();
  if (rest.length === 0) {
    const map = asDict(x);
    if (map === undefined) throw typeError('if you give only one argument to maketrans it must be a dict');
    for (const [key, item] of map) dictSet(table, asInt(key) ?? keyCode(key), item);
    return table;
  }
  const [to = [], removed = []] = rest.map((text, index) => [
    ...textArgument(text, `maketrans() argument ${index + 2}`),
  ]);
  const from = asText(force(x));
  if (from === undefined)
    throw typeError('first maketrans argument must be a string if there is a second argument');
  const characters = [...from];
  if (characters.length !== to.length)
    throw valueError('the first two maketrans arguments must have equal length');
  for (const [index, character] of characters.entries())
    table.set(character.codePointAt(0) ?? 0, to[index]?.codePointAt(0) ?? null);
  for (const character of removed) table.set(character.codePointAt(0) ?? 0, null);
  return table;
}

function keyCode(key: Value): number {
  const text = asText(key);
  if (text === undefined) throw typeError('keys in translate table must be strings or integers');
  if (textLength(text) !== 1) throw valueError('string keys in translate table must be of length 1');
  return text.codePointAt(0) ?? 0;
}

/** `text.translate(table)`. */
export function translateText(text: string, given: Value): string {
  const table = force(given);
  const map = asDict(table);
  const items = map === undefined ? asSequence(table) : undefined;
  if (map === undefined && items === undefined && text !== '')
    throw typeError(`'${typeName(table)}' object is not subscriptable`);
  const at = (code: number): Value | undefined => (map === undefined ? items?.[code] : dictGet(map, code));
  return [...text].map((character) => translateOne(character, at(character.codePointAt(0) ?? 0))).join('');
}

function translateOne(character: string, to: Value | undefined): string {
  if (to === undefined) return character;
  if (to === null) return '';
  const code = asInt(to);
  const put = code === undefined ? asText(to) : undefined;
  if (code === undefined && put === undefined)
    throw typeError('character mapping must return integer, None or str');
  return code === undefined ? (put ?? '') : String.fromCodePoint(Number(code));
}
