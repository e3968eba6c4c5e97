/** How methods of Python's classes are defined, and how they read their arguments. */

import { PyFloat, type Value } from '../../base/value.ts';
import { pythonError, typeError } from './error.ts';
import type { ArgumentStyle } from './native-arguments.ts';
import { asInt, asText, force, typeName } from './values.ts';

/** A method: its signature without `self`, and the function, which gets one value per parameter. */
export type Method<Self> = {
  readonly signature: string;
  readonly style: ArgumentStyle;
  readonly call: (self: Self, ...args: Value[]) => Value;
};

/** The methods of a class by name. */
export type MethodTable<Self> = ReadonlyMap<string, Method<Self>>;

/** A table from `[name, signature, function]` rows, with the words of its errors where they are not `plain`. */
export function methodTable<Self>(
  rows: readonly (readonly [string, string, (self: Self, ...args: Value[]) => Value, ArgumentStyle?])[],
): MethodTable<Self> {
  return new Map(rows.map(([name, signature, call, style = 'plain']) => [name, { signature, style, call }]));
}

/** An argument that must be a str; `what` names it where Python does. */
export function textArgument(value: Value | undefined, what?: string): string {
  const given = force(value ?? null);
  const text = asText(given);
  if (text !== undefined) return text;
  if (what === undefined) throw typeError(`must be str, not ${typeName(given)}`);
  throw typeError(`${what} must be str, not ${given === null ? 'None' : typeName(given)}`);
}

/** An argument that must be an int. */
export function intArgument(value: Value | undefined, type: 'int' | 'ssize_t' = 'ssize_t'): number {
  const given = force(value ?? null);
  const int = asInt(given);
  if (int === undefined) {
    const name = given instanceof PyFloat ? 'float' : typeName(given);
    throw typeError(`'${name}' object cannot be interpreted as an integer`);
  }
  const most = type === 'int' ? 2n ** 31n - 1n : INT_MAX;
  if (int > most || int < -most) {
    throw pythonError('OverflowError', `Python int too large to convert to C ${type}`);
  }
  return Number(int);
}

/** The largest size that Python knows. */
const INT_MAX = 2n ** 63n - 1n;

/** The code-point range that optional start and end arguments name; it starts behind its end where nothing is to be found. */
export function rangeArguments(
  start: Value | undefined,
  end: Value | undefined,
  size: number,
  isNoneAllowed = true,
): [number, number] {
  const place = (value: Value | undefined, usual: number, most: number): number => {
    if (value === undefined || (value === null && isNoneAllowed)) return usual;
    const int = asInt(force(value));
    if (int === undefined)
      throw typeError(
        `slice indices must be integers ${isNoneAllowed ? 'or None ' : ''}or have an __index__ method`,
      );
    const index = Number(int);
    return Math.max(0, Math.min(most, index < 0 ? index + size : index));
  };
  return [place(start, 0, size + 1), place(end, size, size)];
}
