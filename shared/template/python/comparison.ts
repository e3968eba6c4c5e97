/** Python's `==`, `<`, `is` and `in`. */

import { limits } from '../../base/limits.ts';
import { type Dict, PyFloat, type Value } from '../../base/value.ts';
import { countItems, countText, countVisit } from '../budget.ts';
import { dictGet, dictKey, dictSet, hasKey, isView, toSet } from './dict-key.ts';
import { typeError, undefinedError, valueError } from './error.ts';
import { LazyDict, LazyList, PyBytes, PyObject, PySet, PyTuple, Undefined } from './special.ts';
import { asDict, asInt, asText, force, isMapping, itemsOf, iterateOrUndefined, typeName } from './values.ts';

/** Comparison operators that order values. */
export type Ordering = '<' | '<=' | '>' | '>=';

/** Python's `==`. Undefined raises, as Ansible's does. */
export function equals(left: Value, right: Value): boolean {
  if (typeof left === 'string' && left.length >= limits.templateSizeFree) countText(left.length);
  if (left === right && !(left instanceof Undefined)) return true;
  if (typeof left === 'string' && typeof right === 'string') return false;
  if (typeof left === 'number' && typeof right === 'number') return false;
  const a = force(left);
  const b = force(right);
  if (a instanceof Undefined || b instanceof Undefined) return equalUndefined(a, b);
  const numbers = compareNumbers(a, b);
  if (numbers !== undefined) return numbers === 0;
  const text = asText(a);
  if (text !== undefined) return text === asText(b);
  return equalContainers(a, b);
}

function equalUndefined(a: Value, b: Value): boolean {
  for (const value of [a, b]) if (value instanceof Undefined && !value.isLenient) throw undefinedError(value);
  return a instanceof Undefined && b instanceof Undefined;
}

function equalContainers(a: Value, b: Value): boolean {
  countVisit();
  if (Array.isArray(a)) return Array.isArray(b) && equalItems(a, b);
  if (a instanceof PyTuple) return b instanceof PyTuple && equalTuples(a.items, b.items);
  if (isMapping(a)) return isMapping(b) && equalDicts(asDict(a), asDict(b));
  if (isSetLike(a)) return isSetLike(b) && sizeOf(a) === sizeOf(b) && isSubset(a, b);
  if (a instanceof PyBytes) return b instanceof PyBytes && Buffer.from(a.bytes).equals(b.bytes);
  if (a instanceof LazyList) {
    return (
      b instanceof LazyList &&
      (a === b ||
        (a.typeName === 'range' && b.typeName === 'range' && equalItems([...itemsOf(a)], [...itemsOf(b)])))
    );
  }
  if (a instanceof PyObject) return a.behaviour.compare?.(b) === 0;
  if (b instanceof PyObject) return b.behaviour.compare?.(a) === 0;
  return a === b;
}

function equalItems(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  countVisit(Math.ceil(a.length / limits.templateItemsPerStep));
  return a.every((item, index) => equals(item, b[index] ?? null));
}

/** Lists of different length differ at once; of tuples the items are compared first. */
function equalTuples(a: readonly Value[], b: readonly Value[]): boolean {
  const shared = Math.min(a.length, b.length);
  return equalItems(a.slice(0, shared), b.slice(0, shared)) && a.length === b.length;
}

function equalDicts(a: Dict | undefined, b: Dict | undefined): boolean {
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  for (const [key, item] of a) {
    const other = dictGet(b, key);
    if (other === undefined || !equals(item, other)) return false;
  }
  return true;
}

/** The order of two numbers (NaN when there is none), or undefined when one is not a number. */
function compareNumbers(a: Value, b: Value): number | undefined {
  const x = a instanceof PyFloat ? a.value : asInt(a);
  if (x === undefined) return undefined;
  const y = b instanceof PyFloat ? b.value : asInt(b);
  if (y === undefined) return undefined;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Python's `<`, `<=`, `>`, `>=`, with its TypeError for what cannot be ordered. */
export function isOrdered(operator: Ordering, left: Value, right: Value): boolean {
  if (typeof left === 'number' && typeof right === 'number') return holds(operator, left - right);
  const a = force(left);
  const b = force(right);
  if (isSetLike(a) && isSetLike(b)) return isOrderedSet(operator, a, b);
  return holds(operator, orderOf(operator, a, b));
}

function holds(operator: Ordering, order: number): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return operator satisfies never;
  }
}

/** Negative, zero or positive, for sorting; raises Python's TypeError for what cannot be ordered. */
export function compare(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  return orderOf('<', force(left), force(right));
}

