/** Digits of numbers as Python's `%` operator and format specifications print them: rounding half to even. */

import { reprFloat } from './repr.ts';

/** How a float is to be printed. */
export type FloatStyle = {
  /** `e`, `f`, `g` or their capitals, `%`, `r` for the shortest digits, `p` as `g` with a digit after the point. */
  readonly kind: string;
  readonly precision: number;
  /** `#`: keep the point and trailing zeros. */
  readonly isAlternate: boolean;
};

const TIE_DIGITS = 25;

/** The digits of a float without its sign. */
export function formatMagnitude(value: number, style: FloatStyle): string {
  const magnitude = Math.abs(value);
  const isUpper = style.kind >= 'A' && style.kind <= 'Z';
  const text = Number.isFinite(magnitude) ? formatFinite(magnitude, style) : reprFloat(magnitude);
  return isUpper ? text.toUpperCase() : text;
}

function formatFinite(magnitude: number, style: FloatStyle): string {
  const point = style.isAlternate && style.precision === 0 ? '.' : '';
  switch (style.kind.toLowerCase()) {
    case 'e':
      return exponential(magnitude, style.precision).replace('e', `${point}e`);
    case 'f':
      return fixed(magnitude, style.precision) + point;
    case '%':
      return `${fixed(magnitude * 100, style.precision)}${point}%`;
    case 'g':
      return general(magnitude, style, Math.max(1, style.precision));
    case 'p':
      return withFraction(general(magnitude, style, style.precision - 1));
    default:
      return reprFloat(magnitude);
  }
}

function withFraction(digits: string): string {
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

function general(magnitude: number, style: FloatStyle, plainBelow: number): string {
  const precision = Math.max(1, style.precision);
  const scientific = exponential(magnitude, precision - 1);
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  if (exponent >= -4 && exponent < plainBelow) {
    return dropZeros(fixed(magnitude, precision - 1 - exponent), style.isAlternate);
  }
  const [mantissa = '', power = ''] = scientific.split('e');
  return `${dropZeros(mantissa, style.isAlternate)}e${power}`;
}

function dropZeros(digits: string, isKept: boolean): string {
  return isKept || !digits.includes('.') ? digits : digits.replace(/\.?0+$/, '');
}

function exponential(magnitude: number, precision: number): string {
  const digitsMax = Math.min(precision, 100);
  let text = magnitude.toExponential(digitsMax);
  const fine = magnitude.toExponential(Math.min(100, digitsMax + TIE_DIGITS));
  const [mantissa = ''] = fine.split('e');
  if (isTie(mantissa, digitsMax)) text = `${truncateEven(mantissa, digitsMax, text)}`;
  const [head = '', exponent = '0'] = text.split('e');
  const padded = head + (precision > digitsMax ? '0'.repeat(precision - digitsMax) : '');
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${padded}e${sign}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`;

  function truncateEven(digits: string, count: number, rounded: string): string {
    const kept = truncated(digits, count);
    return isEven(kept) ? `${kept}e${fine.split('e')[1] ?? '0'}` : rounded;
  }
}

/** The value with `precision` digits after the point. */
function fixed(magnitude: number, precision: number): string {
  return fixedSmall(magnitude, precision) ?? fixedExactly(magnitude, precision);
}

/** Below this, what a number of up to 2^31 loses when it is scaled cannot tip the rounding. */
const TIPPING = 1e-6;

/** As {@link fixed} for what is clearly nearer to one number than to the next; JavaScript's own way takes ten times as long. */
function fixedSmall(magnitude: number, precision: number): string | undefined {
  if (precision < 1 || precision > 9) return undefined;
  const scaled = magnitude * 10 ** precision;
  if (!(scaled < 2 ** 31) || Math.abs(scaled - Math.floor(scaled) - 0.5) < TIPPING) return undefined;
  const digits = String(Math.round(scaled)).padStart(precision + 1, '0');
  return `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

function fixedExactly(magnitude: number, precision: number): string {
  const digitsMax = Math.min(precision, 100);
  if (magnitude >= 1e21) {
    return BigInt(magnitude).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '');
  }
  let text = magnitude.toFixed(digitsMax);
  if (!mayBeTie(magnitude, digitsMax)) return text + '0'.repeat(precision - digitsMax);
  const fine = magnitude.toFixed(Math.min(100, digitsMax + TIE_DIGITS));
  if (isTie(fine, digitsMax)) {
    const kept = truncated(fine, digitsMax);
    if (isEven(kept)) text = kept;
  }
  return text + '0'.repeat(precision - digitsMax);
}

/** Only multiples of this power of two lie in the middle between two numbers of `digits` digits after the point. */
function mayBeTie(magnitude: number, digits: number): boolean {
  return Number.isInteger(magnitude * 2 ** (digits + 1));
}

function isTie(digits: string, count: number): boolean {
  const point = digits.indexOf('.');
  return point >= 0 && /^50*$/.test(digits.slice(point + 1 + count));
}

function truncated(digits: string, count: number): string {
  const point = digits.indexOf('.');
  return count === 0 ? digits.slice(0, point) : digits.slice(0, point + 1 + count);
}

function isEven(digits: string): boolean {
  return '02468'.includes(digits.at(-1) ?? '0');
}

/** The digits of an int without its sign, in base 2, 8, 10 or 16. */
export function formatIntMagnitude(value: number | bigint, base: number): string {
  return (value < 0 ? -value : value).toString(base);
}

/** Puts `separator` between groups of `size` digits, left of the point. */
export function groupDigits(digits: string, separator: string, size: number): string {
  const match = /^[0-9a-fA-F]+/.exec(digits);
  const whole = match?.[0] ?? '';
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= size)
    groups.unshift(whole.slice(Math.max(0, end - size), end));
  return groups.join(separator) + digits.slice(whole.length);
}
