/** Python's arithmetic: exact ints of any size, floats, and the operators that strs, lists, sets and bytes have. */

import { limits } from '../../base/limits.ts';
import { PyFloat, type Value } from '../../base/value.ts';
import { countText, countVisit } from '../budget.ts';
import { hasKey, isView, toSet } from './dict-key.ts';
import { limitError, pythonError, typeError, undefinedError } from './error.ts';
import { isHtml, operateMarkup } from './markup-text.ts';
import { normalizeInt, numberOrUndefined, toDouble } from './number.ts';
import { formatPercent } from './percent-format.ts';
import { Markup, PyBytes, PyObject, PySet, PyTuple, Undefined } from './special.ts';
import { asInt, asText, checkSize, force, iterate, typeName } from './values.ts';

/** The binary operators of Jinja2 that compute; comparison and logic stand elsewhere. */
export type ArithmeticOperator = '%' | '*' | '**' | '+' | '-' | '/' | '//';

/** `left <operator> right` as Python computes it. */
export function operate(operator: ArithmeticOperator, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return operateInts(operator, left, right);
  const a = force(left);
  const b = force(right);
  const special = operateObjects(operator, a, b);
  if (special !== undefined) return special;
  const markup = a instanceof Markup || b instanceof Markup ? operateMarkup(operator, a, b) : undefined;
  if (markup !== undefined) return markup;
  if (operator === '%' && asText(a) !== undefined) return formatPercent(asText(a) ?? '', b);
  if (b instanceof Undefined) throw undefinedError(b);
  const x = asInt(a);
  const y = asInt(b);
  if (x !== undefined && y !== undefined) return operateInts(operator, x, y);
  const p = numberOrUndefined(a);
  const q = numberOrUndefined(b);
  if (p !== undefined && q !== undefined) return operateFloats(operator, p, q);
  const result = operateContainers(operator, a, b);
  if (result === undefined) throw unsupported(operator, a, b);
  return typeof result === 'string' && (isHtml(a) || isHtml(b)) ? new Markup(result) : result;
}

function operateObjects(operator: ArithmeticOperator, a: Value, b: Value): Value | undefined {
  if (a instanceof Undefined) throw undefinedError(a);
  if (a instanceof PyObject) {
    const result = a.behaviour.operate?.(operator, b, false);
    if (result !== undefined) return result;
  }
  return b instanceof PyObject ? b.behaviour.operate?.(operator, a, true) : undefined;
}

function operateInts(operator: ArithmeticOperator, a: number | bigint, b: number | bigint): Value {
  if (operator === '/') return divideInts(a, b);
  if (operator === '**') return powerInts(a, b);
  if (typeof a === 'number' && typeof b === 'number') {
    const result = operateSmall(operator, a, b);
    if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
  }
  return normalizeInt(operateBig(operator, BigInt(a), BigInt(b)));
}

type ExactOperator = Exclude<ArithmeticOperator, '**' | '/'>;

function operateSmall(operator: ExactOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '//':
      if (b === 0) throw divisionByZero('integer division or modulo by zero');
      return (a - floorModulo(a, b)) / b;
    case '%':
      if (b === 0) throw divisionByZero('integer modulo by zero');
      return floorModulo(a, b);
    default:
      return operator satisfies never;
  }
}

function floorModulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function operateBig(operator: ExactOperator, a: bigint, b: bigint): bigint {
  countBits(a, b);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      checkBits(bitLength(a) + bitLength(b));
      return a * b;
    case '//': {
      if (b === 0n) throw divisionByZero('integer division or modulo by zero');
      const quotient = a / b;
      return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
    }
    case '%': {
      if (b === 0n) throw divisionByZero('integer modulo by zero');
      const rest = a % b;
      return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
    }
    default:
      return operator satisfies never;
  }
}

function bitLength(value: bigint): number {
  return value.toString(16).length * 4;
}

/** Ints from here on take a time that grows with their length. */
const LONG_INT = 2n ** 4096n;

function countBits(...ints: readonly bigint[]): void {
  for (const int of ints) {
    if (int < LONG_INT && int > -LONG_INT) continue;
    const bits = bitLength(int);
    countVisit(Math.ceil(bits / BITS_PER_STEP));
  }
}

const BITS_PER_STEP = 8;

function checkBits(bits: number): void {
  if (bits > limits.templateIntBitsMax) throw limitError('the template computes an int that is too large');
}

