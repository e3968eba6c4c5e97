/** Values as text, equal exactly when the values are, whatever the order of dict entries. */

import { isDict, PyFloat, type Value } from '../base/value.ts';
import { Template, Vaulted } from '../template/python/special.ts';

/** The text of `value` as it was written. */
export function identityText(value: Value | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return `[${value.map(identityText).join(',')}]`;
  if (isDict(value)) {
    const entries = [...value].map(([key, item]) => `${identityText(key)}:${identityText(item)}`);
    return `{${entries.sort().join(',')}}`;
  }
  if (value instanceof PyFloat) return `float ${value.value}`;
  if (value instanceof Template) return `template ${JSON.stringify(value.source)}`;
  if (value instanceof Vaulted) return `vault ${JSON.stringify(value.ciphertext)}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
