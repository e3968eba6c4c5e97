/** The ini lookup: one key of an INI or Java properties file. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { lookupError } from '../filter-error.ts';
import { decodeText } from '../python/codec.ts';
import { pythonError, typeError } from '../python/error.ts';
import { compilePattern, matchPattern } from '../python/regex.ts';
import { repr } from '../python/repr.ts';
import { Undefined } from '../python/special.ts';
import { force, isTrue, iterateOrUndefined, typeName } from '../python/values.ts';
import { splitWords } from '../python/whitespace.ts';
import { type IniFile, parseIni } from './ini-file.ts';
import {
  boolOption,
  choiceOption,
  defaultResults,
  type LookupOptions,
  termText,
  textOption,
} from './options.ts';
import { readFound } from './search.ts';

/** The lookup. */
export const iniLookups: readonly Lookup[] = [
  {
    name: 'ini',
    call: (env, terms, options) => terms.flatMap((term) => lookUp(env, iniTerm(term), options)),
  },
];

/** What there is no text in for Python. */
function iniTerm(term: Value): string {
  const settled = force(term);
  if (settled instanceof Undefined || iterateOrUndefined(settled) !== undefined)
    return termText(term, 'strip');
  throw typeError(`argument of type '${typeName(settled)}' is not iterable`);
}

const OPTIONS = ['type', 'file', 'section', 're', 'encoding', 'default', 'case_sensitive', 'allow_no_value'];
const PROPERTIES = 'java_properties';

function lookUp(env: Environment, term: string, given: LookupOptions): Value[] {
  choiceOption(given, { plugin: 'ini', name: 'type' }, ['ini', 'properties']);
  const { key, options } = splitInline(term, given);
  const name = textOption(options, 'file', 'ansible.ini');
  const found = readFound(env, 'files', name);
  if (found === undefined) throw pythonError('AnsibleParserError', "Invalid filename: 'None'");
  const text = decodeText(found.content, textOption(options, 'encoding', 'utf-8'));
  const isProperties = textOption(options, 'type', 'ini') === 'properties';
  const file = parseIni(isProperties ? `[${PROPERTIES}]\n${text}` : text, {
    // Ansible sets the reader up before it looks into the term.
    isCaseSensitive: boolOption(given, 'case_sensitive', false),
    mayLackValue: boolOption(given, 'allow_no_value', false) || boolOption(given, 'allow_none', false),
    name,
  });
  const section = isProperties ? PROPERTIES : textOption(options, 'section', 'global');
  return findValue(file, { key, section, name, options });
}

type Sought = {
  readonly key: string;
  readonly section: string;
  readonly name: string;
  readonly options: LookupOptions;
};

function findValue(file: IniFile, { key, section, name, options }: Sought): Value[] {
  const entries = file.read(section);
  if (entries === undefined) throw lookupError(`No section '${section}' in ${name}`);
  if (isTrue(options.get('re') ?? false)) {
    const pattern = compilePattern(key);
    return [...entries]
      .filter(([entry]) => matchPattern(pattern, entry) !== undefined)
      .map(([, value]) => value);
  }
  const value = entries.get(file.keyOf(key));
  if (value !== undefined) return value === null ? [] : [value];
  return defaultResults(options, '');
}

/** The old form `key section=x file=y` inside a term. */
function splitInline(term: string, given: LookupOptions): { key: string; options: LookupOptions } {
  const options = new Map(given).set('re', boolOption(given, 're', false));
  if (!term.includes('=') && !term.trim().includes(' ')) return { key: term, options };
  let key: string | undefined;
  for (const phrase of phrasesOf(term)) {
    const [name = '', value, ...more] = phrase.split('=');
    if (value === undefined) key ??= phrase;
    else if (more.length > 0) {
      const why = 'too many values to unpack (expected 2)';
      throw lookupError(`Could not use '${phrase}' from '${repr(phrasesOf(term))}': ${why}. ${why}`);
    } else if (OPTIONS.includes(name)) options.set(name, value);
    else throw lookupError(`${name} is not a valid option.`);
  }
  if (key === undefined) {
    throw pythonError(
      'AnsibleOptionsError',
      `No key to lookup was provided as first term with in string inline options: ${term}`,
    );
  }
  return { key, options };
}

/** Words that name an option begin a phrase; those after them belong to it. */
function phrasesOf(term: string): string[] {
  const phrases = new Map<string, string>();
  let current = 'key';
  for (const word of splitWords(term)) {
    for (const name of OPTIONS) if (word.includes(`${name}=`)) current = name;
    const before = phrases.get(current);
    phrases.set(current, before === undefined ? word : `${before} ${word}`);
  }
  return [...phrases.values()];
}
