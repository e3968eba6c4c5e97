/** The ini lookup: one key of an INI or Java properties file. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { lookupError } from '../filter-error.ts';
import { decodeText } from '../filters/charset.ts';
import { pythonError } from '../python-error.ts';
import { compilePattern, matchPattern } from '../python-regex.ts';
import { splitWords } from '../python-whitespace.ts';
import { force } from '../values.ts';
import { type IniFile, parseIni } from './ini-file.ts';
import { boolOption, type LookupOptions, termText, textOption } from './options.ts';
import { findFile } from './search.ts';

/** The lookup. */
export const iniLookups: readonly Lookup[] = [
  {
    name: 'ini',
    call: (env, terms, options) => terms.flatMap((term) => lookUp(env, termText(term), options)),
  },
];

const OPTIONS = [
  'type',
  'file',
  'section',
  're',
  'encoding',
  'default',
  'case_sensitive',
  'allow_no_value',
  'allow_none',
];
const PROPERTIES = 'java_properties';

function lookUp(env: Environment, term: string, given: LookupOptions): Value[] {
  const { key, options } = splitInline(term, given);
  const name = textOption(options, 'file', 'ansible.ini');
  const path = findFile(env, 'files', name);
  const content = path === undefined ? undefined : env.local.readFile(path);
  if (content === undefined) throw pythonError('AnsibleParserError', "Invalid filename: 'None'");
  const text = decodeText(content, textOption(options, 'encoding', 'utf-8'));
  const isProperties = textOption(options, 'type', 'ini') === 'properties';
  const file = parseIni(isProperties ? `[${PROPERTIES}]\n${text}` : text, {
    isCaseSensitive: boolOption(options, 'case_sensitive', false),
    mayLackValue: boolOption(options, 'allow_no_value', false) || boolOption(options, 'allow_none', false),
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
  if (boolOption(options, 're', false)) {
    const pattern = compilePattern(key);
    return [...entries]
      .filter(([entry]) => matchPattern(pattern, entry) !== undefined)
      .map(([, value]) => value);
  }
  const value = entries.get(file.keyOf(key));
  if (value !== undefined) return value === null ? [] : [value];
  const fallback = force(options.get('default') ?? '');
  return fallback === null ? [] : Array.isArray(fallback) ? fallback : [fallback];
}

/** The old form `key section=x file=y` inside a term; spaces belong to the option before them. */
function splitInline(term: string, given: LookupOptions): { key: string; options: LookupOptions } {
  if (!term.includes('=') && !term.trim().includes(' ')) return { key: term, options: given };
  const options = new Map(given);
  let key: string | undefined;
  let current: string | undefined;
  for (const word of splitWords(term)) {
    const [name = '', ...rest] = word.split('=');
    if (rest.length > 0) {
      if (!OPTIONS.includes(name)) throw lookupError(`${name} is not a valid option.`);
      options.set(name, rest.join('='));
      current = name;
    } else if (current === undefined) {
      key = key === undefined ? word : `${key} ${word}`;
    } else {
      options.set(current, `${String(options.get(current))} ${word}`);
    }
  }
  if (key === undefined) {
    throw pythonError(
      'AnsibleOptionsError',
      `No key to lookup was provided as first term with in string inline options: ${term}`,
    );
  }
  return { key, options };
}