function divideInts(a: number | bigint, b: number | bigint): PyFloat {
  if (Number(b) === 0) throw divisionByZero('division by zero');
  if (typeof a === 'number' && typeof b === 'number') return new PyFloat(a / b);
  if (Number(a) === 0) return new PyFloat(b < 0 ? -0 : 0);
  return new PyFloat(divideBig(BigInt(a), BigInt(b)));
}

/** A true quotient: enough bits of it are computed exactly that rounding to a double happens once. */
function divideBig(a: bigint, b: bigint): number {
  countBits(a, b);
  const shift = BigInt(Math.max(0, 66 - (bitLength(a) - bitLength(b))));
  const scaled = (a << shift) / b;
  const isInexact = (a << shift) % b !== 0n;
  if (shift === 0n) {
    const beside = isInexact && scaled % 2n === 0n ? (scaled < 0n ? -1n : 1n) : 0n;
    return finite(Number(scaled + beside));
  }
  const sticky = isInexact ? scaled * 2n + (scaled < 0n ? -1n : 1n) : scaled * 2n;
  return finite(Number(sticky) / 2 ** (Number(shift) + 1));
}

function finite(result: number): number {
  if (!Number.isFinite(result)) {
    throw pythonError('OverflowError', 'integer division result too large for a float');
  }
  return result;
}

function powerInts(a: number | bigint, b: number | bigint): Value {
  if (b < 0) {
    if (Number(a) === 0) throw divisionByZero('0.0 cannot be raised to a negative power');
    return new PyFloat(toDouble(a) ** toDouble(b));
  }
  const base = BigInt(a);
  if (base === 0n || base === 1n || base === -1n)
    return normalizeInt(base ** BigInt(Number(b) % 2 === 0 ? (Number(b) === 0 ? 0 : 2) : 1));
  checkBits(bitLength(base) * Number(b));
  const power = base ** BigInt(b);
  countBits(power);
  return normalizeInt(power);
}

function operateFloats(operator: ArithmeticOperator, a: number, b: number): PyFloat {
  switch (operator) {
    case '+':
      return new PyFloat(a + b);
    case '-':
      return new PyFloat(a - b);
    case '*':
      return new PyFloat(a * b);
    case '/':
      if (b === 0) throw divisionByZero('float division by zero');
      return new PyFloat(a / b);
    case '//':
      if (b === 0) throw divisionByZero('float floor division by zero');
      return new PyFloat(floorDivide(a, b));
    case '%':
      if (b === 0) throw divisionByZero('float modulo');
      return new PyFloat(floatModulo(a, b));
    case '**':
      return powerFloats(a, b);
    default:
      return operator satisfies never;
  }
}

/** The floor of a quotient, with the sign that Python gives a zero. */
function floorDivide(a: number, b: number): number {
  const rest = a % b;
  const quotient = (a - rest) / b - (rest !== 0 && b < 0 !== rest < 0 ? 1 : 0);
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function floatModulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function powerFloats(a: number, b: number): PyFloat {
  if (a === 0 && b < 0) throw divisionByZero('0.0 cannot be raised to a negative power');
  const result = a ** b;
  if (a < 0 && !Number.isInteger(b)) throw typeError('complex numbers are not supported in templates');
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
    throw pythonError('OverflowError', "(34, 'Numerical result out of range')");
  }
  return new PyFloat(result);
}

function divisionByZero(message: string): Error {
  return pythonError('ZeroDivisionError', message);
}

function operateContainers(operator: ArithmeticOperator, a: Value, b: Value): Value | undefined {
  if (operator === '+') return concatenate(a, b);
  if (operator === '-') return subtractSets(a, b);
  if (operator !== '*') return undefined;
  const right = asInt(b);
  if (right !== undefined) return repeat(a, right);
  const left = asInt(a);
  if (left !== undefined) return repeat(b, left);
  if (isRepeatable(a)) throw typeError(`can't multiply sequence by non-int of type '${typeName(b)}'`);
  if (isRepeatable(b)) throw typeError(`can't multiply sequence by non-int of type '${typeName(a)}'`);
  return undefined;
}

/** Python's lengths and indices are below this. */
const INDEX_END = 2n ** 63n;

function isRepeatable(value: Value): boolean {
  return asText(value) !== undefined || Array.isArray(value) || value instanceof PyTuple;
}

