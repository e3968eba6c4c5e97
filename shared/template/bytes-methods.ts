/** The methods of Python's bytes that templates need. */

import type { Value } from '../base/value.ts';
import { type Method, type MethodTable, methodTable, textArgument } from './method.ts';
import { pythonError, typeError, valueError } from './python-error.ts';
import { PyBytes, PyTuple } from './special.ts';
import { stringMethods } from './string-methods.ts';
import { asInt, force, typeName } from './values.ts';

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

export const bytesMethods: MethodTable<PyBytes> = new Map<string, Method<PyBytes>>([
  ...AS_TEXT.flatMap((name): [string, Method<PyBytes>][] => {
    const method = stringMethods.get(name);
    return method === undefined ? [] : [[name, asBytesMethod(method, SEARCHES.has(name))]];
  }),
  ...methodTable<PyBytes>([
    [
      'decode',
      "encoding='utf-8', errors='strict'",
      (self, encoding, errors) => decode(self.bytes, textArgument(encoding), textArgument(errors)),
    ],
    ['hex', '', (self) => Buffer.from(self.bytes).toString('hex')],
  ]),
]);

/** A method of str over bytes. Each byte becomes one character; those that are not ASCII one that has no case and no class. */
function asBytesMethod(method: Method<string>, isSearch: boolean): Method<PyBytes> {
  return {
    signature: method.signature,
    call: (self, sought, ...args) => {
      const first =
        isSearch && asInt(sought ?? null) !== undefined
          ? new PyBytes(Uint8Array.of(Number(asInt(sought ?? null))))
          : sought;
      const given = first === undefined ? args : [first, ...args];
      return toBytes(method.call(toText(self.bytes), ...given.map(argument)));
    },
  };
}

/** The start of the private characters that stand for bytes above 127. */
const PRIVATE = 0xe000;

function toText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 128 ? byte : PRIVATE + byte)).join('');
}

function toBytes(value: Value): Value {
  if (typeof value === 'string')
    return new PyBytes(Uint8Array.from(value, (char) => char.charCodeAt(0) & 0xff));
  if (Array.isArray(value)) return value.map(toBytes);
  return value instanceof PyTuple ? new PyTuple(value.items.map(toBytes)) : value;
}

function argument(given: Value): Value {
  const value = force(given);
  if (value instanceof PyBytes) return toText(value.bytes);
  if (Array.isArray(value)) return value.map(argument);
  if (value instanceof PyTuple) return new PyTuple(value.items.map(argument));
  if (typeof value === 'string' && value !== ' ') {
    throw typeError(`a bytes-like object is required, not '${typeName(value)}'`);
  }
  return value;
}

/** Bytes as text, in Python's names of encodings and error handlers. */
function decode(bytes: Uint8Array, encoding: string, errors: string): string {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  if (['latin-1', 'latin1', 'iso-8859-1', 'ascii', 'us-ascii'].includes(name))
    return Buffer.from(bytes).toString('latin1');
  if (!['utf-8', 'utf8', 'utf-16', 'utf-16-le'].includes(name))
    throw valueError(`unknown encoding: ${encoding}`);
  try {
    return new TextDecoder(name, { fatal: errors === 'strict', ignoreBOM: true }).decode(bytes);
  } catch {
    throw pythonError('UnicodeDecodeError', `'${encoding}' codec can't decode bytes: invalid data`);
  }
}
