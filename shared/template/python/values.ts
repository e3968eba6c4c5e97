/** Python's value semantics: types, truth, length, iteration. Equality is in comparison.ts, keys in dict-key.ts. */

import { limits } from '../../base/limits.ts';
import { type Dict, PyFloat, type Special, type Value } from '../../base/value.ts';
import { countItems } from '../budget.ts';
import { Suspension } from '../template-error.ts';
import { limitError, typeError, undefinedError } from './error.ts';
import {
  LazyDict,
  LazyList,
  Markup,
  OMIT_TEXT,
  Omit,
  Pending,
  PyBytes,
  PyCallable,
  PyObject,
  PySet,
  PyTuple,
  Undefined,
  Vaulted,
} from './special.ts';

/** The value itself, or what a pending cell holds; suspends the render while the cell is empty. */
export function force(value: Value): Value {
  if (!(value instanceof Pending)) return value;
  const arrived = value.value;
  if (arrived === undefined) throw new Suspension(value.arrived, 'register result');
  return force(arrived);
}

/** The text of a str-like value (str, escaped text, the omit marker, an opened vault), or undefined for all others. */
export function asText(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  if (value instanceof Omit) return OMIT_TEXT;
  if (value instanceof Vaulted) return value.plainText;
  return undefined;
}

/** An int as a JS number or bigint (booleans count as 0 and 1), or undefined for all others. */
export function asInt(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return undefined;
}

/** A list or tuple as a JS array, or undefined for all others. */
export function asSequence(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof PyTuple) return value.items;
  return undefined;
}

/** A dict as a Map (a lazy dict is read whole), or undefined for all others. */
export function asDict(value: Value): Dict | undefined {
  if (value instanceof Map) return value;
  if (value instanceof LazyDict) return value.toDict();
  return undefined;
}

/** Whether Ansible counts it as a mapping. */
export function isMapping(value: Value): value is Dict | LazyDict {
  return value instanceof Map || value instanceof LazyDict;
}

/** Python's name of the value's class: `int`, `str`, `NoneType`, `dict_items`. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
    case 'bigint':
      return 'int';
    case 'string':
      return 'str';
    default:
      return typeNameOfObject(value);
  }
}

function typeNameOfObject(value: PyFloat | Value[] | Dict | Special): string {
  if (value instanceof Map) return 'dict';
  if (Array.isArray(value)) return 'list';
  if (value instanceof PyFloat) return 'float';
  if (value instanceof PyObject) return shownClass(value.behaviour.typeName);
  if (value instanceof Undefined && value.isLenient) return 'Undefined';
  if (value instanceof PyTuple && value.fields[0] === 'grouper') return '_GroupTuple';
  if (value instanceof Markup && value.mark === 'verbatim') return 'NativeJinjaText';
  if (value instanceof LazyList || value instanceof PyCallable) return value.typeName;
  if (value instanceof LazyDict) return value.typeName.replace(/^.*\./, '');
  if (value instanceof Pending) return typeName(force(value));
  return SPECIAL_TYPE_NAMES[value.special];
}

/** Messages name classes that are written in C with their module. */
function shownClass(name: string): string {
  return /^(?:date)?time\./.test(name) ? name : name.replace(/^.*\./, '');
}

const SPECIAL_TYPE_NAMES: { readonly [kind in Special['special']]: string } = {
  bytes: 'bytes',
  callable: 'function',
  'lazy-dict': 'dict',
  'lazy-list': 'list',
  markup: 'Markup',
  namespace: 'Namespace',
  object: 'object',
  omit: 'str',
  pending: 'object',
  set: 'set',
  template: 'str',
  tuple: 'tuple',
  undefined: 'AnsibleUndefined',
  vaulted: 'AnsibleVaultEncryptedUnicode',
};

