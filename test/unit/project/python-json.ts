/** Python values in the form in which the recorders write them: floats, tuples, sets and vaulted texts are tagged. */

import { PyFloat, type Value } from '../../../shared/base/value.ts';
import { PySet, PyTuple, Template, Vaulted } from '../../../shared/template/python/special.ts';

/** The JSON that a recorder writes for the value. */
export function toPythonJson(value: Value): unknown {
  if (value instanceof Template) return value.source;
  if (value instanceof Vaulted) return { vaulted: true };
  if (typeof value === 'bigint') return { int: String(value) };
  if (value instanceof PyFloat) return { float: floatText(value.value) };
  if (value instanceof PyTuple) return { tuple: value.items.map(toPythonJson) };
  if (value instanceof PySet) return { set: [...value.items].map(toPythonJson) };
  if (value instanceof Map) return { dict: [...value].map((entry) => entry.map(toPythonJson)) };
  return Array.isArray(value) ? value.map(toPythonJson) : value;
}

function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}
