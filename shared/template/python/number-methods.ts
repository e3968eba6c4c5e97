/** The methods and attributes of Python's int and float. */

import { PyFloat, type Value } from '../../base/value.ts';
import { floatFromHex, intFromBytes, intToBytes } from './int-bytes.ts';
import { type MethodTable, methodTable } from './method.ts';
import { normalizeInt } from './number.ts';
import { reprFloat } from './repr.ts';
import { PyTuple } from './special.ts';

/** By name; bools have them too. */
export const intMethods: MethodTable<number | bigint> = methodTable<number | bigint>([
  ['as_integer_ratio', '', (self) => new PyTuple([self, 1])],
  ['bit_count', '', (self) => magnitude(self).toString(2).replaceAll('0', '').length],
  ['bit_length', '', (self) => (Number(self) === 0 ? 0 : magnitude(self).toString(2).length)],
  ['conjugate', '', (self) => self],
  ['from_bytes', "bytes, byteorder='big', signed=False", (_self, ...given) => intFromBytes(given), 'named'],
  [
    'to_bytes',
    "length=1, byteorder='big', signed=False",
    (self, ...given) => intToBytes(self, given),
    'named',
  ],
]);

/** By name. */
export const floatMethods: MethodTable<PyFloat> = methodTable<PyFloat>([
  ['as_integer_ratio', '', (self) => ratio(self.value)],
  ['conjugate', '', (self) => self],
  ['fromhex', 'string', (_self, text) => floatFromHex(text)],
  ['hex', '', (self) => hexadecimal(self.value)],
  ['is_integer', '', (self) => Number.isInteger(self.value)],
]);

/** `real`, `imag`, `numerator` and `denominator` of an int. */
export function intAttribute(self: number | bigint, name: string): Value | undefined {
  if (name === 'real' || name === 'numerator') return self;
  if (name === 'imag') return 0;
  return name === 'denominator' ? 1 : undefined;
}

/** `real` and `imag` of a float. */
export function floatAttribute(self: PyFloat, name: string): Value | undefined {
  if (name === 'real') return self;
  return name === 'imag' ? new PyFloat(0) : undefined;
}

function magnitude(value: number | bigint): number | bigint {
  return value < 0 ? -value : value;
}

/** The exact value in C's hexadecimal form: `0x1.8000000000000p+1`. */
function hexadecimal(value: number): string {
  if (!Number.isFinite(value)) return reprFloat(value);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  const digits =
    (high & 0xfffff).toString(16).padStart(5, '0') + bits.getUint32(4).toString(16).padStart(8, '0');
  const sign = high >>> 31 === 1 ? '-' : '';
  if (value === 0) return `${sign}0x0.0p+0`;
  const exponent = biased === 0 ? -1022 : biased - 1023;
  return `${sign}0x${biased === 0 ? 0 : 1}.${digits}p${exponent < 0 ? '' : '+'}${exponent}`;
}

function ratio(value: number): PyTuple {
  let numerator = value;
  let denominator = 1n;
  while (!Number.isInteger(numerator) && Number.isFinite(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return new PyTuple([normalizeInt(BigInt(numerator)), normalizeInt(denominator)]);
}
