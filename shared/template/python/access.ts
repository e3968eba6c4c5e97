/** Jinja2's `value.name`, `value[key]` and slices: attribute before item, item before attribute. */

import type { Value } from '../../base/value.ts';
import { countItems, countText } from '../budget.ts';
import { TemplateError } from '../template-error.ts';
import { dictGet, dictKey } from './dict-key.ts';
import { chained, typeError, undefinedError, valueError } from './error.ts';
import { isHtml, markupAttribute } from './markup-text.ts';
import { isDictMethod, methodOf } from './methods.ts';
import { sliceRange } from './range.ts';
import { repr, str } from './repr.ts';
import {
  type Kwargs,
  LazyDict,
  LazyList,
  Markup,
  Pending,
  PyBytes,
  PyCallable,
  PyNamespace,
  PyObject,
  PyTuple,
  Undefined,
} from './special.ts';
import { formatFields } from './str-format.ts';
import { asInt, asText, characters, force, isMapping, typeName } from './values.ts';

/** `value.name`: the attribute, else the item, else undefined. An undefined value stays what it is. */
export function getAttribute(value: Value, name: string): Value {
  if (value instanceof Map && !isDictAttribute(name)) {
    const item = value.get(name);
    if (item !== undefined) return force(item);
  }
  if (value instanceof Undefined) return chained(value);
  if (value instanceof Pending) return getAttribute(force(value), name);
  const attribute = attributeOf(value, name);
  if (attribute !== undefined) return attribute;
  const item = itemOf(value, name);
  return item === undefined ? missingAttribute(value, name) : item;
}

/** `value[key]`: the item, else the attribute of that name, else undefined. */
export function getItem(value: Value, key: Value): Value {
  if (value instanceof Map && typeof key === 'string') {
    const item = value.get(key);
    if (item !== undefined) return item instanceof Pending ? force(item) : item;
  }
  if (value instanceof Undefined) return chained(value);
  if (value instanceof Pending) return getItem(force(value), key);
  const subscript = force(key);
  if (subscript instanceof Undefined && !subscript.isLenient && isMapping(value))
    throw undefinedError(subscript);
  const item = itemOf(value, subscript);
  if (item !== undefined) return item;
  const name = asText(subscript);
  if (name === undefined) return missingItem(value, subscript);
  const attribute = attributeOf(value, name);
  return attribute === undefined ? missingAttribute(value, name) : attribute;
}

function isDictAttribute(name: string): boolean {
  return isDictMethod(name) || name === '__class__';
}

function attributeOf(value: Value, name: string): Value | undefined {
  if (name === '__class__') return classOf(value);
  if (value instanceof PyObject) return settle(value.behaviour.attribute?.(name));
  if (value instanceof PyNamespace) return settle(value.attributes.get(name));
  if (value instanceof PyCallable) return settle(value.attribute?.(name));
  if (value instanceof PyTuple && value.fields.includes(name)) return value.items[value.fields.indexOf(name)];
  const text = asText(value);
  const mark = value instanceof Markup ? value.mark : undefined;
  const method = (text === undefined ? undefined : formatMethod(text, name, mark)) ?? methodOf(value, name);
  return isHtml(value) ? markupAttribute(value, name, method) : method;
}

/** Python's class of a value: prints its name and tells no more. */
function classOf(value: Value): PyObject {
  const name = typeName(value);
  return new PyObject({
    typeName: 'type',
    str: () => `<class '${name}'>`,
    attribute: (attribute) => (attribute === '__name__' ? name.replace(/^.*\./, '') : undefined),
    compare: (other) => (other instanceof PyObject && other.behaviour.payload === name ? 0 : undefined),
    payload: name,
  });
}

/** `format`: its result is marked as the text is. */
function formatMethod(text: string, name: string, mark: Markup['mark'] | undefined): Value | undefined {
  if (name !== 'format' && name !== 'format_map') return undefined;
  const format = (args: readonly Value[], kwargs: Kwargs): string => {
    if (name === 'format') return formatFields(text, { args, kwargs: new Map(kwargs), attributeOf, itemOf });
    if (kwargs.size > 0) throw typeError('str.format_map() takes no keyword arguments');
    if (args.length !== 1)
      throw typeError(`str.format_map() takes exactly one argument (${args.length} given)`);
    return formatFields(text, { args: undefined, kwargs: force(args[0] ?? null), attributeOf, itemOf });
  };
  const call = (args: readonly Value[], kwargs: Kwargs): Value =>
    mark === undefined ? format(args, kwargs) : new Markup(format(args, kwargs), mark);
  return new PyCallable(name, call, undefined, 'builtin_function_or_method');
}

function settle(value: Value | undefined): Value | undefined {
  return value === undefined ? undefined : force(value);
}

/** Python's `value[key]`, or undefined where Python raises. */
export function itemOf(value: Value, key: Value): Value | undefined {
  if (value instanceof Map) return settle(isHashable(key) ? dictGet(value, key) : undefined);
  if (value instanceof LazyDict) return settle(isHashable(key) ? value.get(dictKey(key)) : undefined);
  if (value instanceof PyObject) return settle(value.behaviour.item?.(key));
  const index = asInt(key);
  return index === undefined ? undefined : elementAt(value, Number(index));
}

