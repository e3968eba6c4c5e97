/** How methods of Python's classes are defined, and how they read their arguments. */

import { PyFloat, type Value } from '../base/value.ts';
import { typeError } from './python-error.ts';
import { asInt, asText, force, typeName } from './values.ts';

/** A method: its signature without `self`, and the function, which gets one value per parameter. */
export type Method<Self> = {
  readonly signature: string;
  readonly call: (self: Self, ...args: Value[]) => Value;
};

export type MethodTable<Self> = ReadonlyMap<string, Method<Self>>;

/** A table from `[name, signature, function]` rows. */
export function methodTable<Self>(
  rows: readonly (readonly [string, string, (self: Self, ...args: Value[]) => Value])[],
): MethodTable<Self> {
  return new Map(rows.map(([name, signature, call]) => [name, { signature, call }]));
}

/** An argument that must be a str. */
export function textArgument(value: Value | undefined): string {
  const given = force(value ?? null);
  const text = asText(given);
  if (text === undefined) throw typeError(`must be str, not ${typeName(given)}`);
  return text;
}

/** An argument that must be an int. */
export function intArgument(value: Value | undefined): number {
  const given = force(value ?? null);
  const int = asInt(given);
  if (int === undefined) {
    const name = given instanceof PyFloat ? 'float' : typeName(given);
    throw typeError(`'${name}' object cannot be interpreted as an integer`);
  }
  return Number(int);
}

/** The code-point range that optional start and end arguments name. */
export function rangeArguments(
  start: Value | undefined,
  end: Value | undefined,
  size: number,
): [number, number] {
  const place = (value: Value | undefined, usual: number): number => {
    if (value === undefined || value === null) return usual;
    const index = intArgument(value);
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  };
  return [place(start, 0), place(end, size)];
}
