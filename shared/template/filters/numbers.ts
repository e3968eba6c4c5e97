/** Filters over numbers: Jinja2's conversions and rounding, Ansible's logarithms and sizes. */

import { PyFloat, type Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { makeTimedelta, microsIn } from '../dates/timedelta.ts';
import { filterArgumentError, filterError, filterTypeError, rethrown } from '../filter-error.ts';
import { operate } from '../python/arithmetic.ts';
import { dictKey } from '../python/dict-key.ts';
import { pythonError, typeError, undefinedError, valueError } from '../python/error.ts';
import { intArgument } from '../python/method.ts';
import {
  normalizeInt,
  numberOrUndefined,
  roundFloat,
  roundInt,
  toFloat,
  toInt,
  truncateFloat,
} from '../python/number.ts';
import { formatPercent } from '../python/percent-format.ts';
import { str } from '../python/repr.ts';
import { Undefined } from '../python/special.ts';
import { asInt, asText, force, isTrue, typeName } from '../python/values.ts';
import { SPACE_CLASS } from '../python/whitespace.ts';
import { TemplateError } from '../template-error.ts';
import { unrolled } from './sequence.ts';

/** Number filters. */
export const numberFilters: readonly Builtin[] = [
  { name: 'abs', signature: '', call: (_env, value) => absolute(force(value)) },
  { name: 'int', signature: 'default=0, base=10', call: intFilter },
  { name: 'float', signature: 'default=0.0', call: floatFilter },
  { name: 'round', signature: "precision=0, method='common'", call: round },
  { name: 'bool', signature: '', call: (_env, value) => toBool(force(value)) },
  { name: 'log', signature: 'base=2.718281828459045', call: log },
  { name: 'pow', signature: 'y', call: pow },
  { name: 'root', signature: 'base=2', call: root },
  { name: 'filesizeformat', signature: 'binary=False', call: filesizeformat },
  { name: 'human_readable', signature: 'isbits=False, unit=None', call: humanReadable },
  { name: 'human_to_bytes', signature: 'default_unit=None, isbits=False', call: humanToBytes },
];

function absolute(value: Value): Value {
  const int = asInt(value);
  if (int !== undefined) return int < 0 ? -int : int;
  if (value instanceof PyFloat) return new PyFloat(Math.abs(value.value));
  const micros = microsIn(value);
  if (micros !== undefined) return makeTimedelta(Math.abs(micros));
  throw typeError(`bad operand type for abs(): '${typeName(value)}'`);
}

function isConversionError(error: unknown): boolean {
  return (
    error instanceof TemplateError && (error.pythonType === 'TypeError' || error.pythonType === 'ValueError')
  );
}

function intFilter(_env: unknown, value: Value, fallback: Value = 0, base: Value = 10): Value {
  try {
    const radix = asText(force(value)) === undefined ? 10 : (asInt(force(base)) ?? intArgument(base));
    return toInt(value, Number(radix));
  } catch (error) {
    if (!isConversionError(error)) throw error;
  }
  try {
    return truncateFloat(toFloat(value));
  } catch (error) {
    if (!isConversionError(error)) throw error;
    return unrolled(fallback);
  }
}

function floatFilter(_env: unknown, value: Value, fallback: Value = 0): Value {
  try {
    return new PyFloat(toFloat(value));
  } catch (error) {
    if (!isConversionError(error)) throw error;
    return unrolled(fallback);
  }
}

function round(_env: unknown, value: Value, precision: Value = 0, method: Value = 'common'): Value {
  const settled = force(value);
  const kind = str(dictKey(force(method)));
  if (kind !== 'common' && kind !== 'ceil' && kind !== 'floor') {
    throw filterArgumentError('method must be common, ceil or floor');
  }
  if (kind !== 'common') return roundToward(settled, precision, kind);
  if (precision === null && settled instanceof PyFloat) return truncateFloat(roundFloat(settled.value, 0));
  const int = asInt(settled);
  if (precision === null && int !== undefined) return int;
  if (int !== undefined) return roundInt(int, digitsOf(precision));
  if (!(settled instanceof PyFloat))
    throw typeError(`type ${typeName(settled)} doesn't define __round__ method`);
  const digits = digitsOf(precision);
  return new PyFloat(roundFloat(settled.value, digits));
}

/** Any int, however large. */
function digitsOf(precision: Value): number {
  return Number(asInt(force(precision)) ?? intArgument(precision));
}

function roundToward(value: Value, precision: Value, kind: 'ceil' | 'floor'): Value {
  const unit = operate('**', 10, precision);
  const scaled = operate('*', value, unit);
  const number = numberOrUndefined(scaled);
  if (number === undefined) throw typeError(`must be real number, not ${typeName(scaled)}`);
  const whole = asInt(scaled) ?? truncateFloat(kind === 'ceil' ? Math.ceil(number) : Math.floor(number));
  return operate('/', whole, unit);
}

const TRUE_WORDS: ReadonlySet<string> = new Set(['yes', 'on', '1', 'true']);

function toBool(value: Value): Value {
  if (value === null || typeof value === 'boolean') return value;
  if (value instanceof Undefined && !value.isLenient) throw undefinedError(value);
  const text = asText(value);
  if (text !== undefined) return TRUE_WORDS.has(text.toLowerCase());
  return numberOrUndefined(value) === 1;
}

function realNumber(value: Value, name: string): number {
  const settled = force(value);
  if (settled instanceof Undefined) throw undefinedError(settled);
  const number = numberOrUndefined(settled);
  if (number === undefined) {
    throw filterTypeError(
      `${name}() can only be used on numbers: must be real number, not ${typeName(settled)}`,
    );
  }
  return number;
}

function log(_env: unknown, value: Value, base: Value = new PyFloat(Math.E)): Value {
  const x = realNumber(value, 'log');
  const b = realNumber(base, 'log');
  if (x <= 0 || b <= 0) throw valueError('math domain error');
  if (b === 10) return new PyFloat(Math.log10(x));
  return operate('/', new PyFloat(Math.log(x)), new PyFloat(Math.log(b)));
}

function pow(_env: unknown, value: Value, exponent: Value = 1): Value {
  const x = realNumber(value, 'pow');
  const y = realNumber(exponent, 'pow');
  const result = x ** y;
  if ((Number.isNaN(result) && !Number.isNaN(x + y)) || (x === 0 && y < 0))
    throw valueError('math domain error');
  if (!Number.isFinite(result) && Number.isFinite(x) && Number.isFinite(y)) {
    throw pythonError('OverflowError', 'math range error');
  }
  return new PyFloat(x === 1 ? 1 : result);
}

function root(_env: unknown, value: Value, base: Value = 2): Value {
  const x = realNumber(value, 'root');
  const b = rethrown(
    () => numberOrUndefined(force(base)) ?? toFloat(base),
    (error) =>
      error.kind === 'undefined'
        ? undefined
        : filterTypeError(`root() can only be used on numbers: ${error.message}`),
  );
  const fail = (): Error => filterTypeError('root() can only be used on numbers: math domain error');
  if (b === 2) {
    if (x < 0) throw fail();
    return new PyFloat(Math.sqrt(x));
  }
  const exponent = operate('/', new PyFloat(1), new PyFloat(b));
  const result = x ** (numberOrUndefined(exponent) ?? Number.NaN);
  if (Number.isNaN(result) && !Number.isNaN(x + b)) throw fail();
  return new PyFloat(result);
}

const DECIMAL_PREFIXES = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
const BINARY_PREFIXES = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

function filesizeformat(_env: unknown, value: Value, binary: Value = false): Value {
  const bytes = toFloat(value);
  const isBinary = isTrue(binary);
  const base = isBinary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${truncateFloat(bytes)} Bytes`;
  const prefixes = isBinary ? BINARY_PREFIXES : DECIMAL_PREFIXES;
  let unit = base;
  for (const [index, prefix] of prefixes.entries()) {
    unit = base ** (index + 2);
    if (bytes < unit || index === prefixes.length - 1) return sized('%.1f', (base * bytes) / unit, prefix);
  }
  return '';
}

/** Ansible's size units, largest first. */
const SIZES: readonly (readonly [string, bigint])[] = [
  ['Y', 1n << 80n],
  ['Z', 1n << 70n],
  ['E', 1n << 60n],
  ['P', 1n << 50n],
  ['T', 1n << 40n],
  ['G', 1n << 30n],
  ['M', 1n << 20n],
  ['K', 1n << 10n],
  ['B', 1n],
];

function humanReadable(_env: unknown, value: Value, isbits: Value = false, unit: Value = null): Value {
  const settled = force(value);
  if (settled instanceof Undefined) throw undefinedError(settled);
  const size = numberOrUndefined(settled);
  const wanted = unit === null ? undefined : asText(force(unit))?.toUpperCase();
  if (unit !== null && wanted === undefined)
    throw filterError(formatPercent("human_readable() can't interpret following string: %s", settled));
  if (size === undefined) {
    const operator = wanted === undefined ? '>=' : '/';
    const words =
      operator === '>='
        ? `'>=' not supported between instances of '${typeName(settled)}' and 'int'`
        : `unsupported operand type(s) for /: '${typeName(settled)}' and 'int'`;
    throw filterTypeError(`human_readable() failed on bad input: ${words}`);
  }
  const base = isTrue(isbits) ? 'bits' : 'Bytes';
  const fits = ([suffix, limit]: readonly [string, bigint]): boolean =>
    wanted === undefined ? size >= Number(limit) : wanted === suffix;
  const [suffix, limit] = SIZES.find(fits) ?? ['B', 1n];
  const shown = numberOrUndefined(operate('/', settled, normalizeInt(limit))) ?? 0;
  return sized('%.2f', shown, limit === 1n ? base : suffix + base.charAt(0));
}

function sized(format: string, size: number, unit: string): string {
  return `${formatPercent(format, new PyFloat(size))} ${unit}`;
}

const SIZE = new RegExp(`^[${SPACE_CLASS}]*(\\d*\\.?\\d*)[${SPACE_CLASS}]*([A-Za-z]+)?`);

function humanToBytes(_env: unknown, value: Value, defaultUnit: Value = null, isbits: Value = false): Value {
  const settled = force(value);
  const text = str(settled);
  const fail = (): Error =>
    filterError(formatPercent("human_to_bytes() can't interpret following string: %s", settled));
  const found = SIZE.exec(text);
  const digits = found?.[1] ?? '';
  if (found === null || !/\d/.test(digits)) throw fail();
  const unit = found[2] ?? (defaultUnit === null ? undefined : str(defaultUnit));
  const number = Number(digits);
  if (unit === undefined) return truncateFloat(roundFloat(number, 0));
  const limit = SIZES.find(([name]) => name === unit.charAt(0).toUpperCase())?.[1];
  if (limit === undefined || !isSizeUnit(unit, isTrue(isbits))) throw fail();
  return truncateFloat(roundFloat(number * Number(limit), 0));
}

function isSizeUnit(unit: string, isBits: boolean): boolean {
  if (unit.length <= 1) return true;
  const [letter, word] = isBits ? ['b', 'bit'] : ['B', 'byte'];
  return unit.toLowerCase().includes(word ?? '') || unit[1] === letter;
}
