/** A value inside a secret that holds JSON, as Python finds it with `in` and `[]`. */

import type { Value } from '../../base/value.ts';
import { lookupError } from '../filter-error.ts';
import { loadJson } from '../formats/json.ts';
import { pythonError, typeError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, typeName } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';

/** The text of what the keys lead to. */
export function insideSecret(secret: string, keys: readonly string[]): string {
  let value = loadSecret(secret);
  for (const key of keys) value = itemOf(value, key);
  return str(value);
}

function loadSecret(secret: string): Value {
  try {
    return loadJson(secret);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw pythonError(`json.decoder.${error.pythonType}`, error.message);
  }
}

function itemOf(value: Value, key: string): Value {
  const dict = asDict(value);
  if (dict !== undefined) {
    const item = dict.get(key);
    if (item !== undefined) return item;
    throw noKey(key);
  }
  const text = asText(value);
  if (text === undefined && !Array.isArray(value)) {
    throw typeError(`argument of type '${typeName(value)}' is not iterable`);
  }
  const isInside = text === undefined ? Array.isArray(value) && value.includes(key) : text.includes(key);
  if (!isInside) throw noKey(key);
  throw typeError(
    text === undefined
      ? 'list indices must be integers or slices, not str'
      : "string indices must be integers, not 'str'",
  );
}

function noKey(key: string): TemplateError {
  return lookupError(`Successfully retrieved secret but there exists no key ${key} in the secret`);
}
