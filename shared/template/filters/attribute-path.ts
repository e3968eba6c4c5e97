/** Jinja2's attribute arguments: `address.city`, `0.name`, and comma-separated lists of them. */

import type { Value } from '../../base/value.ts';
import { getItem } from '../python/access.ts';
import { Undefined } from '../python/special.ts';
import { asText, force } from '../python/values.ts';

/** Reads one attribute of an item. */
export type Getter = (item: Value) => Value;

/** A getter for `attribute` (None: the item itself); undefined steps become `fallback` when that is given. */
export function makeGetter(attribute: Value, fallback?: Value): Getter {
  const parts = attributeParts(attribute);
  if (parts.length === 0) return force;
  return (item) => {
    let value = force(item);
    for (const part of parts) {
      value = getItem(value, part);
      if (fallback !== undefined && fallback !== null && value instanceof Undefined) value = fallback;
    }
    return value;
  };
}

/** A getter for a comma-separated list of attributes: gives the list of their values. */
export function makeMultiGetter(attribute: Value): (item: Value) => Value[] {
  const text = asText(force(attribute));
  const getters = (text === undefined ? [attribute] : text.split(',')).map((part) => makeGetter(part));
  return (item) => getters.map((getter) => getter(item));
}

function attributeParts(attribute: Value): Value[] {
  const settled = force(attribute);
  if (settled === null) return [];
  const text = asText(settled);
  if (text === undefined) return [settled];
  if (!/[.\d]/.test(text)) return [text];
  return text.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Texts in lower case, all else as it is: what case-insensitive filters compare. */
export function ignoreCase(value: Value): Value {
  const text = asText(force(value));
  return text === undefined ? value : text.toLowerCase();
}
