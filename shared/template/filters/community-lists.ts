/** Filters of the collection community.general that combine several lists. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError } from '../filter-error.ts';
import { operate } from '../python/arithmetic.ts';
import { compare, contains } from '../python/comparison.ts';
import { dictGet, dictSet } from '../python/dict-key.ts';
import { str } from '../python/repr.ts';
import { PyBytes } from '../python/special.ts';
import { asDict, asText, force, isMapping, isTrue, iterate, length, toList } from '../python/values.ts';
import { type MergeOptions, mergeDicts, parseListMerge } from './merge.ts';
import { isSequence } from './sequence.ts';
import { distinct } from './sets.ts';

type Combine = (lists: readonly Value[]) => Value;

/** `lists_mergeby` and the filters for sets. */
export const listsFilters: readonly Builtin[] = [
  {
    name: 'lists_mergeby',
    signature: '*terms, **kwargs',
    call: (_env, value, ...args) => mergeBy(value, args),
  },
  setFilter('lists_union', ([first = [], ...others]) =>
    distinct(iterate(others.reduce((all, list) => operate('+', all, list), first))),
  ),
  setFilter('lists_intersect', ([first = [], ...others]) =>
    others.reduce((kept, list) => toList(kept).filter(isIn(list)), distinct(iterate(first))),
  ),
  setFilter('lists_difference', ([first = [], ...others]) =>
    others.reduce<Value[]>(
      (kept, list) => {
        const isOther = isIn(list);
        return kept.filter((item) => !isOther(item));
      },
      distinct(iterate(first)),
    ),
  ),
  setFilter('lists_symmetric_difference', ([first = [], ...others]) =>
    others.reduce(symmetricDifference, first),
  ),
];

/** A filter over any number of lists; the messages of the last one name another. */
function setFilter(name: string, combine: Combine): Builtin {
  const named = name === 'lists_symmetric_difference' ? 'lists_difference' : name;
  const call: Builtin['call'] = (_env, value, args = [], kwargs = null) => {
    const given = [value, ...iterate(args)].map(force);
    const options = new Map(asDict(kwargs) ?? []);
    const isFlat = isTrue(options.get('flatten') ?? false);
    options.delete('flatten');
    if (options.size > 0) {
      const others = [...options.keys()].map(str).join(', ');
      throw filterError(`${named}() got unexpected keywords arguments: ${others}`);
    }
    const lists = isFlat ? flatten(given) : given;
    if (lists.length < 2) return lists[0] ?? [];
    return combine(lists);
  };
  return { name, signature: '*args, **kwargs', call };
}

/** Lists whose items are all lists stand for those. */
function flatten(lists: readonly Value[]): Value[] {
  return lists.flatMap((list) => {
    if (!isSequence(list))
      throw filterError(`All arguments must be lists. ${str(list)} is ${classText(list)}`);
    const items = toList(list).map(force);
    if (items.length === 0) return [];
    return items.every(isSequence) ? items : [list];
  });
}

/** Whether an item is in the list; a list without dicts and lists in it is read once only. */
function isIn(list: Value): (item: Value) => boolean {
  const items = toList(list).map(force);
  const isPlain = items.every((item) => typeof item === 'string');
  const texts = new Set<Value>(isPlain ? items : []);
  return (item) => {
    const settled = force(item);
    return isPlain && typeof settled === 'string' ? texts.has(settled) : contains(items, settled);
  };
}

function symmetricDifference(left: Value, right: Value): Value {
  const [isLeft, isRight] = [isIn(left), isIn(right)];
  return distinct(iterate(operate('+', left, right))).filter((item) => !(isLeft(item) && isRight(item)));
}

function mergeBy(value: Value, [others = [], kwargs = null]: readonly Value[]): Value {
  const terms = [value, ...iterate(others)].map(force);
  const options = new Map(asDict(kwargs) ?? []);
  const recursive = isTrue(options.get('recursive') ?? false);
  const listMerge = options.get('list_merge') ?? 'replace';
  if ([...options.keys()].some((name) => name !== 'recursive' && name !== 'list_merge')) {
    throw filterError("'recursive' and 'list_merge' are the only valid keyword arguments.");
  }
  const index = terms.pop() ?? null;
  if (terms.length === 0) throw filterError('At least one list and index are needed.');
  const lists = terms.flatMap(listsOf);
  if (lists.length < 2) return lists[0] ?? [];
  if (asText(index) === undefined) {
    throw filterError(
      `First argument after the lists for community.general.lists_mergeby must be string. ${str(index)} is ${classText(index)}`,
    );
  }
  const merge: MergeOptions = { recursive, listMerge: parseListMerge(listMerge) };
  return lists.reduceRight((later, list) => mergePair(list, later, index, merge));
}

/** The list itself, or the lists in it when it has nothing else. */
function listsOf(term: Value): Value[] {
  if (!isAnySequence(term)) {
    throw filterError(
      `All arguments before the argument index for community.general.lists_mergeby must be lists. ${str(term)} is ${classText(term)}`,
    );
  }
  if (length(term) === 0) return [];
  const items = toList(term).map(force);
  return items.every(isAnySequence) ? items : [term];
}

/** What Python counts as a sequence, texts too. */
function isAnySequence(value: Value): boolean {
  return isSequence(value) || asText(value) !== undefined || value instanceof PyBytes;
}

function mergePair(left: Value, right: Value, index: Value, options: MergeOptions): Value {
  const merged: Dict = new Map();
  for (const raw of [...iterate(left), ...iterate(right)]) {
    const element = force(raw);
    const fields = isMapping(element) ? asDict(element) : undefined;
    if (fields === undefined) {
      throw filterError(
        `Elements of list arguments for lists_mergeby must be dictionaries. ${str(element)} is ${classText(element)}`,
      );
    }
    const key = dictGet(fields, index);
    if (key === undefined) continue;
    const before = asDict(dictGet(merged, force(key)) ?? null) ?? new Map();
    for (const [name, item] of mergeDicts(before, fields, options)) dictSet(before, name, item);
    dictSet(merged, force(key), before);
  }
  const keyOf = (element: Value): Value => dictGet(asDict(element) ?? new Map(), index) ?? null;
  return [...merged.values()].sort((a, b) => compare(keyOf(a), keyOf(b)));
}
