/** The lookup merge_variables of the collection community.general: dicts or lists of several variables made one. */

import type { Dict, Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { ansibleError, classText, lookupError } from '../filter-error.ts';
import { compareText, equals } from '../python/comparison.ts';
import { dictGet, dictSet } from '../python/dict-key.ts';
import { pythonError, typeError } from '../python/error.ts';
import { compilePattern, searchPattern } from '../python/regex.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, isMapping, toList, typeName } from '../python/values.ts';
import { type LookupOptions, listOption } from './options.ts';

/** The lookup. */
export const mergeVariablesLookup: Lookup = {
  name: 'merge_variables',
  call: (env, terms, options) => {
    for (const name of options.keys()) {
      if (NOT_THERE.includes(name)) throw lookupError(`merge_variables: the option ${name} is not supported`);
    }
    const merge: Merge = {
      isMatch: matcherOf(choiceOf(env, options, 'pattern_type')),
      isStrict: choiceOf(env, options, 'override') === 'error',
    };
    return terms.map((term) => mergeTerm(env, force(term), { ...merge, options }));
  },
};

/** Options of the collection's releases from 12.5 on. */
const NOT_THERE = [
  'default_merge',
  'dict_merge',
  'list_merge',
  'list_transformations',
  'type_conflict_merge',
];

const CHOICES = {
  override: ['error', 'warn', 'ignore'],
  pattern_type: ['regex', 'prefix', 'suffix'],
} as const;

type Matcher = (name: string, pattern: string) => boolean;

type Merge = { readonly isMatch: Matcher; readonly isStrict: boolean };

/** The option, else what the environment says, else the first choice. */
function choiceOf(env: Environment, options: LookupOptions, name: keyof typeof CHOICES): string {
  const given = force(options.get(name) ?? null);
  const chosen =
    given === null
      ? (env.local.environment(`ANSIBLE_MERGE_VARIABLES_${name.toUpperCase()}`) ?? CHOICES[name][0])
      : str(given);
  if (CHOICES[name].some((choice) => choice === chosen)) return chosen;
  const setting = `plugin_type: lookup plugin: ansible_collections.community.general.plugins.lookup.merge_variables setting: ${name} `;
  const listed = name === 'override' ? CHOICES.override : ['prefix', 'suffix', 'regex'];
  throw pythonError(
    'AnsibleOptionsError',
    `Invalid value "${chosen}" for configuration option "${setting}", valid values are: ${listed.join(', ')}`,
  );
}

function matcherOf(type: string): Matcher {
  if (type === 'prefix') return (name, pattern) => name.startsWith(pattern);
  if (type === 'suffix') return (name, pattern) => name.endsWith(pattern);
  return (name, pattern) => searchPattern(compilePattern(pattern), name) !== undefined;
}

function mergeTerm(env: Environment, term: Value, how: Merge & { options: LookupOptions }): Value {
  const pattern = asText(term);
  if (pattern === undefined) {
    throw ansibleError(`Non-string type '${classText(term)}' passed, only 'str' types are allowed!`);
  }
  const initial = force(how.options.get('initial_value') ?? null);
  const groups = listOption(how.options, 'groups').map(str);
  if (groups.length === 0) {
    const read = (name: string): Value => env.scope.resolve(name) ?? null;
    const names = [...env.scope.names()];
    return mergeNamed({ names, read }, { ...how, pattern, initial });
  }
  const hosts = asDict(env.scope.resolve('hostvars') ?? null) ?? new Map();
  return [...hosts.values()].reduce<Value>((merged, raw) => {
    const host = asDict(force(raw)) ?? new Map();
    const own = toList(force(dictGet(host, 'group_names') ?? [])).map(str);
    if (!groups.includes('all') && !own.some((group) => groups.includes(group))) return merged;
    const read = (name: string): Value => force(dictGet(host, name) ?? null);
    return mergeNamed({ names: [...host.keys()].map(str), read }, { ...how, pattern, initial: merged });
  }, initial);
}

type Variables = { readonly names: readonly string[]; readonly read: (name: string) => Value };

function mergeNamed(
  { names, read }: Variables,
  { isMatch, isStrict, pattern, initial }: Merge & { pattern: string; initial: Value },
): Value {
  let merged: Value = initial;
  let isDict = initial === null ? undefined : isDictOrList(initial);
  for (const name of names.filter((each) => isMatch(each, pattern)).sort(compareText)) {
    const value = force(read(name));
    const isOther = isDictOrList(value);
    if (isDict !== undefined && isDict !== isOther) {
      throw ansibleError('Unable to merge, not all variables are of the same type');
    }
    isDict = isOther;
    if (merged === null) merged = value;
    else if (isOther) merged = mergeDict(value, merged, { path: name, isStrict });
    else merged = [...toList(merged), ...toList(value)];
  }
  return merged;
}

function isDictOrList(value: Value): boolean {
  if (isMapping(value)) return true;
  if (Array.isArray(value)) return false;
  throw ansibleError('Not supported type detected, variable must be a list or a dict');
}

/** A new dict of `low` with the items of `high`: dicts are merged, lists put together, and nothing else may differ. */
function mergeDict(high: Value, low: Value, where: { path: string; isStrict: boolean }): Dict {
  const before = asDict(force(low));
  if (before === undefined) throw typeError(`argument of type '${typeName(force(low))}' is not iterable`);
  const merged: Dict = new Map(before);
  for (const [key, raw] of asDict(high) ?? []) {
    const value = force(raw);
    const known = dictGet(merged, key);
    if (isMapping(value)) {
      dictSet(
        merged,
        key,
        mergeDict(value, known ?? new Map(), { ...where, path: `${where.path}.${str(key)}` }),
      );
    } else if (Array.isArray(value) && known !== undefined) {
      dictSet(merged, key, [...toList(force(known)), ...value]);
    } else {
      if (where.isStrict && known !== undefined && !equals(known, value)) {
        throw ansibleError(
          `The key '${str(key)}' with value '${str(force(known))}' will be overwritten with value '${str(value)}' from '${where.path}.${str(key)}'`,
        );
      }
      dictSet(merged, key, value);
    }
  }
  return merged;
}
