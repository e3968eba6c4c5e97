/** Python's numbers: `int()`, `float()` and `round()`, and the one right form of an int. */

import { limits } from '../../base/limits.ts';
import { PyFloat, type Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import { limitError, pythonError, typeError, undefinedError, valueError } from './error.ts';
import { repr } from './repr.ts';
import { PyBytes, Undefined } from './special.ts';
import { asInt, asText, force, typeName } from './values.ts';
import { stripText } from './whitespace.ts';

/** An int in its one right form: a number where it is exact, a bigint beyond. */
export function normalizeInt(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** An int as a float; raises OverflowError when it is too large. */
export function toDouble(int: number | bigint): number {
  const double = Number(int);
  if (!Number.isFinite(double)) throw pythonError('OverflowError', 'int too large to convert to float');
  return double;
}

const SMALL_DECIMAL = /^\d{1,15}$/;

const DIGIT = /\p{Nd}/u;

/** White space that C, which reads ASCII texts for Python, does not know. */
const SEPARATORS = ['\x1c', '\x1d', '\x1e', '\x1f'];

/** A text without the white space around it, and with ASCII digits. */
function numberText(text: string): string {
  const isUnfit = SEPARATORS.some((each) => text.includes(each)) && !/\P{ASCII}/u.test(text);
  return isUnfit ? text : asciiDigits(stripText(text));
}

/** A text with the decimal digits of all scripts as ASCII ones. */
function asciiDigits(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, (char) => (DIGIT.test(char) ? `${digitOf(char)}` : char));
}

/** Digits stand ten by ten, from zero on; those of mathematics follow each other without a gap. */
function digitOf(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x1d7ce && code <= 0x1d7ff) return (code - 0x1d7ce) % 10;
  let digit = 0;
  while (digit < 9 && DIGIT.test(String.fromCodePoint(code - digit - 1))) digit++;
  return digit;
}

/** The int that a text stands for in `base` (0 or 2 to 36), or undefined. */
export function parseInteger(text: string, base: number): number | bigint | undefined {
  if (base === 10 && SMALL_DECIMAL.test(text)) return Number(text);
  const found = /^([+-]?)(0[xX]|0[oO]|0[bB])?(_?[0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(numberText(text));
  if (found === null) return undefined;
  const [, sign = '', prefix = '', rest = ''] = found;
  const prefixBase = { '': 0, '0x': 16, '0o': 8, '0b': 2 }[prefix.toLowerCase()] ?? 0;
  const isPrefixed = prefixBase !== 0 && (base === prefixBase || base === 0);
  const digits = (isPrefixed ? rest : prefix + rest).replaceAll('_', '').toLowerCase();
  if (!isPrefixed && rest.startsWith('_') && prefix === '') return undefined;
  const radix = isPrefixed ? prefixBase : base === 0 ? 10 : base;
  if (base === 0 && !isPrefixed && /^0+[1-9]/.test(digits)) return undefined;
  const value = readDigits(digits, radix);
  return value === undefined ? undefined : normalizeInt(sign === '-' ? -value : value);
}

/** JavaScript reads these bases by itself, in less than the square of the time. */
const READ_BY_ENGINE: ReadonlyMap<number, { readonly prefix: string; readonly digits: RegExp }> = new Map([
  [2, { prefix: '0b', digits: /^[01]+$/ }],
  [8, { prefix: '0o', digits: /^[0-7]+$/ }],
  [10, { prefix: '', digits: /^\d+$/ }],
  [16, { prefix: '0x', digits: /^[\da-f]+$/ }],
]);

const DIGITS_PER_STEP = 2_000;

function readDigits(digits: string, radix: number): bigint | undefined {
  if (digits.length > limits.templateIntDigitsMax)
    throw limitError('the template reads an int that is too large');
  const known = READ_BY_ENGINE.get(radix);
  if (known !== undefined) return known.digits.test(digits) ? BigInt(known.prefix + digits) : undefined;
  // Each digit goes through all that is there already.
  countVisit(Math.ceil(digits.length ** 2 / DIGITS_PER_STEP));
  let value = 0n;
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36);
    if (!(worth < radix)) return undefined;
    value = value * BigInt(radix) + BigInt(worth);
  }
  return value;
}

