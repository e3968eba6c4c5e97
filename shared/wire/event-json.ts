/** Run events as JSON text, for stores and recordings: floats, big integers and the order of keys survive. */

import { formatJson, parseJson } from '../base/json.ts';
import { type Dict, isDict, type Value } from '../base/value.ts';
import type { RunEvent } from './run-event.ts';

/** Keys under which the user's data stand as they are; all else is the event's own shape. */
const DATA_KEYS = new Set(['customStats', 'result']);

type Plain = boolean | null | number | string | undefined | Dict | readonly Plain[] | PlainObject;
type PlainObject = { readonly [key: string]: Plain };

/** One line of JSON. */
export function formatEvent(event: RunEvent): string {
  return formatJson(toValue(event));
}

/** The event of a text that {@link formatEvent} made. */
export function parseEvent(text: string): RunEvent {
  const event = toPlain(parseJson(text));
  if (typeof event !== 'object' || event === null || !('kind' in event)) {
    throw new Error('stored text is not a run event');
  }
  return event as RunEvent;
}

function toValue(plain: Plain): Value {
  if (plain === undefined) return null;
  if (typeof plain !== 'object' || plain === null || plain instanceof Map) return plain;
  if (isList(plain)) return plain.map(toValue);
  const dict: Dict = new Map();
  for (const [key, value] of Object.entries(plain)) {
    if (value !== undefined) dict.set(key, toValue(value));
  }
  return dict;
}

function isList(plain: readonly Plain[] | PlainObject): plain is readonly Plain[] {
  return Array.isArray(plain);
}

function toPlain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isDict(value)) return value;
  const plain: Record<string, unknown> = {};
  for (const [key, item] of value) {
    const name = String(key);
    plain[name] = DATA_KEYS.has(name) ? item : toPlain(item);
  }
  return plain;
}
