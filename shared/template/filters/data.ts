/** Ansible's filters over dicts and nested lists: combine, dict2items, flatten, subelements, extract and their kin. */

import type { Dict, Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError, filterTypeError } from '../filter-error.ts';
import { getAttribute, getItem, itemOf, missingAttribute } from '../python/access.ts';
import { operate } from '../python/arithmetic.ts';
import { equals, isOrdered } from '../python/comparison.ts';
import { dictGet, dictKey, dictSet } from '../python/dict-key.ts';
import { pythonError, typeError, undefinedError } from '../python/error.ts';
import { methodOf } from '../python/methods.ts';
import { formatPercent } from '../python/percent-format.ts';
import { repr, str } from '../python/repr.ts';
import { Markup, PyBytes, PyNamespace, PyObject, PyTuple, Undefined } from '../python/special.ts';
import {
  asDict,
  asSequence,
  asText,
  force,
  isMapping,
  isTrue,
  iterate,
  iterateOrUndefined,
  toList,
  typeName,
} from '../python/values.ts';
import { mergeDicts, parseListMerge } from './merge.ts';
import { isSequence, unrolled } from './sequence.ts';

/** Filters over data structures. */
export const dataFilters: readonly Builtin[] = [
  { name: 'combine', signature: '*terms, **kwargs', call: combine },
  { name: 'dict2items', signature: "key_name='key', value_name='value'", call: dict2items },
  { name: 'items2dict', signature: "key_name='key', value_name='value'", call: items2dict },
  { name: 'flatten', signature: 'levels=None, skip_nulls=True', call: flattenFilter },
  { name: 'extract', signature: 'container, morekeys=None', call: extract },
  { name: 'subelements', signature: 'subelements, skip_missing=False', call: subelements },
  { name: 'rekey_on_member', signature: "key, duplicates='error'", call: rekeyOnMember },
  { name: 'mandatory', signature: 'msg=None', call: mandatory },
  { name: 'ternary', signature: 'true_val, false_val, none_val=None', call: ternary },
  { name: 'type_debug', signature: '', call: (_env, value) => typeDebug(force(value)) },
  {
    name: 'attr',
    signature: 'name',
    call: (_env, value, name = '') => attr(force(value), attributeName(dictKey(force(name)))),
  },
];

function combine(_env: unknown, value: Value, terms: Value = [], kwargs: Value = null): Value {
  const options = new Map(kwargs instanceof Map ? kwargs : []);
  const recursive = options.get('recursive') ?? false;
  const listMerge = options.get('list_merge') ?? 'replace';
  options.delete('recursive');
  options.delete('list_merge');
  if (options.size > 0) {
    throw filterError("'recursive' and 'list_merge' are the only valid keyword arguments");
  }
  const dicts = flatten([value, ...(Array.isArray(terms) ? terms : [])], 1, true);
  checkDefined(dicts);
  let result = dicts.pop();
  if (result === undefined) return new Map();
  if (dicts.length === 0) return result;
  const merge = { recursive: isTrue(recursive), listMerge: parseListMerge(listMerge) };
  for (let low = dicts.pop(); low !== undefined; low = dicts.pop()) result = mergeDicts(low, result, merge);
  return result;
}

/** Raises for the first undefined value anywhere inside. */
function checkDefined(value: Value): void {
  countVisit();
  const settled = force(value);
  if (settled instanceof Undefined && settled.isLenient) throw filterError(' is undefined');
  if (settled instanceof Undefined) throw undefinedError(settled);
  if (settled instanceof Map) for (const item of settled.values()) checkDefined(item);
  else for (const item of asSequence(settled) ?? []) checkDefined(item);
}

function dict2items(_env: unknown, value: Value, keyName: Value = 'key', valueName: Value = 'value'): Value {
  const entries = asDict(force(value));
  if (entries === undefined) {
    throw filterTypeError(`dict2items requires a dictionary, got ${classText(force(value))} instead.`);
  }
  return [...entries].map(([key, item]) => {
    const made: Dict = new Map();
    dictSet(made, keyName, key);
    dictSet(made, valueName, force(item));
    return made;
  });
}

function items2dict(_env: unknown, value: Value, keyName: Value = 'key', valueName: Value = 'value'): Value {
  const settled = force(value);
  if (settled instanceof Undefined) throw undefinedError(settled);
  if (!isSequence(settled)) {
    throw filterTypeError(`items2dict requires a list, got ${classText(settled)} instead.`);
  }
  const made: Dict = new Map();
  for (const item of iterate(settled)) {
    const entry = asDict(force(item));
    if (entry === undefined) {
      throw filterTypeError(
        formatPercent('items2dict requires a list of dictionaries, got %s instead.', settled),
      );
    }
    const key = dictGet(entry, keyName);
    const of = dictGet(entry, valueName);
    if (key === undefined || of === undefined) {
      throw filterTypeError(
        `items2dict requires each dictionary in the list to contain the keys '${str(keyName)}' and ` +
          `'${str(valueName)}', got ${str(settled)} instead.`,
      );
    }
    dictSet(made, force(key), force(of));
  }
  return made;
}

function flattenFilter(_env: unknown, value: Value, levels: Value = null, skipNulls: Value = true): Value {
  return flatten(toList(force(value)), levels, isTrue(skipNulls));
}

