/** Options of lookups as Ansible coerces them, and the `key=value` form that some still take inside a term. */

import type { Dict, Value } from '../../base/value.ts';
import { TRUE_WORDS } from '../argument-spec/convert-argument.ts';
import { ansibleError, attributeError, rethrown } from '../filter-error.ts';
import { isSequence } from '../filters/sequence.ts';
import { pythonError } from '../python/error.ts';
import { toFloat, toInt } from '../python/number.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, iterate } from '../python/values.ts';

export type LookupOptions = ReadonlyMap<string, Value>;

/** A yes-or-no option: what is none of the words for yes means no. */
export function boolOption(options: LookupOptions, name: string, fallback: boolean): boolean {
  const value = force(options.get(name) ?? fallback);
  if (typeof value === 'boolean') return value;
  const word = str(value).trim().toLowerCase();
  return word === '1.0' || TRUE_WORDS.includes(word);
}

/** A text option. */
export function textOption(options: LookupOptions, name: string, fallback: string): string {
  const value = options.get(name);
  return value === undefined ? fallback : str(force(value));
}

/** A whole number. */
export function intOption(options: LookupOptions, name: string, fallback: number): number {
  const value = options.get(name);
  return value === undefined ? fallback : Number(toInt(force(value)));
}

/** A list; one text stands for a list of one. */
export function listOption(options: LookupOptions, name: string): Value[] {
  const value = force(options.get(name) ?? []);
  return isSequence(value) ? [...iterate(value)] : [value];
}

/** What the option `default` gives where nothing was found: nothing for None, all of a list. */
export function defaultResults(options: LookupOptions, usual: Value): Value[] {
  const value = force(options.get('default') ?? usual);
  if (value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Where an option of a plugin stands, in messages about it. */
export type OptionPlace = { readonly plugin: string; readonly name: string };

/** An option that is one of a few words. */
export function choiceOption(
  options: LookupOptions,
  { plugin, name }: OptionPlace,
  choices: readonly [string, ...string[]],
): string {
  const word = textOption(options, name, choices[0]);
  if (choices.includes(word)) return word;
  const setting = `plugin_type: lookup plugin: ${plugin} setting: ${name} `;
  throw pythonError(
    'AnsibleOptionsError',
    `Invalid value "${word}" for configuration option "${setting}", valid values are: ${[...choices].sort().join(', ')}`,
  );
}

/** An option that is a dict; empty when there is none. */
export function dictOption(options: LookupOptions, { plugin, name }: OptionPlace): Dict {
  const value = force(options.get(name) ?? null);
  if (value === null) return new Map();
  const dict = asDict(value);
  if (dict !== undefined) return dict;
  throw wrongType({ plugin, name }, `Invalid type provided for "dictionary": ${str(value)}`);
}

/** An option that is a number, with or without a point. */
export function floatOption(options: LookupOptions, place: OptionPlace, fallback: number): number {
  const value = options.get(place.name);
  return rethrown(
    () => (value === undefined ? fallback : toFloat(force(value))),
    (error) => wrongType(place, error.message),
  );
}

function wrongType({ plugin, name }: OptionPlace, why: string): Error {
  const setting = `plugin_type: lookup plugin: ${plugin} setting: ${name}`;
  return pythonError(
    'AnsibleOptionsError',
    `Invalid type for configuration option ${setting} (from Direct): ${why}`,
  );
}

/** A term that must be a text; what the plugin does first with it decides about the message. */
export function termText(term: Value, method = 'startswith'): string {
  const text = asText(force(term));
  if (text === undefined) throw attributeError(term, method);
  return text;
}

/** A term split at its white space: words without `=` in order, and the options. Quotes hold words together. */
export function splitTerm(term: string): { words: string[]; options: Map<string, string> } {
  const words: string[] = [];
  const options = new Map<string, string>();
  if (/["']/.test(term.replace(/\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, ''))) {
    throw pythonError(
      'AnsibleParserError',
      `failed at splitting arguments, either an unbalanced jinja2 block or quotes: ${term}`,
    );
  }
  const pieces = term.match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+|["'])+/g) ?? [];
  for (const piece of pieces) {
    const equals = piece.indexOf('=');
    if (equals <= 0) words.push(piece);
    else options.set(piece.slice(0, equals).trim(), unquote(piece.slice(equals + 1).trim()));
  }
  return { words, options };
}

/** A text without the quotes around it. */
export function unquote(text: string): string {
  const quote = text[0];
  const isQuoted =
    text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote) && text.at(-2) !== '\\';
  return isQuoted ? text.slice(1, -1) : text;
}

/** Refuses options that a lookup does not know. */
export function refuseUnknown(given: Iterable<string>, known: readonly string[], message: string): void {
  const unknown = [...given].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw ansibleError(`${message}${unknown.join(', ')}`);
}
