/** Python's format specification mini-language, as `'{:>8.2f}'.format(x)` uses it. */

import { limits } from '../../base/limits.ts';
import { PyFloat, type Value } from '../../base/value.ts';
import { limitError, pythonError, typeError, valueError } from './error.ts';
import { toDouble } from './number.ts';
import { formatIntMagnitude, formatMagnitude, groupDigits } from './number-format.ts';
import { str } from './repr.ts';
import { asInt, asText, characters, textLength, typeName } from './values.ts';

type Spec = {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly hasSign: boolean;
  /** A zero that rounding has made is not negative. */
  readonly hasPlainZero: boolean;
  readonly isAlternate: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
};

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** `format(value, spec)`. */
export function formatWithSpec(value: Value, text: string): string {
  if (text === '') return str(value);
  const spec = parseSpec(text, value);
  const string = asText(value);
  if (string !== undefined) return formatString(string, spec);
  const int = asInt(value);
  if (int !== undefined) return formatInt(int, spec, typeName(value));
  if (value instanceof PyFloat) return formatFloat(value.value, spec);
  throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`);
}

function parseSpec(text: string, value: Value): Spec {
  const match = SPEC.exec(text);
  if (match === null) {
    throw valueError(`Invalid format specifier '${text}' for object of type '${typeName(value)}'`);
  }
  const [, fill, align, sign, plainZero, alternate, zero, width, grouping, precision, type] = match;
  const spec: Spec = {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero === undefined ? '' : '='),
    sign: sign ?? '-',
    hasSign: sign !== undefined,
    hasPlainZero: plainZero !== undefined,
    isAlternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping ?? '',
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? '',
  };
  if (Math.max(spec.width, spec.precision ?? 0) > limits.templateStringCharsMax) {
    throw limitError('a template asks for a width that is too large');
  }
  checkGrouping(spec);
  return spec;
}

function checkGrouping({ grouping, type }: Spec): void {
  const isFitting = grouping === '' || type === '' || 'deEfFgG%'.includes(type);
  if (isFitting || (grouping === '_' && 'boxX'.includes(type))) return;
  throw valueError(`Cannot specify '${grouping}' with '${type}'.`);
}

function formatString(text: string, spec: Spec): string {
  if (spec.type !== '' && spec.type !== 's') throw unknownCode(spec, 'str');
  if (spec.hasSign) throw valueError('Sign not allowed in string format specifier');
  if (spec.hasPlainZero)
    throw valueError('Negative zero coercion (z) not allowed in string format specifier');
  if (spec.isAlternate) throw valueError('Alternate form (#) not allowed in string format specifier');
  if (spec.grouping !== '') throw valueError(`Cannot specify '${spec.grouping}' with 's'.`);
  if (spec.align === '=' && spec.fill !== '0') {
    throw valueError("'=' alignment not allowed in string format specifier");
  }
  const units = characters(text);
  const cut = spec.precision === undefined ? text : [...units].slice(0, spec.precision).join('');
  return align('', cut, { ...spec, align: spec.align === '=' ? '<' : spec.align }, '<');
}

function unknownCode(spec: Spec, type: string): Error {
  return valueError(`Unknown format code '${spec.type}' for object of type '${type}'`);
}

const INT_BASES: ReadonlyMap<string, number> = new Map([
  ['', 10],
  ['b', 2],
  ['c', 10],
  ['d', 10],
  ['n', 10],
  ['o', 8],
  ['x', 16],
  ['X', 16],
]);

function formatInt(int: number | bigint, spec: Spec, type: string): string {
  if ('eEfFgG%'.includes(spec.type) && spec.type !== '') return formatFloat(toDouble(int), spec);
  const base = INT_BASES.get(spec.type);
  if (base === undefined) throw unknownCode(spec, type);
  if (spec.precision !== undefined) throw valueError('Precision not allowed in integer format specifier');
  if (spec.hasPlainZero)
    throw valueError('Negative zero coercion (z) not allowed in integer format specifier');
  if (spec.type === 'c') return formatCharacter(int, spec);
  let digits = formatIntMagnitude(int, base);
  if (spec.grouping !== '') digits = groupDigits(digits, spec.grouping, base === 10 ? 3 : 4);
  if (spec.type === 'X') digits = digits.toUpperCase();
  const radix = spec.isAlternate && base !== 10 ? `0${spec.type}` : '';
  return align(signOf(int < 0, spec) + radix, digits, spec, '>');
}

function formatCharacter(int: number | bigint, spec: Spec): string {
  if (spec.hasSign) throw valueError("Sign not allowed with integer format specifier 'c'");
  if (spec.isAlternate) {
    throw valueError("Alternate form (#) not allowed with integer format specifier 'c'");
  }
  if (int >= 2n ** 63n || int < -(2n ** 63n)) {
    throw pythonError('OverflowError', 'Python int too large to convert to C long');
  }
  if (int < 0 || int > 0x10ffff) throw pythonError('OverflowError', '%c arg not in range(0x110000)');
  return align('', String.fromCodePoint(Number(int)), spec, '>');
}

function formatFloat(value: number, spec: Spec): string {
  if (spec.type !== '' && !'eEfFgGn%'.includes(spec.type)) throw unknownCode(spec, 'float');
  const magnitude = formatMagnitude(value, floatStyle(spec));
  const digits = spec.grouping === '' ? magnitude : groupDigits(magnitude, spec.grouping, 3);
  const isZero = Number.isFinite(value) && !/[1-9]/.test(magnitude.replace(/e.*/i, ''));
  const isNegative = (value < 0 || Object.is(value, -0)) && !(spec.hasPlainZero && isZero);
  return align(signOf(isNegative, spec), digits, spec, '>');
}

function floatStyle(spec: Spec): { kind: string; precision: number; isAlternate: boolean } {
  const isBare = spec.type === '' && spec.precision === undefined;
  const kind = isBare ? 'r' : spec.type === '' ? 'p' : spec.type === 'n' ? 'g' : spec.type;
  return { kind, precision: spec.precision ?? 6, isAlternate: spec.isAlternate };
}

function signOf(isNegative: boolean, spec: Spec): string {
  if (isNegative) return '-';
  return spec.sign === '-' ? '' : spec.sign;
}

function align(prefix: string, text: string, spec: Spec, usual: string): string {
  const missing = Math.max(0, spec.width - textLength(text) - prefix.length);
  const how = spec.align === '' ? usual : spec.align;
  if (how === '=') return prefix + spec.fill.repeat(missing) + text;
  const left = how === '<' ? 0 : how === '>' ? missing : Math.floor(missing / 2);
  return spec.fill.repeat(left) + prefix + text + spec.fill.repeat(missing - left);
}
