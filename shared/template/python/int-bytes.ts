/** Python's ints as bytes: `to_bytes` and `from_bytes`; and floats from hexadecimal text. */

import { limits } from '../../base/limits.ts';
import { PyFloat, type Value } from '../../base/value.ts';
import { pythonError, typeError, valueError } from './error.ts';
import { intArgument, textArgument } from './method.ts';
import { normalizeInt } from './number.ts';
import { PyBytes } from './special.ts';
import { asInt, checkSize, force, isTrue, iterateOrUndefined, typeName } from './values.ts';

/** `int.to_bytes`: `[length, byteorder, signed]`. */
export function intToBytes(self: number | bigint, [size, order, signed]: readonly Value[]): PyBytes {
  const length = intArgument(size);
  const isLittle = isLittleEndian(order);
  if (length < 0) throw valueError('length argument must be non-negative');
  checkSize(length, limits.templateItemsMax);
  const value = BigInt(self);
  const isSigned = isTrue(signed ?? false);
  if (value < 0n && !isSigned) throw pythonError('OverflowError', "can't convert negative int to unsigned");
  const bits = BigInt(length * 8);
  const isFitting = isSigned ? BigInt.asIntN(length * 8, value) === value : value >> bits === 0n;
  if (!isFitting) throw pythonError('OverflowError', 'int too big to convert');
  const digits = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, '0');
  const bytes = length === 0 ? Buffer.alloc(0) : Buffer.from(digits, 'hex');
  return new PyBytes(isLittle ? bytes.toReversed() : bytes);
}

/** `int.from_bytes`: `[bytes, byteorder, signed]`. */
export function intFromBytes([given, order, signed]: readonly Value[]): number | bigint {
  const isLittle = isLittleEndian(order);
  const big = isLittle ? bytesOf(given).toReversed() : bytesOf(given);
  if (big.length === 0) return 0;
  const value = BigInt(`0x${Buffer.from(big).toString('hex')}`);
  return normalizeInt(isTrue(signed ?? false) ? BigInt.asIntN(big.length * 8, value) : value);
}

function isLittleEndian(order: Value | undefined): boolean {
  const word = textArgument(order, 'byteorder');
  if (word !== 'little' && word !== 'big') throw valueError("byteorder must be either 'little' or 'big'");
  return word === 'little';
}

function bytesOf(value: Value | undefined): Uint8Array {
  const given = force(value ?? null);
  if (given instanceof PyBytes) return given.bytes;
  const items = typeof given === 'string' ? undefined : iterateOrUndefined(given);
  if (items === undefined) throw typeError(`cannot convert '${typeName(given)}' object to bytes`);
  return Uint8Array.from(items, (item) => {
    const byte = asInt(force(item));
    if (byte === undefined) throw typeError(`'${typeName(item)}' object cannot be interpreted as an integer`);
    if (byte < 0 || byte > 255) throw valueError('bytes must be in range(0, 256)');
    return Number(byte);
  });
}

const HEX_FLOAT =
  /^\s*([-+]?)(?:(inf(?:inity)?)|(nan)|(?:0x)?([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([-+]?\d+))?)\s*$/i;

/** `float.fromhex`. */
export function floatFromHex(value: Value | undefined): PyFloat {
  const text = textArgument(value, 'bad argument type for built-in operation');
  const [, sign = '', infinity, nan, whole = '', fraction = '', exponent = '0'] = HEX_FLOAT.exec(text) ?? [
    'x',
  ];
  const factor = sign === '-' ? -1 : 1;
  if (infinity !== undefined) return new PyFloat(factor * Number.POSITIVE_INFINITY);
  if (nan !== undefined) return new PyFloat(Number.NaN);
  const digits = whole + fraction;
  if (!HEX_FLOAT.test(text) || digits === '') throw valueError('invalid hexadecimal floating-point string');
  const result = Number(BigInt(`0x${digits}`)) * 2 ** (Number(exponent) - fraction.length * 4);
  if (!Number.isFinite(result)) {
    throw pythonError('OverflowError', 'hexadecimal value too large to represent as a float');
  }
  return new PyFloat(factor * result);
}
