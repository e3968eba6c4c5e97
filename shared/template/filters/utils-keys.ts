/** The filters of the collection ansible.utils that keep, remove or replace keys at any depth. */

import type { Dict, Value } from '../../base/value.ts';
import type { ArgumentOption } from '../argument-spec/check-arguments.ts';
import { deleteKey, dictGet, dictSet } from '../python/dict-key.ts';
import { pythonError } from '../python/error.ts';
import { compilePattern, matchPattern } from '../python/regex.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, isMapping, isTrue, length, toList, typeName } from '../python/values.ts';
import { type CheckedFilter, pluginError } from './checked-filter.ts';

const DATA: ArgumentOption = { type: 'raw', required: true };
const MATCHING: ArgumentOption = { type: 'str', choices: ['starts_with', 'ends_with', 'regex'] };

/** The filters. */
export const keyFilters: readonly CheckedFilter[] = [
  keyFilter('keep_keys', 'keep operation', (data, values) => keep(data, texts(values), matcherOf(values))),
  keyFilter('remove_keys', 'attribute removal', (data, values) => {
    const [targets, isMatch] = [texts(values), matcherOf(values)];
    return withoutEmpty(remove(data, (key) => targets.some((target) => isMatch(key, target))));
  }),
  {
    ...keyFilter('replace_keys', 'replace operation', (data, values) =>
      replace(data, pairs(values), matcherOf(values)),
    ),
    options: {
      data: DATA,
      target: {
        type: 'list',
        elements: 'dict',
        required: true,
        options: { before: { type: 'str' }, after: { type: 'str' } },
      },
      matching_parameter: MATCHING,
    },
  },
];

function keyFilter(
  name: string,
  operation: string,
  run: (data: Value, values: Dict) => Value,
): CheckedFilter {
  return {
    name,
    positions: ['data', 'target', 'matching_parameter'],
    options: {
      data: DATA,
      target: { type: 'list', elements: 'str', required: true },
      matching_parameter: MATCHING,
    },
    run: (_env, values) => {
      const data = values.get('data') ?? null;
      if (!Array.isArray(data) && !isMapping(data)) {
        throw pluginError(name, `Input is not valid for ${operation}`);
      }
      return run(data, values);
    },
  };
}

function texts(values: Dict): string[] {
  return toList(values.get('target') ?? []).map(str);
}

type Matcher = (key: Value, target: string) => boolean;

function matcherOf(values: Dict): Matcher {
  const how = values.get('matching_parameter') ?? null;
  if (how === 'starts_with') return (key, target) => textOf(key, 'startswith').startsWith(target);
  if (how === 'ends_with') return (key, target) => textOf(key, 'endswith').endsWith(target);
  if (how === 'regex') return (key, target) => matchPattern(compilePattern(target), str(key)) !== undefined;
  return (key, target) => asText(key) === target;
}

function textOf(key: Value, attribute: string): string {
  const text = asText(key);
  if (text !== undefined) return text;
  throw pythonError('AttributeError', `'${typeName(key)}' object has no attribute '${attribute}'`);
}

function isContainer(value: Value): boolean {
  return Array.isArray(value) || isMapping(value);
}

function isEmpty(value: Value): boolean {
  return isContainer(value) && length(value) === 0;
}

function keep(raw: Value, targets: readonly string[], isMatch: Matcher): Value {
  const data = force(raw);
  if (Array.isArray(data)) return data.map((item) => keep(item, targets, isMatch));
  const entries = asDict(data);
  if (entries === undefined) return data;
  const kept: Dict = new Map();
  for (const [key, item] of entries) {
    const value = force(item);
    if (!isContainer(value)) {
      if (targets.some((target) => isMatch(key, target))) dictSet(kept, key, value);
    } else if (targets.length > 0) {
      const inner = keptInner(keep(value, targets, isMatch));
      if (inner !== undefined) dictSet(kept, key, inner);
    }
  }
  return kept;
}

/** What is left of a list or dict, or undefined where that is nothing: lists of texts alone are nothing too. */
function keptInner(inner: Value): Value | undefined {
  if (!Array.isArray(inner)) return isEmpty(inner) ? undefined : inner;
  const rest = inner.filter((item) => !isEmpty(item));
  return rest.every((item) => asText(item) !== undefined) ? undefined : rest;
}

function remove(raw: Value, isUnwanted: (key: Value) => boolean): Value {
  const data = force(raw);
  if (Array.isArray(data)) return data.map((item) => remove(item, isUnwanted));
  const entries = asDict(data);
  if (entries === undefined) return data;
  const rest = [...entries].filter(([key]) => !isUnwanted(key));
  return new Map(rest.map(([key, item]) => [key, remove(item, isUnwanted)]));
}

/** Without the items of lists that are empty, zero or false. */
function withoutEmpty(data: Value): Value {
  if (Array.isArray(data)) return data.filter(isTrue).map(withoutEmpty);
  const entries = asDict(data);
  return entries === undefined ? data : new Map([...entries].map(([key, item]) => [key, withoutEmpty(item)]));
}

type Pair = { readonly before: string; readonly after: Value };

function pairs(values: Dict): Pair[] {
  return toList(values.get('target') ?? []).map((item) => {
    const pair = asDict(force(item)) ?? new Map();
    return { before: str(pair.get('before') ?? null), after: pair.get('after') ?? null };
  });
}

/** A replaced key goes to the end, or to where the new one already stands. */
function replace(raw: Value, renames: readonly Pair[], isMatch: Matcher): Value {
  const data = force(raw);
  if (Array.isArray(data)) return data.map((item) => replace(item, renames, isMatch));
  const entries = asDict(data);
  if (entries === undefined) return data;
  const made: Dict = new Map(entries);
  for (const { before, after } of renames) {
    for (const key of [...made.keys()].filter((each) => isMatch(each, before))) {
      const item = dictGet(made, key) ?? null;
      deleteKey(made, key);
      dictSet(made, after, item);
    }
  }
  return new Map([...made].map(([key, item]) => [key, replace(item, renames, isMatch)]));
}
