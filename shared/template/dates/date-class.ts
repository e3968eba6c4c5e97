/** What the classes of dates have in common: methods with named arguments, and objects that hold plain data. */

import type { Value } from '../../base/value.ts';
import { typeError } from '../python/error.ts';
import type { MethodTable } from '../python/method.ts';
import { methodOf } from '../python/methods.ts';
import { bindNative } from '../python/native-arguments.ts';
import { str } from '../python/repr.ts';
import { PyCallable, PyObject, PyTuple } from '../python/special.ts';
import { asInt, asText, force, typeName } from '../python/values.ts';
import { isoDay, isoTime } from './calendar.ts';
import type { CalendarDate } from './date-format.ts';

/** A method of a date class, bound to an object of it; undefined when there is none of that name. */
export function boundMethod<Self>(
  type: { readonly name: string; readonly methods: MethodTable<Self> },
  self: Self,
  name: string,
): PyCallable | undefined {
  const method = type.methods.get(name);
  if (method === undefined) return undefined;
  const callee = { type: type.name, name, signature: method.signature, style: method.style };
  return new PyCallable(
    name,
    (args, kwargs) => method.call(self, ...bindNative(callee, args, kwargs)),
    undefined,
    'builtin_function_or_method',
  );
}

/** What an object of one of the classes holds, or undefined for other values. */
export function payloadOf(value: Value, type: string): unknown {
  const settled = force(value);
  if (!(settled instanceof PyObject) || settled.behaviour.typeName !== type) return undefined;
  return settled.behaviour.payload;
}

/** The date in an object of a class that holds one. */
export function dateIn(value: Value, type: string): CalendarDate | undefined {
  const payload = payloadOf(value, type);
  return isDate(payload) ? payload.date : undefined;
}

/** What JSON holds of a date or datetime; undefined for other values. */
export function isoDate(value: Value): string | undefined {
  const moment = dateIn(value, 'datetime.datetime');
  if (moment !== undefined) return `${isoDay(moment)}T${isoTime(moment, 'auto')}`;
  const day = dateIn(value, 'datetime.date');
  return day === undefined ? undefined : isoDay(day);
}

function isDate(payload: unknown): payload is { readonly date: CalendarDate } {
  return typeof payload === 'object' && payload !== null && 'date' in payload;
}

/** An argument that must be an int; `fallback` where none is given. */
export function fieldArgument(value: Value | undefined, fallback: number): number {
  const given = force(value ?? null);
  if (given === null) return fallback;
  const int = asInt(given);
  if (int === undefined) throw typeError(`'${typeName(given)}' object cannot be interpreted as an integer`);
  return Number(int);
}

/** An argument of `fromisoformat`. */
export function isoArgument(value: Value | undefined): string {
  const text = asText(force(value ?? null));
  if (text === undefined) throw typeError('fromisoformat: argument must be str');
  return text;
}

/** An object whose named fields are the items of a tuple: `time.struct_time`, `IsoCalendarDate`. */
export function fieldTuple(typeName: string, fields: readonly (readonly [string, Value])[]): PyObject {
  const items = fields.map(([, value]) => value);
  const text = `${typeName}(${fields.map(([name, value]) => `${name}=${str(value)}`).join(', ')})`;
  return new PyObject({
    typeName,
    str: () => text,
    attribute: (name) => fields.find(([field]) => field === name)?.[1] ?? methodOf(new PyTuple(items), name),
    item: (key) => items.at(Number(asInt(key) ?? items.length)),
    iterate: () => items,
    length: () => items.length,
  });
}
