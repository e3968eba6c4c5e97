/** The methods of Python's bytes that templates need. */

import type { Value } from '../../base/value.ts';
import { TemplateError } from '../template-error.ts';
import { decodeText } from './codec.ts';
import { typeError, valueError } from './error.ts';
import {
  intArgument,
  type Method,
  type MethodTable,
  methodTable,
  rangeArguments,
  textArgument,
} from './method.ts';
import { PyBytes, PyTuple } from './special.ts';
import { stringMethods } from './string-methods.ts';
import { asInt, asText, force, iterateOrUndefined, length, typeName } from './values.ts';

/** Methods that do with bytes what those of str do with ASCII letters. */
const AS_TEXT = [
  'capitalize',
  'center',
  'count',
  'endswith',
  'expandtabs',
  'find',
  'index',
  'isalnum',
  'isalpha',
  'isascii',
  'isdigit',
  'islower',
  'isspace',
  'istitle',
  'isupper',
  'join',
  'ljust',
  'lower',
  'lstrip',
  'partition',
  'removeprefix',
  'removesuffix',
  'replace',
  'rfind',
  'rindex',
  'rjust',
  'rpartition',
  'rsplit',
  'rstrip',
  'split',
  'splitlines',
  'startswith',
  'strip',
  'swapcase',
  'title',
  'upper',
  'zfill',
];

/** What they look for may be one byte as an int. */
const SEARCHES = new Set(['count', 'find', 'index', 'rfind', 'rindex']);

/** By name. */
export const bytesMethods: MethodTable<PyBytes> = new Map<string, Method<PyBytes>>([
  ...AS_TEXT.flatMap((name): [string, Method<PyBytes>][] => {
    const method = stringMethods.get(name);
    return method === undefined ? [] : [[name, asBytesMethod(name, method)]];
  }),
  ...methodTable<PyBytes>([
    [
      'decode',
      "encoding='utf-8', errors='strict'",
      (self, encoding, errors) =>
        decodeText(
          self.bytes,
          textArgument(encoding, "decode() argument 'encoding'"),
          textArgument(errors, "decode() argument 'errors'"),
        ),
      'named',
    ],
    ['fromhex', 'string', (_self, text) => fromHex(textArgument(text, 'fromhex() argument'))],
    ['hex', 'sep=None, bytes_per_sep=1', hex, 'named'],
    ['maketrans', 'frm, to', (_self, from, to) => makeTable(bytesArgument(from), bytesArgument(to))],
    ['translate', "table, delete=''", (self, table, gone) => translate(self.bytes, table, gone), 'named'],
  ]),
]);

/** A method of str over bytes. Each byte becomes one character; those that are not ASCII one that has no case and no class. */
function asBytesMethod(name: string, method: Method<string>): Method<PyBytes> {
  return {
    signature: method.signature,
    style: method.style,
    call: (self, ...args) => {
      if (method.style === 'searching') rangeArguments(args[1], args[2], 0);
      if (/split$/.test(name)) intArgument(args[1]);
      const given = args.map((value, index) => argumentOf(name, index, value));
      try {
        return toBytes(method.call(toText(self.bytes), ...given));
      } catch (error) {
        throw isNotFound(error) ? valueError('subsection not found') : error;
      }
    },
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof TemplateError && error.message === 'substring not found';
}

const COUNTED = ['center', 'ljust', 'rjust', 'zfill', 'expandtabs', 'splitlines'];

/** An argument as the method of str needs it; others are refused in the words of bytes. */
function argumentOf(name: string, index: number, value: Value): Value {
  const given = force(value);
  if (given === ' ' && index === 1) return given;
  if (SEARCHES.has(name)) return index === 0 ? soughtText(given) : given;
  if (name === 'startswith' || name === 'endswith') return index === 0 ? affix(name, given) : given;
  if (name === 'join') {
    const items = iterateOrUndefined(given);
    if (items === undefined) throw typeError('can only join an iterable');
    return [...items].map(joinedText);
  }
  if (COUNTED.includes(name)) return index === 0 ? intArgument(given) : fillText(name, given);
  if ((name === 'replace' && index === 2) || (/split$/.test(name) && index === 1)) return given;
  return given === null && /s(?:trip|plit)$/.test(name) ? null : bytesText(given);
}

function soughtText(given: Value): string {
  if (given instanceof PyBytes) return toText(given.bytes);
  const int = asInt(given);
  if (int === undefined)
    throw typeError(`argument should be integer or bytes-like object, not '${typeName(given)}'`);
  if (int < 0 || int > 255) throw valueError('byte must be in range(0, 256)');
  return toText(Uint8Array.of(Number(int)));
}

function affix(name: string, given: Value): Value {
  if (given instanceof PyTuple) return new PyTuple(given.items.map((item) => bytesText(force(item))));
  if (given instanceof PyBytes) return toText(given.bytes);
  throw typeError(`${name} first arg must be bytes or a tuple of bytes, not ${typeName(given)}`);
}

function joinedText(item: Value, index: number): string {
  const given = force(item);
  if (given instanceof PyBytes) return toText(given.bytes);
  throw typeError(`sequence item ${index}: expected a bytes-like object, ${typeName(given)} found`);
}

function fillText(name: string, given: Value): string {
  if (given instanceof PyBytes && given.bytes.length === 1) return toText(given.bytes);
  const type = given === null ? 'None' : typeName(given);
  throw typeError(`${name}() argument 2 must be a byte string of length 1, not ${type}`);
}

function bytesText(given: Value): string {
  if (given instanceof PyBytes) return toText(given.bytes);
  throw typeError(`a bytes-like object is required, not '${typeName(given)}'`);
}

/** The start of the private characters that stand for bytes above 127, and for those that are white space in texts only. */
const PRIVATE = 0xe000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: bytes 28 to 31 are such.
const SPECIAL_BYTE = /[\x1c-\x1f\x80-\xff]/g;

function toText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return text.replace(SPECIAL_BYTE, (byte) => String.fromCharCode(PRIVATE + byte.charCodeAt(0)));
}

