/** The lookup random_string of the collection community.general. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { lookupError } from '../filter-error.ts';
import { randomText } from '../filters/password.ts';
import { pythonError } from '../python/error.ts';
import { parseInteger } from '../python/number.ts';
import { type RandomBits, seededRandom, shuffleInPlace, systemRandom } from '../python/random.ts';
import { repr, str } from '../python/repr.ts';
import { asText, force } from '../python/values.ts';
import { boolOption, intOption, type LookupOptions, textOption } from './options.ts';
import { CHARACTER_SETS } from './password.ts';

/** The lookup. */
export const randomStringLookup: Lookup = {
  name: 'random_string',
  call: (env, _terms, options) => {
    const text = drawText(env, options);
    return [boolOption(options, 'base64', false) ? Buffer.from(text).toString('base64') : text];
  },
};

const DEFAULT_LENGTH = 8;
const SIMILAR = 'il1LoO0';

/** Kinds of characters with the option that allows them, in the order in which their least numbers are drawn. */
const KINDS = [
  ['numbers', 'min_numeric', 'digits'],
  ['lower', 'min_lower', 'ascii_lowercase'],
  ['upper', 'min_upper', 'ascii_uppercase'],
  ['special', 'min_special', 'punctuation'],
] as const;
const ALPHABET_ORDER = ['upper', 'lower', 'numbers', 'special'];

function drawText(env: Environment, options: LookupOptions): string {
  const seed = force(options.get('seed') ?? null);
  if (seed !== null) return compose(seededRandom(str(seed)), options).join('');
  const draw = (): Value => {
    const bits = systemRandom(env.randomBytes);
    const characters = compose(bits, options);
    shuffleInPlace(bits, characters);
    return characters.join('');
  };
  return str(env.memory.once(`random_string ${repr(new Map(options))}`, draw));
}

function compose(bits: RandomBits, options: LookupOptions): string[] {
  const length = wholeOption(options, 'length', DEFAULT_LENGTH);
  const override = textOption(options, 'override_all', '');
  if (override !== '') return draw(bits, override, length);
  const sets = charactersOf(options);
  const least = KINDS.flatMap(([kind, option]) => {
    const count = wholeOption(options, option, 0);
    return count === 0 ? [] : draw(bits, sets.get(kind) ?? '', count);
  });
  const alphabet = ALPHABET_ORDER.filter((kind) => boolOption(options, kind, true));
  const all = alphabet.map((kind) => sets.get(kind) ?? '').join('');
  return [...least, ...draw(bits, all, length - least.length)];
}

function charactersOf(options: LookupOptions): Map<string, string> {
  const special = textOption(options, 'override_special', '');
  const similar = boolOption(options, 'ignore_similar_chars', false)
    ? textOption(options, 'similar_chars', SIMILAR)
    : '';
  const without = (characters: string): string =>
    [...characters].filter((character) => !similar.includes(character)).join('');
  return new Map(
    KINDS.map(([kind, , set]) => {
      const own = kind === 'special' && special !== '' ? special : (CHARACTER_SETS.get(set) ?? '');
      return [kind, without(own)];
    }),
  );
}

function draw(bits: RandomBits, characters: string, length: number): string[] {
  if (characters === '') {
    throw lookupError('Available characters cannot be None, please change constraints');
  }
  return [...randomText(bits, characters, length)];
}

function wholeOption(options: LookupOptions, name: string, fallback: number): number {
  const text = asText(force(options.get(name) ?? null));
  if (text !== undefined && parseInteger(text, 10) === undefined) {
    throw pythonError(
      'AnsibleOptionsError',
      'Invalid type for configuration option plugin_type: lookup plugin: ' +
        `ansible_collections.community.general.plugins.lookup.random_string setting: ${name} (from Direct): ` +
        `invalid literal for int() with base 10: ${repr(text)}`,
    );
  }
  return intOption(options, name, fallback);
}
