/** The filters hashids_encode and hashids_decode of the collection community.general: short texts that stand for numbers. */

import { PyFloat, type Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import type { Builtin } from '../builtin.ts';
import { filterError, filterTypeError } from '../filter-error.ts';
import { pythonError, valueError } from '../python/error.ts';
import { normalizeInt } from '../python/number.ts';
import { repr, str } from '../python/repr.ts';
import { asInt, asText, force, isTrue, toList, typeName } from '../python/values.ts';
import { isSequence } from './sequence.ts';

const SIGNATURE = 'salt=None, alphabet=None, min_length=None';

/** The filters. */
export const hashidsFilters: readonly Builtin[] = [
  {
    name: 'hashids_encode',
    signature: SIGNATURE,
    call: (_env, value, ...options) => {
      const given = force(value);
      const numbers = (isSequence(given) ? toList(given) : [given]).map((each) => wholeNumber(force(each)));
      const ids = readOptions(options);
      const known = numbers.flatMap((each) => each ?? []);
      return known.length === 0 || known.length < numbers.length ? '' : encode(ids, known);
    },
  },
  {
    name: 'hashids_decode',
    signature: SIGNATURE,
    call: (_env, value, ...options) => {
      const ids = readOptions(options);
      const text = asText(force(value)) ?? '';
      const numbers = text === '' ? [] : decode(ids, text);
      return numbers.length > 0 && encode(ids, numbers) === text ? numbers.map(normalizeInt) : [];
    },
  },
];

/** The number, or undefined for what is none or below zero. */
function wholeNumber(value: Value): bigint | undefined {
  if (asText(value) !== undefined) return undefined;
  const number = value instanceof PyFloat ? value.value : asInt(value);
  if (number === undefined) {
    const fault = `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`;
    throw filterTypeError(`Data to encode must by a tuple or list of ints: ${fault}`);
  }
  const isWhole = typeof number === 'bigint' || Number.isInteger(number);
  return isWhole && number >= 0 ? BigInt(number) : undefined;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890';
/** Letters that keep numbers apart, so that no words arise that nobody wants to read. */
const SEPARATORS = 'cfhistuCFHISTU';
const LETTERS_MIN = 16;
const LETTERS_PER_SEPARATOR = 3.5;
const LETTERS_PER_GUARD = 12;

type Letters = readonly string[];

type Hashids = {
  readonly salt: Letters;
  readonly lengthMin: number;
  readonly alphabet: Letters;
  readonly separators: Letters;
  /** Letters around a text that had to be made longer. */
  readonly guards: Letters;
};

const LENGTH_SQUARED_PER_STEP = 2_000;

function readOptions([salt = null, alphabet = null, lengthMin = null]: readonly Value[]): Hashids {
  const text = (value: Value, fallback: string): string => {
    if (!isTrue(force(value))) return fallback;
    const given = asText(force(value));
    if (given !== undefined) return given;
    throw filterError(`The salt and the alphabet of hashids must be texts, and not ${repr(force(value))}`);
  };
  const length = isTrue(force(lengthMin)) ? Number(asInt(force(lengthMin)) ?? str(lengthMin)) : 0;
  if (Number.isNaN(length))
    throw pythonError('ValueError', `invalid literal for int() with base 10: ${str(lengthMin)}`);
  // A text is made longer by putting it between pieces that are as long.
  countVisit(Math.ceil(Math.max(0, length) ** 2 / LENGTH_SQUARED_PER_STEP));
  return makeHashids([...text(salt, '')], [...text(alphabet, LETTERS)], Math.max(0, length));
}

function makeHashids(salt: Letters, given: Letters, lengthMin: number): Hashids {
  let separators: Letters = [...SEPARATORS].filter((letter) => given.includes(letter));
  let alphabet: Letters = [...new Set(given)].filter((letter) => !separators.includes(letter));
  if (alphabet.length + separators.length < LETTERS_MIN) {
    throw valueError(`Alphabet must contain at least ${LETTERS_MIN} unique characters.`);
  }
  separators = reorder(separators, salt);
  const missing = Math.ceil(alphabet.length / LETTERS_PER_SEPARATOR) - separators.length;
  if (missing > 0) {
    separators = [...separators, ...alphabet.slice(0, missing)];
    alphabet = alphabet.slice(missing);
  }
  alphabet = reorder(alphabet, salt);
  const count = Math.ceil(alphabet.length / LETTERS_PER_GUARD);
  if (alphabet.length < 3) {
    const guards = separators.slice(0, count);
    return { salt, lengthMin, alphabet, separators: separators.slice(count), guards };
  }
  return { salt, lengthMin, separators, alphabet: alphabet.slice(count), guards: alphabet.slice(0, count) };
}

function codeOf(letter: string | undefined): number {
  return letter?.codePointAt(0) ?? 0;
}

/** The letters in another order, the same for the same salt. */
function reorder(letters: Letters, salt: Letters): Letters {
  const made = [...letters];
  let sum = 0;
  if (salt.length === 0) return made;
  for (let at = made.length - 1, index = 0; at > 0; at--, index = (index + 1) % salt.length) {
    const code = codeOf(salt[index]);
    sum += code;
    const other = (code + index + sum) % at;
    [made[at], made[other]] = [made[other] ?? '', made[at] ?? ''];
  }
  return made;
}

function pick(letters: Letters, index: number): string {
  return letters[index % letters.length] ?? '';
}

/** The alphabet for the next number. */
function turn(alphabet: Letters, lottery: string, salt: Letters): Letters {
  return reorder(alphabet, [lottery, ...salt, ...alphabet].slice(0, alphabet.length));
}

function encode(ids: Hashids, numbers: readonly bigint[]): string {
  const hash = numbers.reduce((sum, number, index) => sum + Number(number % BigInt(index + 100)), 0);
  const lottery = pick(ids.alphabet, hash);
  let { alphabet } = ids;
  const encoded = [lottery];
  for (const [index, number] of numbers.entries()) {
    alphabet = turn(alphabet, lottery, ids.salt);
    const digits = toDigits(number, alphabet);
    encoded.push(...digits);
    const separator = Number(number % BigInt(codeOf(digits[0]) + index));
    if (index < numbers.length - 1) encoded.push(pick(ids.separators, separator));
  }
  return (encoded.length < ids.lengthMin ? lengthen(ids, encoded, { hash, alphabet }) : encoded).join('');
}

function toDigits(number: bigint, alphabet: Letters): Letters {
  const base = BigInt(alphabet.length);
  const digits: string[] = [];
  for (let rest = number; rest > 0n || digits.length === 0; rest /= base) {
    digits.unshift(alphabet[Number(rest % base)] ?? '');
  }
  return digits;
}

type Ended = { readonly hash: number; readonly alphabet: Letters };

/** Puts guards around, and then as many letters as are missing. */
function lengthen({ guards, lengthMin }: Hashids, letters: Letters, ended: Ended): Letters {
  let made = [pick(guards, ended.hash + codeOf(letters[0])), ...letters];
  if (made.length < lengthMin) made = [...made, pick(guards, ended.hash + codeOf(made[2]))];
  const half = Math.floor(ended.alphabet.length / 2);
  let { alphabet } = ended;
  while (made.length < lengthMin) {
    alphabet = reorder(alphabet, alphabet);
    made = [...alphabet.slice(half), ...made, ...alphabet.slice(0, half)];
    const excess = made.length - lengthMin;
    if (excess > 0) made = made.slice(Math.floor(excess / 2), Math.floor(excess / 2) + lengthMin);
  }
  return made;
}

function splitAt(letters: Letters, separators: Letters): Letters[] {
  const parts: string[][] = [[]];
  for (const letter of letters) {
    if (separators.includes(letter)) parts.push([]);
    else parts.at(-1)?.push(letter);
  }
  return parts;
}

/** The numbers, or none where the text cannot stand for any. */
function decode({ salt, guards, separators, ...ids }: Hashids, text: string): bigint[] {
  const parts = splitAt([...text], guards);
  const [lottery, ...rest] = (parts.length === 2 || parts.length === 3 ? parts[1] : parts[0]) ?? [];
  if (lottery === undefined) return [];
  let { alphabet } = ids;
  const numbers: bigint[] = [];
  for (const part of splitAt(rest, separators)) {
    alphabet = turn(alphabet, lottery, salt);
    if (part.some((letter) => !alphabet.includes(letter))) return [];
    const base = BigInt(alphabet.length);
    numbers.push(part.reduce((sum, letter) => sum * base + BigInt(alphabet.indexOf(letter)), 0n));
  }
  return numbers;
}