function concatenate(a: Value, b: Value): Value | undefined {
  if (a instanceof PyBytes && !(b instanceof PyBytes))
    throw typeError(`can't concat ${typeName(b)} to bytes`);
  if (isHtml(a) && asText(b) === undefined) return undefined;
  const left = asText(a);
  if (left !== undefined) {
    const right = asText(b);
    if (right === undefined) {
      throw typeError(`can only concatenate str (not "${typeName(b)}") to str`);
    }
    return checkText(left + right);
  }
  if (Array.isArray(a)) {
    if (!Array.isArray(b)) throw typeError(`can only concatenate list (not "${typeName(b)}") to list`);
    checkSize(a.length + b.length, limits.templateItemsMax);
    return a.concat(b);
  }
  if (a instanceof PyTuple) {
    if (!(b instanceof PyTuple)) {
      throw typeError(`can only concatenate tuple (not "${typeName(b)}") to tuple`);
    }
    checkSize(a.items.length + b.items.length, limits.templateItemsMax);
    return new PyTuple(a.items.concat(b.items));
  }
  if (a instanceof PyBytes && b instanceof PyBytes) {
    checkTextSize(a.bytes.length + b.bytes.length);
    return new PyBytes(Buffer.concat([a.bytes, b.bytes]));
  }
  return undefined;
}

function subtractSets(a: Value, b: Value): Value | undefined {
  const isBetweenSets = a instanceof PySet && b instanceof PySet;
  if (!isBetweenSets && !isView(a) && !isView(b)) return undefined;
  const { items } = toSet(iterate(b));
  return new PySet([...toSet(iterate(a)).items].filter((item) => !hasKey(items, item)));
}

function repeat(value: Value, count: number | bigint): Value | undefined {
  if (!isRepeatable(value) && !(value instanceof PyBytes)) return undefined;
  if (count >= INDEX_END || count < -INDEX_END) {
    throw pythonError('OverflowError', "cannot fit 'int' into an index-sized integer");
  }
  const times = count < 0 ? 0 : Number(count);
  const text = asText(value);
  if (text !== undefined) {
    checkTextSize(text.length * times);
    countText(text.length * times);
    return text.repeat(text === '' ? 0 : times);
  }
  if (Array.isArray(value)) return repeatItems(value, times);
  if (value instanceof PyTuple) return new PyTuple(repeatItems(value.items, times));
  if (value instanceof PyBytes) {
    checkTextSize(value.bytes.length * times);
    return new PyBytes(new Uint8Array(Buffer.alloc(value.bytes.length * times, value.bytes)));
  }
  return undefined;
}

function repeatItems(items: readonly Value[], times: number): Value[] {
  checkSize(items.length * times, limits.templateItemsMax);
  const result: Value[] = [];
  if (items.length > 0)
    for (let round = 0; round < times; round++) for (const item of items) result.push(item);
  return result;
}

/** The text itself, unless it is longer than a template may build. */
export function checkText(text: string): string {
  checkTextSize(text.length);
  return text;
}

/** Refuses a text of `size` characters before it is built. */
export function checkTextSize(size: number): void {
  if (size > limits.templateStringCharsMax) {
    throw limitError(
      `the template builds a text of ${size} characters, more than ${limits.templateStringCharsMax}`,
    );
  }
}

const OPERATOR_NAMES: { readonly [operator in ArithmeticOperator]: string } = {
  '%': '%',
  '*': '*',
  '**': '** or pow()',
  '+': '+',
  '-': '-',
  '/': '/',
  '//': '//',
};

function unsupported(operator: ArithmeticOperator, a: Value, b: Value): Error {
  return typeError(
    `unsupported operand type(s) for ${OPERATOR_NAMES[operator]}: '${typeName(a)}' and '${typeName(b)}'`,
  );
}

/** `-value` and `+value`. */
export function operateUnary(operator: '+' | '-', value: Value): Value {
  const operand = force(value);
  if (operand instanceof Undefined) throw undefinedError(operand);
  if (operand instanceof PyFloat) return operator === '-' ? new PyFloat(-operand.value) : operand;
  const int = asInt(operand);
  if (int !== undefined) {
    if (operator === '+' || Number(int) === 0) return int;
    return typeof int === 'bigint' ? normalizeInt(-int) : -int;
  }
  const changed =
    operand instanceof PyObject
      ? operand.behaviour.operate?.('*', operator === '-' ? -1 : 1, false)
      : undefined;
  if (changed !== undefined) return changed;
  throw typeError(`bad operand type for unary ${operator}: '${typeName(operand)}'`);
}
