/** Python's `text % values`. */

import { limits } from '../../base/limits.ts';
import { PyFloat, type Value } from '../../base/value.ts';
import { dictGet } from './dict-key.ts';
import { limitError, pythonError, typeError, undefinedError, valueError } from './error.ts';
import { numberOrUndefined, truncateFloat } from './number.ts';
import { formatIntMagnitude, formatMagnitude } from './number-format.ts';
import { hexEscape, repr, str } from './repr.ts';
import { LazyDict, LazyList, PyBytes, PyTuple, Undefined } from './special.ts';
import { asDict, asInt, asText, characters, isMapping, textLength, typeName } from './values.ts';

/** What stands in a format: text, and conversions with what they say. */
type Piece = string | RawConversion;

const CONVERSION = /%(?:\(((?:[^()]|\([^()]*\))*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?(.|\n|$)/gu;

type Conversion = {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
  readonly index: number;
};

/** Hands out the arguments of one formatting in order. */
class Arguments {
  readonly #values: readonly Value[];
  readonly #mapping: Value | undefined;
  readonly #isTuple: boolean;
  /** Python takes anything that has items for a mapping, which need not be used. */
  readonly #isIndexed: boolean;
  #next = 0;
  #isNamed = false;

  constructor(given: Value) {
    this.#values = given instanceof PyTuple ? given.items : [given];
    this.#isTuple = given instanceof PyTuple;
    this.#isIndexed =
      isMapping(given) ||
      Array.isArray(given) ||
      given instanceof LazyList ||
      given instanceof PyBytes ||
      given instanceof Undefined;
    this.#mapping = isMapping(given) ? given : undefined;
  }

  take(): Value {
    const value = this.#values[this.#next];
    if (value === undefined || this.#isNamed) throw typeError('not enough arguments for format string');
    this.#next++;
    return value;
  }

  named(key: string): Value {
    if (this.#mapping === undefined) throw this.#noMapping();
    this.#isNamed = true;
    const value =
      this.#mapping instanceof LazyDict
        ? this.#mapping.get(key)
        : dictGet(asDict(this.#mapping) ?? new Map(), key);
    if (value === undefined) throw pythonError('KeyError', repr(key));
    return value;
  }

  /** A key without an end. */
  unended(): Error {
    return this.#mapping === undefined ? this.#noMapping() : valueError('incomplete format key');
  }

  #noMapping(): Error {
    const [only] = this.#values;
    if (only instanceof Undefined && !this.#isTuple) return undefinedError(only);
    const isIndexed = Array.isArray(only) || only instanceof PyBytes;
    if (this.#isTuple || !isIndexed) return typeError('format requires a mapping');
    const name = Array.isArray(only) ? 'list' : 'byte';
    return typeError(`${name} indices must be integers or slices, not str`);
  }

  finish(): void {
    if (this.#next < this.#values.length && !this.#isIndexed && !this.#isNamed) {
      throw typeError('not all arguments converted during string formatting');
    }
  }
}

/** `format % given` for strs. */
export function formatPercent(format: string, given: Value): string {
  const values = new Arguments(given);
  let text = '';
  for (const piece of piecesOf(format)) text += typeof piece === 'string' ? piece : convertOne(values, piece);
  values.finish();
  return text;
}

const FORMATS_KEPT = 200;
const FORMAT_CHARS_KEPT = 1_000;
const known = new Map<string, readonly Piece[]>();

function piecesOf(format: string): readonly Piece[] {
  const kept = known.get(format);
  if (kept !== undefined) return kept;
  const pieces = splitFormat(format);
  if (known.size >= FORMATS_KEPT) known.clear();
  if (format.length <= FORMAT_CHARS_KEPT) known.set(format, pieces);
  return pieces;
}

function splitFormat(format: string): Piece[] {
  const pieces: Piece[] = [];
  let last = 0;
  for (const found of format.matchAll(CONVERSION)) {
    const [whole, key, flags = '', width, precision, type = ''] = found;
    if (found.index > last) pieces.push(format.slice(last, found.index));
    last = found.index + whole.length;
    pieces.push(
      whole === '%%'
        ? '%'
        : { key, flags, width, precision, type, index: last - 1, isFirst: whole.length === 2 },
    );
  }
  if (last < format.length) pieces.push(format.slice(last));
  return pieces;
}

type RawConversion = {
  readonly key: string | undefined;
  /** Whether the type follows the mark at once. */
  readonly isFirst: boolean;
  readonly flags: string;
  readonly width: string | undefined;
  readonly precision: string | undefined;
  readonly type: string;
  readonly index: number;
};

function convertOne(values: Arguments, raw: RawConversion): string {
  const { key } = raw;
  if (raw.type === '(' && raw.isFirst) throw values.unended();
  if (raw.type === '') throw valueError('incomplete format');
  const named = key === undefined ? undefined : values.named(key);
  const starWidth = raw.width === '*' ? takeInt(values) : undefined;
  const starPrecision = raw.precision === '*' ? takeInt(values) : undefined;
  const width = starWidth ?? Number(raw.width ?? 0);
  const conversion: Conversion = {
    flags: width < 0 ? `${raw.flags}-` : raw.flags,
    width: Math.abs(width),
    precision: raw.precision === undefined ? undefined : (starPrecision ?? Number(raw.precision)),
    type: raw.type,
    index: raw.index,
  };
  if (Math.max(conversion.width, conversion.precision ?? 0) > limits.templateStringCharsMax) {
    throw limitError('a template asks for a width that is too large');
  }
  if (raw.type === '%') return '%';
  return convert(named === undefined ? values.take() : named, conversion);
}

function takeInt(values: Arguments): number {
  const int = asInt(values.take());
  if (int === undefined) throw typeError('* wants int');
  return Number(int);
}

function convert(value: Value, how: Conversion): string {
  switch (how.type) {
    case 's':
      return pad(cut(str(value), how), '', how);
    case 'r':
      return pad(cut(repr(value), how), '', how);
    case 'a':
      return pad(cut(toAscii(repr(value)), how), '', how);
    case 'c':
      return pad(toCharacter(value), '', how);
    case 'd':
    case 'i':
    case 'u':
      return convertInt(truncate(value, how), how, 10);
    case 'o':
      return convertInt(wholeInt(value, how), how, 8);
    case 'x':
    case 'X':
      return convertInt(wholeInt(value, how), how, 16);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return convertFloat(value, how);
    default:
      throw unsupportedCharacter(how);
  }
}

function unsupportedCharacter(how: Conversion): Error {
  const code = how.type.codePointAt(0) ?? 0;
  const shown = code > 30 && code < 127 ? how.type : '?';
  return valueError(`unsupported format character '${shown}' (0x${code.toString(16)}) at index ${how.index}`);
}

function cut(text: string, how: Conversion): string {
  if (how.precision === undefined) return text;
  const units = characters(text);
  return typeof units === 'string' ? units.slice(0, how.precision) : units.slice(0, how.precision).join('');
}

/** A text with all but ASCII escaped, as `ascii()` gives it. */
export function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, hexEscape);
}

function toCharacter(value: Value): string {
  const text = asText(value);
  if (text !== undefined && [...text].length === 1) return text;
  const int = asInt(value);
  if (int === undefined) throw typeError('%c requires int or char');
  if (int < 0 || int > 0x10ffff) throw pythonError('OverflowError', '%c arg not in range(0x110000)');
  return String.fromCodePoint(Number(int));
}

function truncate(value: Value, how: Conversion): number | bigint {
  if (value instanceof Undefined) throw undefinedError(value);
  const int = asInt(value);
  if (int !== undefined) return int;
  if (!(value instanceof PyFloat)) {
    throw typeError(`%${how.type} format: a real number is required, not ${typeName(value)}`);
  }
  return truncateFloat(value.value);
}

function wholeInt(value: Value, how: Conversion): number | bigint {
  const int = asInt(value);
  if (int === undefined)
    throw typeError(`%${how.type} format: an integer is required, not ${typeName(value)}`);
  return int;
}

function convertInt(int: number | bigint, how: Conversion, base: 8 | 10 | 16): string {
  let digits = formatIntMagnitude(int, base).padStart(how.precision ?? 0, '0');
  if (how.flags.includes('#') && base !== 10) digits = (base === 8 ? '0o' : '0x') + digits;
  if (how.type === 'X') digits = digits.toUpperCase();
  return pad(digits, sign(int < 0, how), how);
}

function convertFloat(value: Value, how: Conversion): string {
  if (value instanceof Undefined) throw undefinedError(value);
  const number = numberOrUndefined(value);
  if (number === undefined) throw typeError(`must be real number, not ${typeName(value)}`);
  const style = { kind: how.type, precision: how.precision ?? 6, isAlternate: how.flags.includes('#') };
  const isNegative = number < 0 || Object.is(number, -0);
  return pad(formatMagnitude(number, style), sign(isNegative, how), how);
}

function sign(isNegative: boolean, how: Conversion): string {
  if (isNegative) return '-';
  if (how.flags.includes('+')) return '+';
  return how.flags.includes(' ') ? ' ' : '';
}

function pad(text: string, prefix: string, how: Conversion): string {
  const missing = Math.max(0, how.width - textLength(text) - prefix.length);
  if (how.flags.includes('-')) return prefix + text + ' '.repeat(missing);
  if (how.flags.includes('0') && !'srac'.includes(how.type)) {
    const radix = /^0[ox]/i.exec(text)?.[0] ?? '';
    return prefix + radix + '0'.repeat(missing) + text.slice(radix.length);
  }
  return ' '.repeat(missing) + prefix + text;
}