function isHashable(key: Value): boolean {
  if (key === null || typeof key !== 'object') return true;
  try {
    dictKey(key);
    return true;
  } catch (error) {
    if (error instanceof TemplateError && error.pythonType === 'TypeError') return false;
    throw error;
  }
}

function elementAt(value: Value, index: number): Value | undefined {
  if (Array.isArray(value)) return settle(value[index < 0 ? value.length + index : index]);
  if (value instanceof PyTuple) return settle(value.items.at(index));
  const text = asText(value);
  if (text !== undefined) {
    const units = characters(text);
    const unit = units[index < 0 ? units.length + index : index];
    return unit !== undefined && isHtml(value) ? new Markup(unit) : unit;
  }
  if (value instanceof PyBytes) return value.bytes.at(index);
  if (!(value instanceof LazyList) || value.typeName !== 'range') return undefined;
  const place = index < 0 ? value.length + index : index;
  return place >= 0 && place < value.length ? value.at(place) : undefined;
}

const MARKUP_CLASSES = {
  html: 'markupsafe.Markup object',
  verbatim: 'ansible.utils.native_jinja.NativeJinjaText object',
} as const;

/** What Jinja2 says of an object in messages about missing attributes. */
function describeObject(value: Value): string {
  if (value === null) return 'None';
  if (value instanceof PyObject) return `${value.behaviour.typeName} object`;
  if (value instanceof LazyDict) return `${value.typeName} object`;
  if (value instanceof PyNamespace) return 'jinja2.utils.Namespace object';
  if (value instanceof Markup) return MARKUP_CLASSES[value.mark];
  const name = typeName(value);
  return `${name === '_GroupTuple' ? 'jinja2.filters.' : ''}${name} object`;
}

/** The undefined value for a missing attribute of an object, which messages describe in these words. */
export function missingAttribute(
  value: Value,
  name: string,
  object: string = describeObject(value),
): Undefined {
  return new Undefined(`'${object}' has no attribute ${repr(name)}`, name, {
    lack: { of: value, key: name },
  });
}

/** The undefined value for a missing item of an object, which messages describe in these words. */
export function missingItem(value: Value, key: Value, object: string = describeObject(value)): Undefined {
  const missing = key instanceof Undefined ? undefined : str(key);
  return new Undefined(`${object} has no element ${repr(key)}`, missing, { lack: { of: value, key } });
}

/** The bounds of a slice; null where none is written. */
export type Slice = { readonly start: Value; readonly stop: Value; readonly step: Value };

/** `value[start:stop:step]`. */
export function getSlice(value: Value, slice: Slice): Value {
  const whole = force(value);
  if (whole instanceof Undefined) return chained(whole);
  const text = asText(whole);
  if (text !== undefined) {
    const part = pickText(characters(text), slice);
    return isHtml(whole) ? new Markup(part) : part;
  }
  if (Array.isArray(whole)) return pick(whole, slice);
  if (whole instanceof PyTuple) return new PyTuple(pick(whole.items, slice));
  if (whole instanceof PyBytes) return new PyBytes(Uint8Array.from(pick(whole.bytes, slice)));
  if (whole instanceof LazyList && whole.typeName === 'range') {
    return sliceRange(whole, sliceBounds(slice, whole.length));
  }
  if (isMapping(whole)) throw typeError("unhashable type: 'slice'");
  throw typeError(`'${typeName(whole)}' object is not subscriptable`);
}

function pickText(items: string | readonly string[], slice: Slice): string {
  countText(items.length);
  const { start, stop, step } = sliceBounds(slice, items.length);
  if (typeof items === 'string' && step === 1) return items.slice(start, Math.max(start, stop));
  return pick(items, slice).join('');
}

function pick<Item>(items: ArrayLike<Item>, slice: Slice): Item[] {
  const { start, stop, step } = sliceBounds(slice, items.length);
  countItems(Math.max(0, Math.ceil((stop - start) / step)));
  const result: Item[] = [];
  for (let index = start; step > 0 ? index < stop : index > stop; index += step) {
    const item = items[index];
    if (item !== undefined) result.push(item);
  }
  return result;
}

function sliceBounds(slice: Slice, size: number): { start: number; stop: number; step: number } {
  const step = bound(slice.step) ?? 1;
  if (step === 0) throw valueError('slice step cannot be zero');
  const least = step > 0 ? 0 : -1;
  const most = step > 0 ? size : size - 1;
  const clamp = (index: number): number => Math.min(most, Math.max(least, index < 0 ? index + size : index));
  const start = bound(slice.start);
  const stop = bound(slice.stop);
  return {
    start: start === undefined ? (step > 0 ? 0 : most) : clamp(start),
    stop: stop === undefined ? (step > 0 ? most : -1) : clamp(stop),
    step,
  };
}

function bound(value: Value): number | undefined {
  const settled = force(value);
  if (settled === null) return undefined;
  const int = asInt(settled);
  if (int === undefined) {
    throw typeError('slice indices must be integers or None or have an __index__ method');
  }
  return Number(int);
}
