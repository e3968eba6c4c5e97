/** Values as JMESPath sees them: its types, its truth, its comparisons. */

import { PyFloat, type Value } from '../../base/value.ts';
import { compare, equals } from '../python/comparison.ts';
import { PyTuple } from '../python/special.ts';
import { asDict, asText, force, isMapping } from '../python/values.ts';

/** The name of a value's type. */
export function typeOf(value: Value): 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string' {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat) return 'number';
  if (asText(value) !== undefined) return 'string';
  return asList(value) === undefined ? 'object' : 'array';
}

/** The items of an array, or undefined for all else. */
export function asList(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value.map(force);
  return value instanceof PyTuple ? value.items : undefined;
}

/** The value under a key of an object, null for all else. */
export function fieldOf(value: Value, name: string): Value {
  if (!isMapping(value)) return null;
  return force(asDict(value)?.get(name) ?? null);
}

/** Empty texts, arrays and objects are false, and so is null; every number is true. */
export function isTruthy(value: Value): boolean {
  if (value === null || value === false) return false;
  const text = asText(value);
  if (text !== undefined) return text !== '';
  const list = asList(value);
  if (list !== undefined) return list.length > 0;
  return !isMapping(value) || (asDict(value)?.size ?? 0) > 0;
}

/** The outcome of a comparison; null where the two cannot be ordered. */
export function compareBy(operator: string, left: Value, right: Value): Value {
  const isEqual = typeOf(left) === typeOf(right) && equals(left, right);
  if (operator === '==') return isEqual;
  if (operator === '!=') return !isEqual;
  const types = [typeOf(left), typeOf(right)];
  if (types[0] !== types[1] || (types[0] !== 'number' && types[0] !== 'string')) return null;
  const order = compare(left, right);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}
