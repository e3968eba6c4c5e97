/** Ansible's set filters: unique, union, intersect, difference, symmetric_difference. */

import { PyFloat, type Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterErrorFrom } from '../filter-error.ts';
import { operate } from '../python/arithmetic.ts';
import { contains, equals } from '../python/comparison.ts';
import { hasKey, toSet } from '../python/dict-key.ts';
import { LazyList, PyBytes, PySet, PyTuple, Undefined } from '../python/special.ts';
import { asInt, asText, force, isTrue, iterate, toList } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { uniqueHashable } from './sequence.ts';

/** Set filters. */
export const setFilters: readonly Builtin[] = [
  { name: 'unique', signature: 'case_sensitive=None, attribute=None', call: uniqueFilter },
  { name: 'union', signature: 'b', call: (_env, a, b = null) => union(force(a), force(b)) },
  { name: 'intersect', signature: 'b', call: (_env, a, b = null) => intersect(force(a), force(b)) },
  { name: 'difference', signature: 'b', call: (_env, a, b = null) => difference(force(a), force(b)) },
  {
    name: 'symmetric_difference',
    signature: 'b',
    call: (_env, a, b = null) => symmetricDifference(force(a), force(b)),
  },
];

function uniqueFilter(
  _env: unknown,
  value: Value,
  caseSensitive: Value = null,
  attribute: Value = null,
): Value {
  const hasAttribute = attribute !== null && isTrue(attribute);
  try {
    return uniqueHashable(value, caseSensitive !== null && isTrue(caseSensitive), attribute);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (caseSensitive === false || hasAttribute) {
      throw filterErrorFrom(
        "Jinja2's unique filter failed and we cannot fall back to Ansible's version " +
          'as it does not support the parameters supplied',
        error.message,
      );
    }
    return uniqueByComparison(value);
  }
}

function uniqueByComparison(value: Value): Value[] {
  const kept: Value[] = [];
  for (const item of iterate(force(value))) if (!kept.some((other) => equals(other, item))) kept.push(item);
  return kept;
}

/** Equal items once, as Ansible's other set filters call it: case matters, items need not be hashable. */
export function distinct(given: Iterable<Value>): Value[] {
  const items = [...given];
  try {
    return uniqueHashable(items, true, null);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return uniqueByComparison(items);
  }
}

/** Values that Python can hash are combined as sets of their items. */
function isHashable(value: Value): boolean {
  return (
    asText(value) !== undefined ||
    asInt(value) !== undefined ||
    value === null ||
    value instanceof PyTuple ||
    value instanceof PyBytes ||
    value instanceof PyFloat ||
    value instanceof LazyList ||
    value instanceof Undefined
  );
}

function union(a: Value, b: Value): Value {
  if (isHashable(a) && isHashable(b)) return toSet([...iterate(a), ...iterate(b)]);
  return distinct(toList(operate('+', a, b)));
}

function intersect(a: Value, b: Value): Value {
  if (isHashable(a) && isHashable(b)) {
    const other = toSet(iterate(b));
    return toSet([...toSet(iterate(a)).items].filter((item) => hasKey(other.items, item)));
  }
  return distinct(Array.from(iterate(a)).filter((item) => contains(b, item)));
}

function difference(a: Value, b: Value): Value {
  if (isHashable(a) && isHashable(b)) return without(toSet(iterate(a)), toSet(iterate(b)));
  return distinct(Array.from(iterate(a)).filter((item) => !contains(b, item)));
}

function without(a: PySet, b: PySet): PySet {
  return new PySet([...a.items].filter((item) => !hasKey(b.items, item)));
}

function symmetricDifference(a: Value, b: Value): Value {
  if (isHashable(a) && isHashable(b)) {
    const left = toSet(iterate(a));
    const right = toSet(iterate(b));
    return new PySet([...without(left, right).items, ...without(right, left).items]);
  }
  const shared = intersect(a, b);
  return toList(union(a, b)).filter((item) => !contains(shared, item));
}
