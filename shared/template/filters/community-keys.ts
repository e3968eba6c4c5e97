/** The filters keep_keys, remove_keys and replace_keys of the collection community.general, for lists of dicts. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError, rethrown } from '../filter-error.ts';
import { dictGet } from '../python/dict-key.ts';
import { compilePattern, matchPattern } from '../python/regex.ts';
import { repr, str } from '../python/repr.ts';
import { asDict, asText, force, length, toList } from '../python/values.ts';
import { isSequence } from './sequence.ts';

const WAYS = ['equal', 'starts_with', 'ends_with', 'regex'];

type KeyTest = (key: string) => boolean;

/** The filters. */
export const keysFilters: readonly Builtin[] = [
  keysFilter('keep_keys', (data, target, way) => {
    const isMatch = targetTest(target, way);
    return data.map((item) => new Map([...item].filter(([key]) => isMatch(str(key)))));
  }),
  keysFilter('remove_keys', (data, target, way) => {
    const isMatch = targetTest(target, way);
    return data.map((item) => new Map([...item].filter(([key]) => !isMatch(str(key)))));
  }),
  keysFilter('replace_keys', (data, target, way) => {
    const renames = readRenames(target, way);
    const rename = (key: Value): Value => renames.find(({ isMatch }) => isMatch(str(key)))?.after ?? key;
    return data.map((item) => new Map([...item].map(([key, value]) => [rename(key), value])));
  }),
];

function keysFilter(name: string, run: (data: Dict[], target: Value, way: string) => Value): Builtin {
  return {
    name,
    signature: "target=None, matching_parameter='equal'",
    call: (_env, value, target = null, way = '') => {
      const data = readData(force(value));
      if (!WAYS.includes(asText(force(way)) ?? '')) {
        throw filterError(
          `The matching_parameter must be one of ${repr(WAYS)}. matching_parameter=${repr(force(way))}`,
        );
      }
      return run(data, force(target), str(way));
    },
  };
}

function readData(value: Value): Dict[] {
  if (!isSequence(value) && asText(value) === undefined) {
    throw filterError(`First argument must be a list. ${repr(value)} is ${classText(value)}`);
  }
  const data = toList(value).map((raw) => {
    const item = force(raw);
    const dict = asDict(item);
    if (dict !== undefined) return dict;
    throw filterError(`The data items must be dictionaries. ${str(item)} is ${classText(item)}`);
  });
  for (const item of data) {
    if ([...item.keys()].some((key) => asText(key) === undefined)) {
      throw filterError(`Top level keys must be strings. keys: ${repr([...item.keys()])}`);
    }
  }
  return data;
}

function isMatchBy(way: string, target: string): KeyTest {
  if (way === 'starts_with') return (key) => key.startsWith(target);
  if (way === 'ends_with') return (key) => key.endsWith(target);
  if (way === 'equal') return (key) => key === target;
  const pattern = compilePattern(target);
  return (key) => matchPattern(pattern, key) !== undefined;
}

function targetTest(target: Value, way: string): KeyTest {
  const text = asText(target);
  if (text === undefined && !isSequence(target)) {
    throw filterError(`The target must be a string or a list. target is ${classText(target)}.`);
  }
  if (length(target) === 0) throw filterError("The target can't be empty.");
  const items = text === undefined ? toList(target).map(force) : [text];
  const texts = items.map((item) => {
    const each = asText(item);
    if (each !== undefined) return each;
    throw filterError(`The target items must be strings. ${repr(item)} is ${classText(item)}`);
  });
  if (way === 'regex' && texts.length > 1) {
    throw filterError('Single item is required in the target list if matching_parameter=regex.');
  }
  const tests = rethrown(
    () => texts.map((each) => isMatchBy(way, each)),
    () =>
      filterError(
        `The target must be a valid regex if matching_parameter=regex. target is ${texts[0] ?? ''}`,
      ),
  );
  return (key) => tests.some((isMatch) => isMatch(key));
}

type Rename = { readonly isMatch: KeyTest; readonly after: string };

function readRenames(target: Value, way: string): Rename[] {
  if (!Array.isArray(target)) {
    throw filterError(`The target must be a list. target is ${repr(target)} of type ${classText(target)}.`);
  }
  if (target.length === 0) throw filterError("The target can't be empty.");
  const pairs = target.map((raw) => readPair(force(raw)));
  return rethrown(
    () => pairs.map(({ before, after }) => ({ isMatch: isMatchBy(way, before), after })),
    () =>
      filterError(
        `The attributes before must be valid regex if matching_parameter=regex. Not all items are valid regex in: ${repr(pairs.map(({ before }) => before))}`,
      ),
  );
}

function readPair(item: Value): { before: string; after: string } {
  const dict = asDict(item);
  if (dict === undefined) {
    throw filterError(`The target items must be dictionaries. ${repr(item)}%s is ${classText(item)}`);
  }
  const [before, after] = ['before', 'after'].map((name) => dictGet(dict, name));
  if (before === undefined || after === undefined) {
    throw filterError('All dictionaries in target must include attributes: after, before.');
  }
  return { before: attributeText('before', force(before)), after: attributeText('after', force(after)) };
}

function attributeText(name: string, value: Value): string {
  const text = asText(value);
  if (text !== undefined) return text;
  throw filterError(`The attributes ${name} must be strings. ${repr(value)} is ${classText(value)}`);
}