function orderOf(operator: Ordering, a: Value, b: Value): number {
  const numbers = compareNumbers(a, b);
  if (numbers !== undefined) return numbers;
  if (a instanceof Undefined) throw undefinedError(a);
  if (b instanceof Undefined) throw undefinedError(b);
  const text = asText(a);
  const other = asText(b);
  if (text !== undefined && other !== undefined) return compareText(text, other);
  if (Array.isArray(a) && Array.isArray(b)) return orderOfItems(operator, a, b);
  if (a instanceof PyTuple && b instanceof PyTuple) return orderOfItems(operator, a.items, b.items);
  if (a instanceof PyBytes && b instanceof PyBytes) return Buffer.compare(a.bytes, b.bytes);
  const order = orderOfObjects(a, b);
  if (order !== undefined) return order;
  throw typeError(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

function orderOfObjects(a: Value, b: Value): number | undefined {
  if (a instanceof PyObject) return a.behaviour.compare?.(b);
  if (!(b instanceof PyObject)) return undefined;
  const reflected = b.behaviour.compare?.(a);
  return reflected === undefined ? undefined : -reflected;
}

function orderOfItems(operator: Ordering, a: readonly Value[], b: readonly Value[]): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const x = a[index] ?? null;
    const y = b[index] ?? null;
    if (!equals(x, y)) return orderOf(operator, force(x), force(y));
  }
  return a.length - b.length;
}

/** Orders by code points, as Python does, and not by UTF-16 units. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  let index = 0;
  while (index < shared && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  if (index === shared) return a.length - b.length;
  const x = a.charCodeAt(index);
  const y = b.charCodeAt(index);
  const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
  if (isSurrogate(x) !== isSurrogate(y)) return isSurrogate(x) ? 1 : -1;
  return x - y;
}

type SetLike = PySet | LazyList;

function isSetLike(value: Value): value is SetLike {
  return value instanceof PySet || isView(value);
}

function sizeOf(set: SetLike): number {
  return set instanceof PySet ? set.items.size : set.length;
}

function isOrderedSet(operator: Ordering, a: SetLike, b: SetLike): boolean {
  switch (operator) {
    case '<':
      return sizeOf(a) < sizeOf(b) && isSubset(a, b);
    case '<=':
      return isSubset(a, b);
    case '>':
      return sizeOf(a) > sizeOf(b) && isSubset(b, a);
    case '>=':
      return isSubset(b, a);
    default:
      return operator satisfies never;
  }
}

/** Whether every item of `a` is in `b`. */
export function isSubset(a: SetLike, b: SetLike): boolean {
  const holdsItem = membership(b);
  for (const item of a instanceof PySet ? a.items : itemsOf(a)) if (!holdsItem(item)) return false;
  return true;
}

/** Whether items are in a set; the values in a dict's items need not be hashable. */
function membership(set: SetLike): (item: Value) => boolean {
  if (set instanceof PySet || set.typeName === 'dict_keys') {
    const { items } = set instanceof PySet ? set : toSet(itemsOf(set));
    return (item) => hasKey(items, item);
  }
  const pairs: Dict = new Map();
  for (const pair of itemsOf(set)) {
    const [key = null, value = null] = pair instanceof PyTuple ? pair.items : [];
    dictSet(pairs, key, value);
  }
  return (item) => {
    if (!(item instanceof PyTuple) || item.items.length !== 2) return false;
    const [key = null, value = null] = item.items;
    const own = dictGet(pairs, key);
    return own !== undefined && equals(own, value);
  };
}

/** Whether two values are the same object, for Python's `is`. */
export function isSame(left: Value, right: Value): boolean {
  const a = force(left);
  const b = force(right);
  if (a instanceof PyFloat && b instanceof PyFloat) return a.value === b.value;
  return a === b;
}

/** Python's `item in container`. */
export function contains(container: Value, item: Value): boolean {
  const holder = force(container);
  const sought = force(item);
  if (holder instanceof Undefined && !holder.isLenient) throw undefinedError(holder);
  const text = asText(holder);
  if (text !== undefined) {
    countVisit(text.length >>> 8);
    return text.includes(soughtText(sought));
  }
  if (holder instanceof Map) return dictGet(holder, sought) !== undefined;
  if (holder instanceof LazyDict) return isPresent(holder.get(dictKey(sought)));
  if (holder instanceof PySet) return hasKey(holder.items, sought);
  if (holder instanceof PyBytes) return bytesContain(holder, sought);
  if (holder instanceof LazyList && holder.typeName === 'dict_keys') dictKey(sought);
  if (holder instanceof LazyList && holder.typeName === 'dict_items') {
    if (!(sought instanceof PyTuple) || sought.items.length !== 2) return false;
    dictKey(sought.items[0] ?? null);
  }
  const items = iterateOrUndefined(holder);
  if (items === undefined) throw typeError(`argument of type '${typeName(holder)}' is not iterable`);
  if (Array.isArray(holder)) countItems(holder.length);
  for (const candidate of items) if (equals(candidate, sought)) return true;
  return false;
}

/** A lazy dict may answer for a missing key with an undefined value that says what is missing. */
function isPresent(item: Value | undefined): boolean {
  return item !== undefined && !(item instanceof Undefined);
}

function soughtText(item: Value): string {
  const text = asText(item);
  if (text === undefined) {
    throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  return text;
}

function bytesContain(holder: PyBytes, item: Value): boolean {
  const part = asInt(item) ?? (item instanceof PyBytes ? item.bytes : undefined);
  if (part === undefined) throw typeError(`a bytes-like object is required, not '${typeName(item)}'`);
  if (part instanceof Uint8Array) return Buffer.from(holder.bytes).includes(Buffer.from(part));
  if (part < 0 || part > 255) throw valueError('byte must be in range(0, 256)');
  return holder.bytes.includes(Number(part));
}
