/** Lookups that reshape lists: items, list, dict, indexed_items, nested, together, subelements, sequence. */

import { limits } from '../../base/limits.ts';
import type { Dict, Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import { ansibleError } from '../filter-error.ts';
import { dictGet } from '../python/dict-key.ts';
import { pythonError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { PyTuple } from '../python/special.ts';
import {
  asDict,
  asSequence,
  asText,
  checkSize,
  force,
  isMapping,
  iterateOrUndefined,
  toList,
  typeName,
} from '../python/values.ts';
import { stripText } from '../python/whitespace.ts';
import { boolOption } from './options.ts';
import { generateSequence } from './sequence.ts';

/** List lookups. */
export const listLookups: readonly Lookup[] = [
  { name: 'items', call: (_env, terms) => flatten(terms) },
  { name: 'list', call: (_env, terms) => [...terms] },
  { name: 'dict', call: (_env, terms) => terms.flatMap((term) => dictItems(force(term))) },
  {
    name: 'indexed_items',
    call: (_env, terms) => flatten(terms).map((item, index) => new PyTuple([index, item])),
  },
  { name: 'nested', call: (_env, terms) => nested(terms) },
  { name: 'together', call: (_env, terms) => together(terms) },
  { name: 'subelements', call: (_env, terms) => subelements(terms) },
  {
    name: 'sequence',
    call: (_env, terms) => terms.flatMap((term) => generateSequence(force(term))),
  },
];

/** One level of lists and tuples taken apart. */
function flatten(terms: readonly Value[]): Value[] {
  return terms.flatMap((raw) => {
    const term = force(raw);
    return [...(asSequence(term) ?? [term])].map(force);
  });
}

function dictItems(term: Value): Value[] {
  const entries = asDict(term);
  if (entries === undefined) throw ansibleError('with_dict expects a dict');
  return [...entries].map(([key, value]) => entryOf(key, force(value)));
}

/** An entry of a dict as loops see it: with a key and a value. */
export function entryOf(key: Value, value: Value): Dict {
  return new Map<Value, Value>([
    ['key', key],
    ['value', value],
  ]);
}

/** A term as a list: one text, and what has no items, stands for a list of one. */
export function asList(raw: Value): Value[] {
  const term = force(raw);
  const text = asText(term);
  if (text !== undefined) return [stripText(text)];
  if (iterateOrUndefined(term) === undefined) return [term];
  return toList(term);
}

function nested(terms: readonly Value[]): Value[] {
  if (terms.length === 0) throw ansibleError('with_nested requires at least one element in the nested list');
  const [first = [], ...others] = terms.map(asList);
  const combine = (rows: Value[], column: Value[]): Value[] => {
    checkSize(rows.length * column.length, limits.templateItemsMax);
    return rows.flatMap((row) => column.map((item) => flatten([row, item])));
  };
  // Lists in the lists are taken apart once more each time, and at the end.
  return others.reduce(combine, first).map((row) => flatten(toList(row)));
}

function together(terms: readonly Value[]): Value[] {
  if (terms.length === 0) throw ansibleError('with_together requires at least one element in each list');
  const columns = terms.map(asList);
  const count = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: count }, (_, row) => flatten(columns.map((column) => column[row] ?? null)));
}

const FLAG = 'skip_missing';

function termsError(message = ''): Error {
  return ansibleError(`subelements lookup expects a list of two or three items, ${message}`);
}

function subelements(terms: readonly Value[]): Value[] {
  if (terms.length === 0) throw pythonError('IndexError', 'list index out of range');
  if (terms.length < 2 || terms.length > 3) throw termsError();
  const [given = null, path = null, flags = null] = terms.map(force);
  const source = Array.isArray(given) || isMapping(given) ? given : [given];
  const key = asText(path);
  if (key === undefined) {
    throw termsError('first a dict or a list, second a string pointing to the subkey');
  }
  const options = flags === null ? new Map<Value, Value>() : flagsOf(flags);
  const elements = asDict(source);
  if (elements !== undefined && isSkipped(elements)) return [];
  const isLenient = boolOption(
    new Map([...options].map(([name, value]) => [str(name), value])),
    'skip_missing',
    false,
  );
  const items = elements === undefined ? toList(source) : [...elements.values()];
  return items.flatMap((item) => elementPairs(force(item), key.split('.'), isLenient));
}

/** A list of nothing but flags is let through, and fails where it is used. */
function flagsOf(flags: Value): ReadonlyMap<Value, Value> {
  const options = asDict(flags);
  if (options !== undefined) return options;
  if (toList(flags).some((flag) => flag !== FLAG)) {
    throw termsError(`the optional third item must be a dict with flags ${FLAG}`);
  }
  throw pythonError('AttributeError', `'${typeName(flags)}' object has no attribute 'get'`);
}

function isSkipped(item: ReadonlyMap<Value, Value>): boolean {
  const skipped = item.get('skipped');
  return skipped !== undefined && skipped !== false;
}

function elementPairs(item: Value, path: readonly string[], isLenient: boolean): Value[] {
  const element = asDict(item);
  if (element === undefined) {
    throw ansibleError(`subelements lookup expects a dictionary, got '${str(item)}'`);
  }
  if (isSkipped(element)) return [];
  let holder = element;
  for (const [index, key] of path.entries()) {
    const value = dictGet(holder, key);
    if (value === undefined) {
      if (isLenient) continue;
      throw ansibleError(`could not find '${key}' key in iterated item '${str(holder)}'`);
    }
    const settled = force(value);
    if (index === path.length - 1) return pairsOf(element, settled, { path, holder });
    const inner = asDict(settled);
    if (inner !== undefined) holder = inner;
    else if (!isLenient) {
      throw ansibleError(`the key ${key} should point to a dictionary, got '${str(settled)}'`);
    }
  }
  return [];
}

type Place = { readonly path: readonly string[]; readonly holder: ReadonlyMap<Value, Value> };

/** Each item of the list with its element; the element comes without the list. */
function pairsOf(element: ReadonlyMap<Value, Value>, list: Value, place: Place): Value[] {
  const key = place.path.at(-1) ?? '';
  if (!Array.isArray(list)) throw ansibleError(`the key ${key} should point to a list, got '${str(list)}'`);
  const rest = withoutPath(element, place.path);
  return list.map((item) => new PyTuple([rest, force(item)]));
}

function withoutPath(element: ReadonlyMap<Value, Value>, path: readonly string[]): Map<Value, Value> {
  const [key = '', ...deeper] = path;
  const copy = new Map(element);
  if (deeper.length === 0) copy.delete(key);
  else copy.set(key, withoutPath(asDict(force(copy.get(key) ?? null)) ?? new Map(), deeper));
  return copy;
}