const FLOAT = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;

/** The float that a text stands for, or undefined. */
function parseFloatText(text: string): number | undefined {
  const stripped = numberText(text);
  if (FLOAT.test(stripped)) return Number(stripped.replaceAll('_', ''));
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(stripped);
  if (special === null) return undefined;
  if (special[2]?.toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** `int(value)`; texts are read in `base`. Raises as Python does. */
export function toInt(input: Value, base = 10): number | bigint {
  const value = force(input);
  const text = textOf(value);
  if (text !== undefined) {
    if (base !== 0 && (base < 2 || base > 36)) throw valueError('int() base must be >= 2 and <= 36, or 0');
    const parsed = parseInteger(text, base);
    if (parsed === undefined) {
      throw valueError(`invalid literal for int() with base ${base}: ${repr(value)}`);
    }
    return parsed;
  }
  const int = asInt(value);
  if (int !== undefined) return int;
  if (value instanceof PyFloat) return truncateFloat(value.value);
  if (value instanceof Undefined) throw undefinedError(value);
  throw typeError(
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
  );
}

/** The digits of a text or of bytes. */
function textOf(value: Value): string | undefined {
  return value instanceof PyBytes ? Buffer.from(value.bytes).toString('latin1') : asText(value);
}

/** A float without its fraction, as an int of any size. */
export function truncateFloat(value: number): number | bigint {
  if (Number.isNaN(value)) throw valueError('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) {
    throw pythonError('OverflowError', 'cannot convert float infinity to integer');
  }
  return normalizeInt(BigInt(Math.trunc(value)));
}

/** `float(value)`. Raises as Python does. */
export function toFloat(input: Value): number {
  const value = force(input);
  if (value instanceof PyFloat) return value.value;
  const int = asInt(value);
  if (int !== undefined) return toDouble(int);
  const text = textOf(value);
  if (text !== undefined) {
    const parsed = parseFloatText(text);
    if (parsed === undefined) throw valueError(`could not convert string to float: ${repr(value)}`);
    return parsed;
  }
  if (value instanceof Undefined) throw undefinedError(value);
  throw typeError(`float() argument must be a string or a real number, not '${typeName(value)}'`);
}

/** A numeric value as a double, or undefined when it is not a number. */
export function numberOrUndefined(value: Value): number | undefined {
  if (value instanceof PyFloat) return value.value;
  const int = asInt(value);
  return int === undefined ? undefined : toDouble(int);
}

/** A double as mantissa × 2^exponent with an integer mantissa. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: high >>> 31 === 1 ? -mantissa : mantissa, exponent: (biased === 0 ? 1 : biased) - 1075 };
}

/** The integer nearest to `numerator / denominator`, ties to even. */
function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  const quotient = size / denominator;
  const twice = (size % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/** A float rounded to `digits` decimals, exactly as Python's `round(x, digits)`: ties to even, no double rounding. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0 || digits > 323) return value;
  if (digits < -308) return value < 0 ? -0 : 0;
  const { mantissa, exponent } = decompose(value);
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (digits >= 0) numerator *= 10n ** BigInt(digits);
  else denominator *= 10n ** BigInt(-digits);
  const scaled = divideRounded(numerator, denominator);
  const rounded = Number(`${scaled}e${-digits}`);
  return rounded === 0 && value < 0 ? -0 : rounded;
}

/** An int rounded to a power of ten, as `round(x, -2)`. */
export function roundInt(value: number | bigint, digits: number): number | bigint {
  if (digits >= 0) return value;
  if (-digits > value.toString().length) return 0;
  const unit = 10n ** BigInt(-digits);
  return normalizeInt(divideRounded(BigInt(value), unit) * unit);
}