/** Python's truth. Undefined raises. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'bigint') return value !== 0n;
  if (value instanceof PyFloat) return value.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof Undefined) return isTrueUndefined(value);
  if (value instanceof Pending) return isTrue(force(value));
  if (value instanceof PyObject) return value.behaviour.isTrue?.() ?? (value.behaviour.length?.() ?? 1) !== 0;
  const size = lengthOrUndefined(value);
  return size === undefined || size > 0;
}

function isTrueUndefined(value: Undefined): false {
  if (value.isLenient) return false;
  throw undefinedError(value);
}

/** How many items or characters, or undefined for what has no length. */
export function lengthOrUndefined(value: Value): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  const text = asText(value);
  if (text !== undefined) return textLength(text);
  if (value instanceof PyTuple) return value.items.length;
  if (value instanceof PySet) return value.items.size;
  if (value instanceof PyBytes) return value.bytes.length;
  if (value instanceof LazyDict) return value.keys().length;
  if (value instanceof LazyList) return value.length;
  if (value instanceof PyObject) return value.behaviour.length?.();
  if (value instanceof Pending) return lengthOrUndefined(force(value));
  return undefined;
}

/** Python's `len()`. */
export function length(value: Value): number {
  if (value instanceof Undefined && value.isLenient) return 0;
  if (value instanceof Undefined) throw undefinedError(value);
  const size = lengthOrUndefined(value);
  if (size === undefined) throw typeError(`object of type '${typeName(value)}' has no len()`);
  return size;
}

const ASTRAL = /[\ud800-\udbff]/;

/** The number of code points. */
export function textLength(text: string): number {
  if (!ASTRAL.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** One string per code point, indexable as Python's str is. */
export function characters(text: string): string | readonly string[] {
  if (!ASTRAL.test(text)) return text;
  countItems(text.length);
  return [...text];
}

/** The items that Python's `iter()` gives: keys of dicts, code points of strs. */
export function iterate(value: Value): Iterable<Value> {
  if (Array.isArray(value)) return hasPending(value) ? value.map(force) : value;
  const items = iterateOrUndefined(value);
  if (items === undefined) throw typeError(`'${typeName(value)}' object is not iterable`);
  return items;
}

function hasPending(items: readonly Value[]): boolean {
  for (const item of items) if (item instanceof Pending) return true;
  return false;
}

/** As {@link iterate}, but undefined for what cannot be iterated. Undefined values raise. */
export function iterateOrUndefined(value: Value): Iterable<Value> | undefined {
  if (value instanceof Undefined && value.isLenient) return [];
  if (value instanceof Undefined) throw undefinedError(value);
  if (value instanceof Map) return value.keys();
  const text = asText(value);
  if (text !== undefined) return text;
  const sequence = asSequence(value);
  if (sequence !== undefined) return sequence;
  if (value instanceof PySet) return value.items;
  if (value instanceof LazyList) return itemsOf(value);
  if (value instanceof LazyDict) return value.keys();
  if (value instanceof PyBytes) return value.bytes;
  if (value instanceof PyObject) return value.behaviour.iterate?.();
  if (value instanceof Pending) return iterateOrUndefined(force(value));
  return undefined;
}

/** The items of a view or range as they are computed; a range that is too long is refused before. */
export function itemsOf(view: LazyList): Iterable<Value> {
  checkSize(view.length, limits.templateItemsMax);
  return view;
}

/** The items of anything iterable as a new array, `list(value)`. */
export function toList(value: Value): Value[] {
  const items = iterate(value);
  if (typeof items === 'string') countItems(items.length);
  return [...items];
}

/** What `change` makes of each item of anything iterable. */
export function mapItems(value: Value, change: (item: Value) => Value): Value[] {
  const changed: Value[] = [];
  for (const item of iterate(value)) changed.push(change(item));
  return changed;
}

/** Whether a template may call it. */
export function isCallable(value: Value): boolean {
  return value instanceof PyCallable || (value instanceof PyObject && value.behaviour.call !== undefined);
}

/** Refuses a collection that is made with so many items in one go, and counts what that takes. */
export function checkSize(count: number, limit: number): void {
  checkLength(count, limit);
  countItems(count);
}

/** Refuses a collection that would grow over the bound. */
export function checkLength(count: number, limit: number): void {
  if (count > limit) throw limitError(`the template builds a value of ${count} items, more than ${limit}`);
}
