/** Jinja2's filters over sequences: first, sort, unique, groupby, batch and their kin. */

import { limits } from '../../base/limits.ts';
import type { Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import type { Builtin } from '../builtin.ts';
import { attributeError, filterArgumentError } from '../filter-error.ts';
import { checkText, operate } from '../python/arithmetic.ts';
import { compare, equals, isOrdered } from '../python/comparison.ts';
import { dictKey, hasKey } from '../python/dict-key.ts';
import { typeError, undefinedError, valueError } from '../python/error.ts';
import { isHtml } from '../python/markup-text.ts';
import { intArgument } from '../python/method.ts';
import { numberOrUndefined } from '../python/number.ts';
import { str } from '../python/repr.ts';
import { sortAsPython } from '../python/sort.ts';
import { LazyDict, LazyList, Markup, PyBytes, PySet, PyTuple, Undefined } from '../python/special.ts';
import {
  asSequence,
  asText,
  characters,
  checkSize,
  force,
  isMapping,
  isTrue,
  itemsOf,
  iterate,
  iterateOrUndefined,
  length,
  toList,
  typeName,
} from '../python/values.ts';
import { ignoreCase, makeGetter, makeMultiGetter } from './attribute-path.ts';

/** Sequence filters. */
export const sequenceFilters: readonly Builtin[] = [
  { name: 'default', signature: "default_value='', boolean=False", call: defaultTo },
  { name: 'd', signature: "default_value='', boolean=False", call: defaultTo },
  { name: 'first', signature: '', call: (_env, value) => first(value) },
  { name: 'last', signature: '', call: (_env, value) => last(value) },
  { name: 'length', signature: '', call: (_env, value) => length(force(value)) },
  { name: 'count', signature: '', call: (_env, value) => length(force(value)) },
  { name: 'list', signature: '', call: (_env, value) => toList(force(value)) },
  { name: 'join', signature: "d='', attribute=None", call: join },
  { name: 'reverse', signature: '', call: (_env, value) => reverse(value) },
  { name: 'sort', signature: 'reverse=False, case_sensitive=False, attribute=None', call: sort },
  { name: 'min', signature: 'case_sensitive=False, attribute=None', call: (_e, ...a) => extreme(-1, a) },
  { name: 'max', signature: 'case_sensitive=False, attribute=None', call: (_e, ...a) => extreme(1, a) },
  { name: 'sum', signature: 'attribute=None, start=0', call: sum },
  { name: 'batch', signature: 'linecount, fill_with=None', call: batch },
  { name: 'slice', signature: 'slices, fill_with=None', call: slice },
  { name: 'groupby', signature: 'attribute, default=None, case_sensitive=False', call: groupby },
  { name: 'dictsort', signature: "case_sensitive=False, by='key', reverse=False", call: dictsort },
  { name: 'items', signature: '', call: (_env, value) => items(value) },
];

function defaultTo(_env: unknown, value: Value, fallback: Value = '', boolean: Value = false): Value {
  const settled = force(value);
  if (settled instanceof Undefined || (isTrue(boolean) && !isTrue(settled))) return unrolled(fallback);
  return unrolled(settled);
}

/** What a filter passes on: Ansible makes lists of ranges and of the views of dicts. */
export function unrolled(value: Value): Value {
  return value instanceof LazyList ? [...itemsOf(value)] : value;
}

function first(value: Value): Value {
  for (const item of iterate(force(value))) return unrolled(force(item));
  return new Undefined('No first item, sequence was empty.');
}

function last(value: Value): Value {
  const items = reversible(force(value));
  return items.length === 0
    ? new Undefined('No last item, sequence was empty.')
    : unrolled(force(items.at(-1) ?? null));
}

/** The items of what Python's `reversed()` accepts. */
function reversible(value: Value): Value[] {
  if (value instanceof PySet) throw typeError("'set' object is not reversible");
  if (value instanceof PyBytes) return [...value.bytes];
  if (iterateOrUndefined(value) === undefined)
    throw typeError(`'${typeName(value)}' object is not reversible`);
  return toList(value);
}

function join(_env: unknown, value: Value, d: Value = '', attribute: Value = null): Value {
  const get = makeGetter(attribute);
  const separator = str(d);
  let joined: string | undefined;
  for (const item of iterate(force(value))) {
    const text = str(get(item));
    joined = joined === undefined ? text : checkText(joined + separator + text);
  }
  return joined ?? '';
}

function reverse(value: Value): Value {
  const settled = force(value);
  const text = asText(settled);
  if (text !== undefined) {
    const reversed = Array.from(characters(text)).reverse().join('');
    return isHtml(settled) ? new Markup(reversed) : reversed;
  }
  if (settled !== null && iterateOrUndefined(settled) === undefined) {
    throw filterArgumentError('argument must be iterable');
  }
  if (settled === null) throw filterArgumentError('argument must be iterable');
  return toList(settled).reverse();
}

type Keyed = { readonly key: Value; readonly item: Value };

/** Python's stable `sorted()` over keys. */
function sortKeyed(keyed: Keyed[], isReversed: boolean, order: typeof compare = compare): Value[] {
  return sortAsPython(keyed, (a, b) => order(a.key, b.key), isReversed).map(({ item }) => item);
}

/** The order of two lists that hold one key each: equal ones need no order. */
function compareAlone(a: Value, b: Value): number {
  return equals(a, b) ? 0 : compare(a, b);
}

function sort(
  _env: unknown,
  value: Value,
  reverse: Value = false,
  caseSensitive: Value = false,
  attribute: Value = null,
): Value {
  const adapt = isTrue(caseSensitive) ? (key: Value) => key : ignoreCase;
  const items = toList(force(value));
  if (attribute === null) {
    const alone = items.map((item) => ({ key: adapt(force(item)), item }));
    return sortKeyed(alone, intArgument(reverse) !== 0, compareAlone);
  }
  const get = makeMultiGetter(attribute);
  const keyed = items.map((item) => ({ key: get(item).map(adapt), item }));
  return sortKeyed(keyed, intArgument(reverse) !== 0);
}

function extreme(sign: 1 | -1, args: readonly Value[]): Value {
  const [value = null, caseSensitive = false, attribute = null] = args;
  const get = makeGetter(attribute);
  const adapt = isTrue(caseSensitive) ? (key: Value) => key : ignoreCase;
  let best: Keyed | undefined;
  for (const item of iterate(force(value))) {
    const key = adapt(get(item));
    if (best === undefined || isOrdered(sign > 0 ? '>' : '<', key, best.key)) best = { key, item };
  }
  return best === undefined
    ? new Undefined('No aggregated item, sequence was empty.')
    : unrolled(force(best.item));
}

function sum(_env: unknown, value: Value, attribute: Value = null, start: Value = 0): Value {
  const get = makeGetter(attribute);
  const items = iterate(force(value));
  if (asText(force(start)) !== undefined) {
    throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
  }
  if (force(start) instanceof PyBytes) throw typeError("sum() can't sum bytes [use b''.join(seq) instead]");
  let total: Value = start;
  for (const item of items) total = operate('+', total, get(item));
  return unrolled(total);
}

function batch(_env: unknown, value: Value, linecount: Value = 1, fill: Value = null): Value {
  const size = numberOrUndefined(force(linecount)) ?? Number.NaN;
  const lines: Value[][] = [];
  let line: Value[] = [];
  for (const item of iterate(force(value))) {
    if (linecount instanceof Undefined) throw undefinedError(linecount);
    if (line.length === size) {
      lines.push(line);
      countVisit();
      line = [];
    }
    line.push(item);
  }
  if (line.length > 0) {
    if (fill !== null) {
      isOrdered('<', line.length, linecount);
      checkSize(size, limits.templateItemsMax);
      while (line.length < size) line.push(fill);
    }
    lines.push(line);
  }
  return lines;
}

function slice(_env: unknown, value: Value, slices: Value = 1, fill: Value = null): Value {
  const items = toList(force(value));
  const each = operate('//', items.length, slices);
  const count = intArgument(slices);
  checkSize(count, limits.templateItemsMax);
  const size = typeof each === 'number' ? each : 0;
  const longer = count === 0 ? 0 : items.length - size * count;
  const parts: Value[] = [];
  let start = 0;
  for (let index = 0; index < count; index++) {
    const end = start + size + (index < longer ? 1 : 0);
    const part = items.slice(start, end);
    if (fill !== null && index >= longer) part.push(fill);
    parts.push(part);
    start = end;
  }
  return parts;
}

function groupby(
  _env: unknown,
  value: Value,
  attribute: Value = null,
  fallback: Value = null,
  caseSensitive: Value = false,
): Value {
  const get = makeGetter(attribute, fallback);
  const adapt = isTrue(caseSensitive) ? (key: Value) => key : ignoreCase;
  const unsorted = toList(force(value)).map((item) => ({ key: adapt(get(item)), item }));
  const keyed = sortAsPython(unsorted, (a, b) => compare(a.key, b.key), false);
  const groups: { key: Value; items: Value[] }[] = [];
  for (const { key, item } of keyed) {
    const group = groups.at(-1);
    if (group !== undefined && equals(group.key, key)) group.items.push(item);
    else groups.push({ key, items: [item] });
  }
  const fields = ['grouper', 'list'];
  return groups.map((group) => new PyTuple([get(group.items[0] ?? null), group.items], fields));
}

function dictsort(
  _env: unknown,
  value: Value,
  caseSensitive: Value = false,
  by: Value = 'key',
  reverse: Value = false,
): Value {
  const position = asText(by) === 'key' ? 0 : asText(by) === 'value' ? 1 : undefined;
  if (position === undefined) throw filterArgumentError('You can only sort by either "key" or "value"');
  const adapt = isTrue(caseSensitive) ? (key: Value) => key : ignoreCase;
  const keyed = dictItems(value).map((entry) => ({ key: adapt(entry.items[position] ?? null), item: entry }));
  return sortKeyed(keyed, intArgument(reverse) !== 0);
}

/** The `(key, value)` pairs of a mapping; anything else has no `items`. */
function dictItems(value: Value): PyTuple[] {
  const settled = force(value);
  if (settled instanceof LazyDict || settled instanceof Map) {
    const entries = settled instanceof Map ? settled : settled.toDict();
    return [...entries].map(([key, item]) => new PyTuple([key, force(item)]));
  }
  throw attributeError(settled, 'items');
}

function items(value: Value): Value {
  const settled = force(value);
  if (settled instanceof Undefined) return [];
  if (!isMapping(settled)) throw typeError('Can only get item pairs from a mapping.');
  return dictItems(settled);
}

/** Jinja2's `unique`: the first of equal items, in order; raises TypeError for what cannot be hashed. */
export function uniqueHashable(value: Value, isCaseSensitive: boolean, attribute: Value): Value[] {
  const get = makeGetter(attribute);
  const seen = new Set<Value>();
  const kept: Value[] = [];
  for (const item of iterate(force(value))) {
    const key = isCaseSensitive ? get(item) : ignoreCase(get(item));
    if (hasKey(seen, key)) continue;
    seen.add(dictKey(key));
    kept.push(item);
  }
  return kept;
}

/** The two items that Python unpacks. */
export function pairOf(item: Value): [Value, Value] {
  const items = iterateOrUndefined(force(item));
  if (items === undefined) throw typeError(`cannot unpack non-iterable ${typeName(item)} object`);
  const parts = [...items];
  if (parts.length < 2) throw valueError(`not enough values to unpack (expected 2, got ${parts.length})`);
  if (parts.length > 2) throw valueError('too many values to unpack (expected 2)');
  return [parts[0] ?? null, parts[1] ?? null];
}

/** Whether Python counts it as a sequence for Ansible's flatten and path_join: lists and tuples, views of ranges too. */
export function isSequence(value: Value): boolean {
  return asSequence(value) !== undefined || (value instanceof LazyList && value.typeName === 'range');
}
