/** What becomes of the pieces that a template printed: Ansible's literal guessing, Jinja2's native types, or plain text. */

import { PyFloat, type Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import { undefinedError } from '../python/error.ts';
import { guessLiteral, literalEval } from '../python/literal-eval.ts';
import { repr } from '../python/repr.ts';
import {
  LazyDict,
  LazyList,
  Markup,
  Omit,
  Pending,
  PyBytes,
  PySet,
  PyTuple,
  Undefined,
  Vaulted,
} from '../python/special.ts';
import { asDict, force, itemsOf } from '../python/values.ts';
import type { Output } from './output.ts';

/** Makes a printed value final: views become lists, undefined raises wherever it stands inside. */
export function finalizeValue(value: Value): Value {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof LazyList) return settleItems([...itemsOf(value)]);
  return settle(value);
}

/** As {@link finalizeValue}; None prints as nothing, and what is undefined in a view prints as what it is. */
export function finalizeText(value: Value): Value {
  if (value instanceof LazyList) return settleItems([...itemsOf(value)], true);
  return finalizeValue(value) ?? '';
}

/** The value with everything in it that was not there yet, and no undefined. Unchanged parts are kept as they are. */
function settle(value: Value, keepsUndefined = false): Value {
  if (value === null || typeof value !== 'object') return value;
  countVisit();
  if (value instanceof Undefined && !value.isLenient && !keepsUndefined) throw undefinedError(value);
  if (value instanceof Pending) return settle(force(value), keepsUndefined);
  if (value instanceof Vaulted) return value.plainText ?? value;
  if (Array.isArray(value)) return settleItems(value, keepsUndefined);
  if (value instanceof Map) return settleDict(value, keepsUndefined);
  if (value instanceof LazyDict) return settleDict(asDict(value) ?? new Map(), keepsUndefined);
  if (value instanceof PyTuple) {
    const items = settleItems(value.items, keepsUndefined);
    return items === value.items ? value : new PyTuple(items);
  }
  return value;
}

function settleItems<Items extends readonly Value[]>(items: Items, keepsUndefined = false): Items | Value[] {
  let settled: Value[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const item = items[index] ?? null;
    const final = settle(item, keepsUndefined);
    if (final !== item) {
      settled ??= [...items];
      settled[index] = final;
    }
  }
  return settled ?? items;
}

function settleDict(map: Map<Value, Value>, keepsUndefined: boolean): Map<Value, Value> {
  let settled: Map<Value, Value> | undefined;
  for (const [key, item] of map) {
    const final = settle(item, keepsUndefined);
    if (final !== item) {
      settled ??= new Map(map);
      settled.set(key, final);
    }
  }
  return settled ?? map;
}

/** Text of all pieces, as files have it; a single one that is to stay text keeps its mark. */
export function concatText(printed: Output): Value {
  return printed.isKept ? new Markup(printed.text, 'verbatim') : printed.text;
}

/** Text that looks like a list, dict or bool becomes one, as Ansible has it outside native mode. */
export function concatGuessing(printed: Output): Value {
  const { only } = printed;
  if (only === undefined) return guessLiteral(printed.text);
  if (typeof only === 'string') return guessLiteral(only);
  if (only instanceof Markup && only.mark === 'verbatim') return only.text;
  if (typeof only === 'boolean' || only instanceof Omit) return only;
  if (Array.isArray(only) || only instanceof Map || only instanceof PySet) {
    return survivesPrinting(only) ? withoutMarks(only) : guessLiteral(repr(only));
  }
  return guessLiteral(printed.text);
}

/** Whether reading back what Python prints for it gives it again. */
function survivesPrinting(value: Value): boolean {
  if (value === null || typeof value !== 'object') return true;
  countVisit();
  if (value instanceof PyFloat) return Number.isFinite(value.value);
  if (Array.isArray(value)) return value.every(survivesPrinting);
  if (value instanceof PyTuple) return value.items.every(survivesPrinting);
  if (value instanceof PySet) return value.items.size > 0 && [...value.items].every(survivesPrinting);
  if (value instanceof Map) {
    for (const [key, item] of value) if (!survivesPrinting(key) || !survivesPrinting(item)) return false;
    return true;
  }
  return (
    value instanceof PyBytes ||
    value instanceof Omit ||
    (value instanceof Markup && value.mark === 'verbatim')
  );
}

/** The value with marked text as plain text. */
function withoutMarks(value: Value): Value {
  if (typeof value === 'object') countVisit();
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.some(hasMarks) ? value.map(withoutMarks) : value;
  if (value instanceof Map && hasMarks(value)) {
    return new Map([...value].map(([key, item]) => [key, withoutMarks(item)]));
  }
  return value;
}

function hasMarks(value: Value): boolean {
  if (typeof value === 'object') countVisit();
  if (value instanceof Markup) return true;
  if (Array.isArray(value)) return value.some(hasMarks);
  return value instanceof Map && [...value.values()].some(hasMarks);
}

/** Jinja2's native types: one value stays what it is, text that is a Python literal becomes its value. */
export function concatNative(printed: Output): Value {
  const { only, count } = printed;
  if (count === 0) return null;
  if (only instanceof Markup && only.mark === 'verbatim') return only;
  if (only !== undefined && typeof only !== 'string' && !(only instanceof Markup)) return withoutMarks(only);
  return readNative(printed.text);
}

/** What text means as a Python literal, or itself. */
export function readNative(text: string): Value {
  const value = literalEval(text, false);
  if (typeof value === 'string') return `${text[0]}${value}${text[0]}`;
  return value === undefined ? text : value;
}
