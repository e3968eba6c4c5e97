/** How Python hashes: which values may be keys, and which keys are equal. Dicts and sets are read and written through this. */

import { type Dict, PyFloat, type Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import { typeError, undefinedError } from './error.ts';
import { LazyList, Markup, Pending, PyBytes, PySet, PyTuple, Undefined, Vaulted } from './special.ts';
import { asInt, force, isMapping, typeName } from './values.ts';

/**
 * The JS value under which Python would keep `value` as a key: equal tuples and floats become one object.
 * Raises TypeError for what cannot be hashed.
 */
export function dictKey(value: Value): Value {
  if (typeof value === 'string' || typeof value === 'number' || value === null) return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (value instanceof PyFloat) return interned(floatText(value.value), value);
  if (value instanceof PyTuple) {
    countVisit();
    const items = value.items.map(dictKey);
    return interned(`t(${items.map(keyText).join(',')})`, new PyTuple(items));
  }
  if (value instanceof PyBytes) return interned(`b${Buffer.from(value.bytes).toString('hex')}`, value);
  if (value instanceof Markup) return value.text;
  if (value instanceof Vaulted) return value.plainText ?? value;
  if (value instanceof Undefined && !value.isLenient) throw undefinedError(value);
  if (value instanceof Pending) return dictKey(force(value));
  if (Array.isArray(value) || isMapping(value) || value instanceof PySet || isView(value)) {
    throw typeError(`unhashable type: '${typeName(value)}'`);
  }
  return value;
}

/** Whether it is a dict's keys or items: they cannot be hashed as they change with it, and compare as sets do. */
export function isView(value: Value): value is LazyList {
  return value instanceof LazyList && (value.typeName === 'dict_keys' || value.typeName === 'dict_items');
}

function floatText(value: number): string {
  return Object.is(value, -0) ? 'f-0' : `f${value}`;
}

type InternedKey = PyFloat | PyTuple | PyBytes;

const internedKeys = new Map<string, WeakRef<InternedKey>>();
const internedCleanup = new FinalizationRegistry<string>((text) => {
  if (internedKeys.get(text)?.deref() === undefined) internedKeys.delete(text);
});

function interned(text: string, value: InternedKey): InternedKey {
  const known = internedKeys.get(text)?.deref();
  if (known !== undefined) return known;
  internedKeys.set(text, new WeakRef(value));
  internedCleanup.register(value, text);
  return value;
}

const objectNumbers = new WeakMap<object, number>();
let objectCount = 0;

function keyText(key: Value): string {
  if (typeof key === 'string') return JSON.stringify(key);
  if (key === null || typeof key !== 'object') return `${typeof key}:${key}`;
  let number = objectNumbers.get(key);
  if (number === undefined) {
    objectCount++;
    number = objectCount;
    objectNumbers.set(key, number);
  }
  return `#${number}`;
}

/** The key among those that `has` knows which Python takes as equal to `key`: `1`, `True` and `1.0` are one. */
function findKey(has: (key: Value) => boolean, key: Value): Value | undefined {
  const own = dictKey(key);
  if (has(own)) return own;
  if (typeof own === 'string' || own === null) return undefined;
  const number = own instanceof PyFloat && Number.isInteger(own.value) ? own.value : asInt(own);
  if (number === undefined) return undefined;
  if (has(number)) return number;
  if ((number === 0 || number === 1) && has(number === 1)) return number === 1;
  const floats = number === 0 ? [0, -0] : [Number(number)];
  return floats.map((one) => interned(floatText(one), new PyFloat(one))).find(has);
}

/** Whether a set (or the keys of a dict) holds a key equal to `key`. */
export function hasKey(keys: { readonly has: (key: Value) => boolean }, key: Value): boolean {
  return findKey((candidate) => keys.has(candidate), key) !== undefined;
}

/** The item of a dict under `key`, or undefined when there is none. */
export function dictGet(map: Dict, key: Value): Value | undefined {
  if (typeof key === 'string') return map.get(key);
  const found = findKey((candidate) => map.has(candidate), key);
  return found === undefined ? undefined : map.get(found);
}

/** Sets an item as Python does: an equal key that is there already stays. */
export function dictSet(map: Dict, key: Value, item: Value): void {
  if (typeof key === 'string') map.set(key, item);
  else map.set(findKey((candidate) => map.has(candidate), key) ?? dictKey(key), item);
}

/** Removes an item of a dict or set and says whether it was there. */
export function deleteKey(keys: Dict | Set<Value>, key: Value): boolean {
  const found = findKey((candidate) => keys.has(candidate), key);
  return found !== undefined && keys.delete(found);
}

/** Adds an item to a set as Python does: an equal one that is there already stays. */
export function addKey(keys: Set<Value>, key: Value): void {
  if (!hasKey(keys, key)) keys.add(dictKey(key));
}

/** A set of the items, equal ones once; raises TypeError for what cannot be hashed. */
export function toSet(items: Iterable<Value>): PySet {
  const set = new PySet();
  for (const item of items) {
    const key = force(item);
    addKey(set.items, key);
  }
  return set;
}