/** The items of nested lists in one list, `levels` deep, or all the way for None; nobody looks at `levels` before there is a list. */
function flatten(items: Iterable<Value>, levels: Value, skipsNulls: boolean): Value[] {
  const flat: Value[] = [];
  for (const item of items) {
    countVisit();
    const element = force(item);
    const text = asText(element);
    const isNull = equals(element, null) || text === 'None' || text === 'null';
    if (isNull && skipsNulls) continue;
    if (isSequence(element) && (levels === null || isOrdered('>=', levels, 1))) {
      const below = levels === null ? null : operate('-', levels, 1);
      for (const inner of flatten(iterate(element), below, skipsNulls)) flat.push(inner);
    } else {
      flat.push(element);
    }
  }
  return flat;
}

function extract(_env: unknown, item: Value, container: Value = null, morekeys: Value = null): Value {
  const more = force(morekeys);
  const keys = more === null ? [item] : Array.isArray(more) ? [item, ...more] : [item, more];
  let value = force(container);
  for (const key of keys) value = getItem(value, key);
  return unrolled(value);
}

function subelements(_env: unknown, value: Value, path: Value = null, skipMissing: Value = false): Value {
  const settled = force(value);
  const elements = Array.isArray(settled) ? settled : asDict(settled)?.values();
  if (elements === undefined) throw filterError('obj must be a list of dicts or a nested dict');
  const names = subelementNames(force(path));
  const pairs: Value[] = [];
  for (const element of elements) {
    for (const item of subelementValues(force(element), names, isTrue(skipMissing))) {
      pairs.push(new PyTuple([force(element), force(item)]));
    }
  }
  return pairs;
}

function subelementNames(path: Value): readonly Value[] {
  if (Array.isArray(path)) return path;
  const text = asText(path);
  if (text === undefined) throw filterTypeError('subelements must be a list or a string');
  return text.split('.');
}

function subelementValues(element: Value, names: readonly Value[], skipsMissing: boolean): readonly Value[] {
  let values = element;
  let last: Value | undefined;
  for (const name of names) {
    last = name;
    if (!isMapping(values)) {
      throw filterTypeError(`the key ${str(name)} should point to a dictionary, got '${str(values)}'`);
    }
    const next = itemOf(values, name);
    if (next === undefined) {
      if (skipsMissing) return [];
      throw filterError(`could not find ${repr(name)} key in iterated item ${repr(values)}`);
    }
    values = next;
  }
  if (Array.isArray(values)) return values;
  if (last === undefined)
    throw pythonError(
      'UnboundLocalError',
      "cannot access local variable 'subelement' where it is not associated with a value",
    );
  throw filterTypeError(`the key ${repr(last)} should point to a list, got ${repr(values)}`);
}

function rekeyOnMember(_env: unknown, value: Value, key: Value = null, duplicates: Value = 'error'): Value {
  const mode = str(duplicates);
  if (mode !== 'error' && mode !== 'overwrite') {
    throw filterError(`duplicates parameter to rekey_on_member has unknown value: ${mode}`);
  }
  const settled = force(value);
  isTrue(settled);
  isTrue(force(key));
  const items = isMapping(settled)
    ? [...(asDict(settled) ?? new Map<Value, Value>()).values()]
    : listItems(settled);
  const made: Dict = new Map();
  for (const item of items) {
    const entry = asDict(force(item));
    if (entry === undefined) throw filterTypeError('List item is not a valid dict');
    const member = dictGet(entry, key);
    if (member === undefined) throw filterError(`Key ${str(key)} was not found`);
    if (mode === 'error' && dictGet(made, member) !== undefined) {
      throw filterError(`Key ${str(member)} is not unique, cannot correctly turn into dict`);
    }
    dictSet(made, force(member), force(item));
  }
  return made;
}

function listItems(value: Value): Value[] {
  if (asText(value) !== undefined || value instanceof PyBytes || iterateOrUndefined(value) === undefined) {
    throw filterTypeError('Type is not a valid list, set, or dict');
  }
  return toList(value);
}

function mandatory(_env: unknown, value: Value, msg: Value = null): Value {
  const settled = force(value);
  if (!(settled instanceof Undefined)) return unrolled(settled);
  const name = settled.missing === undefined ? '' : `'${settled.missing}' `;
  throw filterError(msg === null ? `Mandatory variable ${name} not defined.` : str(msg));
}

function ternary(
  _env: unknown,
  value: Value,
  whenTrue: Value = null,
  whenFalse: Value = null,
  whenNone: Value = null,
): Value {
  const settled = force(value);
  if (settled === null && whenNone !== null) return unrolled(whenNone);
  return unrolled(isTrue(settled) ? whenTrue : whenFalse);
}

function typeDebug(value: Value): Value {
  if (value instanceof Markup && value.mark === 'verbatim')
    return value.isLookedUp ? 'NativeJinjaUnsafeText' : 'NativeJinjaText';
  return typeName(value).replace(/^.*\./, '');
}

/** A name for Python's `getattr()`. */
export function attributeName(name: Value): string {
  const text = asText(name);
  if (text !== undefined) return text;
  throw typeError(`attribute name must be string, not '${typeName(name)}'`);
}

function attr(value: Value, name: string): Value {
  if (value instanceof PyObject || value instanceof PyNamespace) return getAttribute(value, name);
  if (value instanceof Undefined && value.isLenient) throw undefinedError(value);
  if (value instanceof Undefined) return value;
  return methodOf(value, name) ?? missingAttribute(value, name);
}
