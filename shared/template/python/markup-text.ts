/** What text that is safe for HTML does beside what text does: what is put to it is escaped, and the result is safe too. */

import { PyFloat, type Value } from '../../base/value.ts';
import { formatPercent } from './percent-format.ts';
import { str } from './repr.ts';
import { Markup, PyCallable, PyTuple, Undefined } from './special.ts';
import { asDict, asInt, asText, force, iterateOrUndefined } from './values.ts';
import { splitWords } from './whitespace.ts';

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\xa0',
};

/** A text without the shortest pieces from `open` to `close`, found in time that grows with its length only. */
function without(text: string, open: string, close: string): string {
  const kept: string[] = [];
  let at = 0;
  for (let start = text.indexOf(open); start >= 0; start = text.indexOf(open, at)) {
    const end = text.indexOf(close, start + open.length);
    if (end < 0) break;
    kept.push(text.slice(at, start));
    at = end + close.length;
  }
  return kept.join('') + text.slice(at);
}

/** A text without tags and comments, words apart by one blank, entities as characters. */
export function stripTags(text: string): string {
  return unescapeHtml(splitWords(without(without(text, '<!--', '-->'), '<', '>')).join(' '));
}

function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return (name !== undefined && Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined) ?? whole;
    },
  );
}

/** Whether a value is text made safe for HTML; text that is only to be kept verbatim is not. */
export function isHtml(value: Value): value is Markup {
  return value instanceof Markup && value.mark === 'html';
}

/** A text with HTML's special characters as entities. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => HTML_ESCAPES[character] ?? character);
}

/** A value as text that is safe for HTML. */
export function escapeValue(value: Value): Markup {
  return isHtml(value) ? value : new Markup(escapeHtml(str(value)));
}

/** `left + right` and `left % right` where one of them is safe text; undefined for all else. */
export function operateMarkup(operator: string, left: Value, right: Value): Markup | undefined {
  if (operator === '%') return isHtml(left) ? formatMarkup(left.text, right) : undefined;
  if (operator !== '+' || !(isHtml(left) || isHtml(right))) return undefined;
  if (asText(left) === undefined || asText(right) === undefined) return undefined;
  return new Markup(escapeValue(left).text + escapeValue(right).text);
}

/** `text % given`, with all that is put in escaped. */
export function formatMarkup(text: string, given: Value): Markup {
  const map = asDict(given);
  if (given instanceof PyTuple) return new Markup(formatPercent(text, new PyTuple(given.items.map(escaped))));
  if (map === undefined) return new Markup(formatPercent(text, escaped(given)));
  return new Markup(formatPercent(text, new Map([...map].map(([key, item]) => [key, escaped(item)]))));
}

/** Numbers as they are, for conversions that need them; all else escaped. */
function escaped(value: Value): Value {
  const given = force(value);
  const isNumber = asInt(given) !== undefined || given instanceof PyFloat || given instanceof Undefined;
  return isNumber ? given : escapeValue(given).text;
}

/** What only texts need: an argument of another type is refused by the method. */
function escapedText(value: Value): Value {
  const given = force(value);
  return asText(given) === undefined && !(given instanceof Undefined) ? given : escapeValue(given).text;
}

const MARKED = new Set(
  (
    'capitalize center expandtabs format format_map join ljust lower lstrip partition ' +
    'replace rjust rpartition rsplit rstrip split splitlines strip swapcase title translate upper zfill'
  ).split(' '),
);
/** Their arguments are taken as they are. */
const TAKEN_AS_THEY_ARE = new Set('format_map rsplit split splitlines'.split(' '));

/** What safe text has under a name: its own methods, and those of str. */
export function markupAttribute(self: Markup, name: string, method: Value | undefined): Value | undefined {
  if (name === 'unescape') return bound(name, () => unescapeHtml(self.text));
  if (name === 'striptags') return bound(name, () => stripTags(self.text));
  if (name === 'escape') return bound(name, ([value = null]) => escapeValue(force(value)));
  if (name === '__html__') return bound(name, () => self);
  return method instanceof PyCallable ? markupMethod(method) : method;
}

function bound(name: string, call: (args: readonly Value[]) => Value): PyCallable {
  return new PyCallable(name, call, undefined, 'method');
}

function markupMethod(method: PyCallable): PyCallable {
  if (!MARKED.has(method.name)) return method;
  const adapt = adapterOf(method.name);
  return new PyCallable(
    method.name,
    (args, kwargs) => {
      const given = method.name === 'join' ? args.map(escapedItems) : args.map(adapt);
      return marked(method.call(given, new Map([...kwargs].map(([key, item]) => [key, adapt(item)]))));
    },
    undefined,
    'method',
  );
}

function adapterOf(name: string): (value: Value) => Value {
  if (name === 'format') return escaped;
  if (name === 'partition' || name === 'rpartition') return (value) => escapeValue(force(value)).text;
  return TAKEN_AS_THEY_ARE.has(name) ? force : escapedText;
}

function escapedItems(value: Value): Value {
  const given = force(value);
  const items = given instanceof Undefined ? undefined : iterateOrUndefined(given);
  return items === undefined ? given : Array.from(items, (item) => escapeValue(force(item)).text);
}

function marked(value: Value): Value {
  if (typeof value === 'string') return new Markup(value);
  if (Array.isArray(value)) return value.map(marked);
  return value instanceof PyTuple ? new PyTuple(value.items.map(marked)) : value;
}
