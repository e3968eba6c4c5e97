/** The filters consolidate and param_list_compare of the collection ansible.utils. */

import type { Dict, Value } from '../../base/value.ts';
import { checkArguments, makeSpec } from '../argument-spec/check-arguments.ts';
import type { Builtin } from '../builtin.ts';
import { filterError } from '../filter-error.ts';
import { compare, contains } from '../python/comparison.ts';
import { dictGet, dictSet, hasKey, toSet } from '../python/dict-key.ts';
import { pythonError, typeError } from '../python/error.ts';
import { repr, str } from '../python/repr.ts';
import { asDict, asText, force, isTrue, iterate, toList, typeName } from '../python/values.ts';
import { type CheckedFilter, pluginError } from './checked-filter.ts';

/** Joins lists of dicts on an attribute that they share. */
export const consolidateFilter: CheckedFilter = {
  name: 'consolidate',
  positions: ['data_sources', 'fail_missing_match_key', 'fail_missing_match_value', 'fail_duplicate'],
  options: {
    data_sources: {
      type: 'list',
      elements: 'dict',
      required: true,
      options: {
        data: { type: 'raw', required: true },
        match_key: { type: 'str', required: true },
        name: { type: 'str', required: true },
      },
    },
    fail_missing_match_key: { type: 'bool', default: true },
    fail_missing_match_value: { type: 'bool', default: true },
    fail_duplicate: { type: 'bool', default: true },
  },
  run: (_env, values) => consolidate(values),
};

type Source = { readonly name: Value; readonly items: readonly Dict[]; readonly key: Value };

function consolidate(values: Dict): Value {
  const sources = toList(values.get('data_sources') ?? []).map(sourceOf);
  const isOn = (option: string): boolean => isTrue(values.get(option) ?? false);
  const keys = sources.map(({ items, key }) => items.flatMap((item) => dictGet(item, key) ?? []).map(force));
  refuse({
    fail_missing_match_key: isOn('fail_missing_match_key') ? sources.flatMap(missingKeys) : [],
    fail_duplicate: isOn('fail_duplicate') ? keys.flatMap(duplicates) : [],
  });
  const all = toSet(keys.flat());
  refuse({
    fail_missing_match_value: isOn('fail_missing_match_value')
      ? keys.flatMap((own, index) => missingValues([...all.items], own, index + 1))
      : [],
  });
  const sorted = [...all.items].sort(compare);
  return new Map(sorted.map((value) => [value, itemsFor(value, sources)]));
}

function sourceOf(raw: Value): Source {
  const source = asDict(force(raw)) ?? new Map<Value, Value>();
  const items = [...iterate(force(source.get('data') ?? null))].map((item) => {
    const dict = asDict(force(item));
    if (dict === undefined) throw typeError(`'${typeName(force(item))}' object is not subscriptable`);
    return dict;
  });
  return { name: source.get('name') ?? null, key: source.get('match_key') ?? null, items };
}

function refuse(faults: Readonly<Record<string, readonly string[]>>): void {
  const told = Object.entries(faults)
    .filter(([, messages]) => messages.length > 0)
    .map(([check, messages]) => `'${check}' reported ${messages.join(', ')}`);
  if (told.length > 0)
    throw pluginError('consolidate', told.join("; Error when using plugin 'consolidate': "));
}

function missingKeys({ items, key }: Source, index: number): string[] {
  return items.flatMap((item, at) =>
    dictGet(item, key) === undefined
      ? [`missing match key '${str(key)}' in data source ${index + 1} in list entry ${at + 1}`]
      : [],
  );
}

function duplicates(values: readonly Value[], index: number): string[] {
  return toSet(values).items.size === values.length ? [] : [`duplicate values in data source ${index + 1}`];
}

function missingValues(all: readonly Value[], own: readonly Value[], source: number): string[] {
  const known = toSet(own).items;
  const missing = all.filter((value) => !hasKey(known, value));
  return missing.length === 0
    ? []
    : [`missing match value ${missing.map(str).join(', ')} in data source ${source}`];
}

/** The item of each source with that value; the last of several. */
function itemsFor(value: Value, sources: readonly Source[]): Dict {
  const made: Dict = new Map();
  for (const { name, items, key } of sources) {
    const own = items.findLast((item) => hasKey(toSet([dictGet(item, key) ?? name]).items, value));
    dictSet(made, name, own ?? new Map());
  }
  return made;
}

const COMPARE_SPEC = makeSpec({
  base: { type: 'list', elements: 'str' },
  target: { type: 'list', elements: 'str' },
});

/** What of a list of parameters is wanted, by names, `all` and `!name`. */
export const paramListCompare: Builtin = {
  name: 'param_list_compare',
  signature: '*args, **kwargs',
  call: (_env, value, args = [], kwargs = null) => {
    const [positional = null] = toList(args);
    const target = force(asDict(kwargs)?.get('target') ?? positional);
    if (target === null) {
      throw filterError(
        "Missing either 'base' or 'other value in filter input,refer 'ansible.utils.param_list_compare' filter plugin documentation for details",
      );
    }
    const base = force(value);
    const errors = checkArguments(
      COMPARE_SPEC,
      new Map([
        ['base', base],
        ['target', target],
      ]),
    );
    if (errors.length > 0) {
      throw filterError(
        `argspec validation failed for param_list_compare filter plugin with errors: ${repr(errors)}`,
      );
    }
    return compareLists(toList(base), toList(target));
  },
};

function compareLists(base: readonly Value[], wanted: readonly Value[]): Value {
  const isAll = wanted.some((name) => asText(name) === 'all');
  const banned = wanted.filter((name) => textOf(name).startsWith('!')).map((name) => textOf(name).slice(1));
  const named = wanted.filter((name) => asText(name) !== 'all' && !textOf(name).startsWith('!'));
  const kept = isAll ? [...base] : [];
  for (const name of banned) {
    const at = kept.findIndex((each) => asText(each) === name);
    if (at >= 0) kept.splice(at, 1);
  }
  for (const name of named) if (contains([...base], name) && !contains(kept, name)) kept.push(name);
  return new Map<Value, Value>([
    ['actionable', kept.sort(compare)],
    ['unsupported', named.filter((name) => !contains([...base], name))],
  ]);
}

function textOf(name: Value): string {
  const text = asText(name);
  if (text !== undefined) return text;
  throw pythonError('AttributeError', `'${typeName(name)}' object has no attribute 'startswith'`);
}
