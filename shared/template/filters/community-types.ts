/** What a value is, in the words of the collection community.general: the filter reveal_ansible_type and its test. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError } from '../filter-error.ts';
import { compareText } from '../python/comparison.ts';
import { dictGet } from '../python/dict-key.ts';
import { repr, str } from '../python/repr.ts';
import { asDict, asText, force, toList, typeName } from '../python/values.ts';
import { isSequence } from './sequence.ts';

/** The filter. */
export const typeFilter: Builtin = {
  name: 'reveal_ansible_type',
  signature: 'alias=None',
  call: (_env, value, alias = null) => describeType(force(value), force(alias)),
};

/** The test: whether the type is that, or one of those. */
export const typeTest: Builtin = {
  name: 'ansible_type',
  signature: 'dtype, alias=None',
  call: (_env, value, wanted = null, alias = null) => {
    const types = force(wanted);
    const text = asText(types);
    if (text === undefined && !isSequence(types)) {
      throw filterError(
        `The argument dtype must be a string or a list. dtype is ${repr(types)} of type ${classText(types)}.`,
      );
    }
    const type = describeType(force(value), force(alias));
    return text === undefined ? toList(types).some((each) => asText(force(each)) === type) : text === type;
  },
};

function describeType(value: Value, alias: Value): string {
  const aliases = alias === null ? new Map<Value, Value>() : asDict(alias);
  if (aliases === undefined) {
    throw filterError(`The argument alias must be a dictionary. ${repr(alias)} is ${classText(alias)}`);
  }
  const name = (each: Value): string => {
    const own = typeName(force(each));
    return str(dictGet(aliases, own) ?? own);
  };
  const names = (items: Iterable<Value>): string =>
    [...new Set([...items].map(name))].sort(compareText).join('|');
  const type = name(value);
  const entries = asDict(value);
  if (type === 'list' && Array.isArray(value) && value.length > 0) return `list[${names(value)}]`;
  if (type !== 'dict' || entries === undefined || entries.size === 0) return type;
  return `dict[${names(entries.keys())}, ${names(entries.values())}]`;
}
