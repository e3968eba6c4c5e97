/** The filters from_ini and to_ini of the collection community.general. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError, filterErrorFrom, rethrown } from '../filter-error.ts';
import { DEFAULT_SECTION, formatConfig, parseConfig } from '../formats/config-parser.ts';
import { pythonError, typeError } from '../python/error.ts';
import { repr, str } from '../python/repr.ts';
import { PyTuple } from '../python/special.ts';
import { asDict, asText, force, isMapping, toList, typeName } from '../python/values.ts';
import { isSequence } from './sequence.ts';

/** The filters. */
export const iniFilters: readonly Builtin[] = [
  {
    name: 'from_ini',
    signature: 'delimiters=None',
    call: (_env, value, delimiters = null) => fromIni(force(value), force(delimiters)),
  },
  {
    name: 'to_ini',
    signature: '*, no_extra_spaces=False',
    call: (_env, value, isTight = false) => toIni(force(value), force(isTight)),
  },
];

function fromIni(value: Value, given: Value): Value {
  const text = asText(value);
  if (text === undefined) throw filterError(`from_ini requires a str, got ${classText(value)}`);
  const delimiters = given === null ? {} : { delimiters: delimitersOf(given) };
  const sections = rethrown(
    () => parseConfig(text, { isCaseSensitive: true, mayLackValue: false, ...delimiters }),
    ({ message }) => filterErrorFrom(`from_ini failed to parse given string: ${message}`, message),
  );
  const defaults = sections.get(DEFAULT_SECTION) ?? new Map();
  sections.delete(DEFAULT_SECTION);
  const made = new Map<Value, Value>(
    [...sections].map(([name, values]) => [name, new Map<Value, Value>([...defaults, ...values])]),
  );
  return defaults.size === 0 ? made : made.set(DEFAULT_SECTION, new Map(defaults));
}

function delimitersOf(given: Value): string[] {
  if (!isSequence(given)) {
    throw filterError(`from_ini's delimiters parameter must be a sequence, got ${classText(given)}`);
  }
  const items = toList(given).map(force);
  const texts = items.flatMap((item) => asText(item) ?? []);
  if (texts.length === items.length) return texts;
  throw filterError(
    `from_ini's delimiters parameter must be a sequence of strings, got ${repr(new PyTuple(items))}`,
  );
}

function toIni(value: Value, isTight: Value): Value {
  const given = asDict(value);
  if (given === undefined) throw filterError(`to_ini requires a dict, got ${classText(value)}`);
  if (typeof isTight !== 'boolean') {
    throw filterError(`no_extra_spaces must be a boolean, got ${classText(isTight)}`);
  }
  const sections = rethrown(
    () => readSections(given),
    ({ message }) => filterErrorFrom(`to_ini failed to parse given dict:${message}`, message),
  );
  if (given.size === 0) {
    throw filterError('to_ini received an empty dict. An empty dict cannot be converted.');
  }
  const text = formatConfig(sections, isTight ? '=' : ' = ');
  if (text === '') throw pythonError('IndexError', 'string index out of range');
  return text.slice(0, -1);
}

/** The sections as texts, that of the defaults first. */
function readSections(given: ReadonlyMap<Value, Value>): Map<string, Map<string, string>> {
  const defaults = new Map<string, string>();
  const sections = new Map([[DEFAULT_SECTION, defaults]]);
  for (const [rawName, raw] of given) {
    const name = str(rawName);
    const options = force(raw);
    if (!isMapping(options)) {
      throw pythonError('AttributeError', `'${typeName(options)}' object has no attribute 'items'`);
    }
    if (sections.has(name) && name !== DEFAULT_SECTION) {
      throw pythonError('DuplicateSectionError', `Section ${repr(name)} already exists`);
    }
    const section = sections.get(name) ?? new Map<string, string>();
    sections.set(name, section);
    for (const [rawKey, item] of asDict(options) ?? []) {
      const key = str(rawKey);
      if (section.has(key)) {
        const where = `option ${repr(key)} in section ${repr(name)}`;
        throw pythonError('DuplicateOptionError', `While reading from '<dict>': ${where} already exists`);
      }
      if (force(item) === null) throw typeError('option values must be strings');
      section.set(key, str(item));
    }
  }
  if (defaults.size === 0) sections.delete(DEFAULT_SECTION);
  return sections;
}
