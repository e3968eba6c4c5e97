/** Jinja2's tests: what a value is, and how it compares. */

import { PyFloat, type Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { operate } from '../python/arithmetic.ts';
import { contains, equals, isOrdered, isSame, type Ordering } from '../python/comparison.ts';
import { typeError } from '../python/error.ts';
import { isHtml } from '../python/markup-text.ts';
import { str } from '../python/repr.ts';
import { LazyDict, LazyList, PyBytes, PyTuple, Undefined, Vaulted } from '../python/special.ts';
import {
  asInt,
  asText,
  force,
  isCallable,
  isMapping,
  iterateOrUndefined,
  typeName,
} from '../python/values.ts';

/** A test without arguments. */
function check(name: string, is: (value: Value) => boolean): Builtin {
  return { name, signature: '', call: (_env, value) => is(force(value)) };
}

/** A test against one other value. */
function against(name: string, is: (value: Value, other: Value) => boolean): Builtin {
  return { name, signature: 'other', call: (_env, value, other = null) => is(force(value), force(other)) };
}

function ordered(names: readonly string[], operator: Ordering): Builtin[] {
  return names.map((name) => against(name, (value, other) => isOrdered(operator, value, other)));
}

/** Type and comparison tests. */
export const typeTests: readonly Builtin[] = [
  check('defined', (value) => !(value instanceof Undefined)),
  check('undefined', (value) => value instanceof Undefined),
  check('none', (value) => value === null),
  check('boolean', (value) => typeof value === 'boolean'),
  check('true', (value) => value === true),
  check('false', (value) => value === false),
  check('integer', (value) => typeof value === 'number' || typeof value === 'bigint'),
  check('float', (value) => value instanceof PyFloat),
  check('number', (value) => asInt(value) !== undefined || value instanceof PyFloat),
  check('string', (value) => !(value instanceof Vaulted) && asText(value) !== undefined),
  check('mapping', isMapping),
  check('sequence', isSequence),
  check('iterable', isIterable),
  check('callable', (value) => value instanceof Undefined || isCallable(value)),
  check('escaped', (value) => (value instanceof Undefined && !value.isLenient) || isHtml(value)),
  check('lower', (value) => hasCase(str(value), (text) => text.toLowerCase())),
  check('upper', (value) => hasCase(str(value), (text) => text.toUpperCase())),
  check('odd', (value) => equals(modulo(value, 2), 1)),
  check('even', (value) => equals(modulo(value, 2), 0)),
  { ...against('divisibleby', (value, num) => equals(modulo(value, num), 0)), signature: 'num' },
  against('sameas', isSame),
  { ...against('in', (value, seq) => contains(seq, value)), signature: 'seq' },
  ...['eq', '==', 'equalto'].map((name) => against(name, equals)),
  ...['ne', '!='].map((name) => against(name, (value, other) => !equals(value, other))),
  ...ordered(['lt', '<', 'lessthan'], '<'),
  ...ordered(['le', '<='], '<='),
  ...ordered(['gt', '>', 'greaterthan'], '>'),
  ...ordered(['ge', '>='], '>='),
];

function isSequence(value: Value): boolean {
  if (value instanceof Undefined) return value.isLenient;
  return (
    Array.isArray(value) ||
    isMapping(value) ||
    asText(value) !== undefined ||
    value instanceof PyTuple ||
    value instanceof PyBytes ||
    value instanceof LazyDict ||
    (value instanceof LazyList && value.typeName === 'range')
  );
}

function isIterable(value: Value): boolean {
  return iterateOrUndefined(value) !== undefined;
}

/** Whether all letters with a case have the case that `change` gives, and there is one. */
function hasCase(text: string, change: (text: string) => string): boolean {
  return change(text) === text && text.toLowerCase() !== text.toUpperCase();
}

function modulo(value: Value, by: Value): Value {
  if (value === null || Array.isArray(value)) {
    throw typeError(`unsupported operand type(s) for %: '${typeName(value)}' and '${typeName(by)}'`);
  }
  return operate('%', value, by);
}