function toBytes(value: Value): Value {
  // Of each character only the low byte is taken.
  if (typeof value === 'string') return new PyBytes(Buffer.from(value, 'latin1'));
  if (Array.isArray(value)) return value.map(toBytes);
  return value instanceof PyTuple ? new PyTuple(value.items.map(toBytes)) : value;
}

/** Two digits for each byte, `separator` after as many of them as `size` says: from the right, or from the left when it is negative. */
function hex(self: PyBytes, separator: Value = null, size: Value = 1): string {
  const sep = force(separator);
  const every = intArgument(size);
  const digits = Buffer.from(self.bytes).toString('hex');
  if (sep === null) return digits;
  if (length(sep) !== 1) throw valueError('sep must be length 1.');
  const text = sep instanceof PyBytes ? toText(sep.bytes) : asText(sep);
  if (text === undefined) throw typeError('sep must be str or bytes.');
  const pairs = digits.match(/../g) ?? [];
  const isAfter = (index: number): boolean => (every < 0 ? index : pairs.length - index) % every === 0;
  return pairs
    .map((pair, index) => (index > 0 && every !== 0 && isAfter(index) ? text + pair : pair))
    .join('');
}

function bytesArgument(value: Value | undefined): Uint8Array {
  const given = force(value ?? null);
  if (given instanceof PyBytes) return given.bytes;
  throw typeError(`a bytes-like object is required, not '${typeName(given)}'`);
}

function fromHex(text: string): PyBytes {
  const unfit = /[^0-9a-fA-F\s]/.exec(text);
  const digits = text.replace(/\s+/g, '');
  if (unfit !== null || digits.length % 2 === 1) {
    const place = unfit?.index ?? text.length;
    throw valueError(`non-hexadecimal number found in fromhex() arg at position ${place}`);
  }
  return new PyBytes(Buffer.from(digits, 'hex'));
}

function makeTable(from: Uint8Array, to: Uint8Array): PyBytes {
  if (from.length !== to.length) throw valueError('maketrans arguments must have same length');
  const table = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  for (const [index, byte] of from.entries()) table[byte] = to[index] ?? byte;
  return new PyBytes(table);
}

function translate(bytes: Uint8Array, table: Value | undefined, gone: Value | undefined): PyBytes {
  const map = (force(table ?? null) ?? null) === null ? undefined : bytesArgument(table);
  if (map !== undefined && map.length !== 256) {
    throw valueError('translation table must be 256 characters long');
  }
  const dropped = gone === undefined || gone === '' ? new Set<number>() : new Set(bytesArgument(gone));
  const kept = bytes.filter((byte) => !dropped.has(byte));
  return new PyBytes(map === undefined ? kept : kept.map((byte) => map[byte] ?? byte));
}
