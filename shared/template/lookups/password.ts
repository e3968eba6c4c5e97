/** The password lookup: a password kept in a file beside the playbook, made on first use. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import {
  defaultIdent,
  hashPassword,
  randomSalt,
  randomText,
  saltSizeOf,
  schemeName,
} from '../filters/password.ts';
import { decodeText } from '../python/codec.ts';
import { seededRandom, systemRandom } from '../python/random.ts';
import { str } from '../python/repr.ts';
import { asText, force, isTrue } from '../python/values.ts';
import { stripEnd } from '../python/whitespace.ts';
import { intOption, type LookupOptions, listOption, refuseUnknown, splitTerm, termText } from './options.ts';
import { playbookPath } from './search.ts';

/** The lookup. */
export const passwordLookups: readonly Lookup[] = [
  {
    name: 'password',
    call: (env, terms, options) => terms.map((term) => lookUp(env, termText(term, 'split'), options)),
  },
];

const OPTIONS = ['length', 'encrypt', 'chars', 'ident', 'seed'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Python's names of character sets. */
export const CHARACTER_SETS: ReadonlyMap<string, string> = new Map([
  ['ascii_letters', LETTERS],
  ['ascii_lowercase', LETTERS.slice(0, 26)],
  ['ascii_uppercase', LETTERS.slice(26)],
  ['digits', '0123456789'],
  ['hexdigits', '0123456789abcdefABCDEF'],
  ['octdigits', '01234567'],
  ['printable', `0123456789${LETTERS}${PUNCTUATION} \t\n\r\x0b\x0c`],
  ['punctuation', PUNCTUATION],
  ['whitespace', ' \t\n\r\x0b\x0c'],
]);

const DEFAULT_CHARACTERS = ['ascii_letters', 'digits', '.,:-_'];
const DEFAULT_LENGTH = 20;
const FILE_MODE = 0o600;
const NOWHERE = '/dev/null';

type Stored = {
  readonly password: string;
  readonly salt: string | undefined;
  readonly ident: string | undefined;
};

function lookUp(env: Environment, term: string, given: LookupOptions): Value {
  const { path, options } = parseTerm(env, term, withCharacterList(given));
  const encrypt = force(options.get('encrypt') ?? null);
  const scheme = encrypt === null || !isTrue(encrypt) ? undefined : schemeName(str(encrypt));
  const content = path === NOWHERE ? undefined : env.local.readFile(path);
  const stored = content === undefined ? undefined : parseContent(stripEnd(decodeText(content)));
  const password = stored?.password ?? makePassword(env, path, options);
  const salt = stored?.salt ?? (scheme === undefined ? undefined : makeSalt(env, path, scheme));
  const asked = force(options.get('ident') ?? null);
  const ident = isTrue(asked) ? str(asked) : scheme === undefined ? undefined : defaultIdent(scheme);
  const line = contentOf({ password, salt, ident });
  const isKept = stored !== undefined && (scheme === undefined || line === contentOf(stored));
  if (!isKept && path !== NOWHERE) env.local.writeFile(path, Buffer.from(`${line}\n`, 'utf8'), FILE_MODE);
  return scheme === undefined ? password : hashPassword(password, { scheme, salt, ident }, env);
}

/** Ansible splits a text of this option at commas; two of them stand for one comma only inside of a term. */
function withCharacterList(given: LookupOptions): LookupOptions {
  const text = asText(force(given.get('chars') ?? null));
  if (text === undefined) return given;
  return new Map(given).set(
    'chars',
    text.split(',').map((name) => name.trim()),
  );
}

/** What the file holds. */
function contentOf({ password, salt, ident }: Stored): string {
  if (salt === undefined) return password;
  return `${password} salt=${salt}${ident === undefined ? '' : ` ident=${ident}`}`;
}

function parseTerm(
  env: Environment,
  term: string,
  given: LookupOptions,
): { path: string; options: LookupOptions } {
  const space = term.indexOf(' ');
  const inline = splitTerm(space < 0 ? '' : term.slice(space + 1));
  const name = [space < 0 ? term : term.slice(0, space), ...inline.words].join(' ');
  if (!term.startsWith(name)) {
    throw ansibleError('Unrecognized value after key=value parameters given to password lookup');
  }
  refuseUnknown(inline.options.keys(), OPTIONS, 'Unrecognized parameter(s) given to password lookup: ');
  const path = playbookPath(env, name);
  return { path, options: new Map<string, Value>([...given, ...inline.options]) };
}

function parseContent(content: string): Stored {
  const at = content.lastIndexOf(' salt=');
  if (at < 0) return { password: content, salt: undefined, ident: undefined };
  const rest = content.slice(at + ' salt='.length);
  const identAt = rest.lastIndexOf(' ident=');
  return {
    password: content.slice(0, at),
    salt: identAt < 0 ? rest : rest.slice(0, identAt),
    ident: identAt < 0 ? undefined : rest.slice(identAt + ' ident='.length),
  };
}

function makePassword(env: Environment, path: string, options: LookupOptions): string {
  const length = intOption(options, 'length', DEFAULT_LENGTH);
  const characters = charactersOf(options);
  const seed = force(options.get('seed') ?? null);
  if (seed !== null) return randomText(seededRandom(seed), characters, length);
  const draw = (): Value => randomText(systemRandom(env.randomBytes), characters, length);
  return str(env.memory.once(`password ${path}`, draw));
}

function charactersOf(options: LookupOptions): string {
  const given = force(options.get('chars') ?? null);
  const text = asText(given);
  const names =
    given === null
      ? DEFAULT_CHARACTERS
      : text === undefined
        ? listOption(options, 'chars').map(str)
        : splitNames(text);
  return names
    .map((name) => CHARACTER_SETS.get(name) ?? name)
    .join('')
    .replace(/["']/g, '');
}

/** Names of sets between commas; two commas stand for a comma. */
function splitNames(text: string): string[] {
  const names = text
    .replaceAll(',,', ',')
    .split(',')
    .filter((name) => name !== '');
  return text.includes(',,') ? [',', ...names] : names;
}

function makeSalt(env: Environment, path: string, scheme: string): string {
  return str(env.memory.once(`password salt ${path}`, () => randomSalt(env, saltSizeOf(scheme))));
}
