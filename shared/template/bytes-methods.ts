/** The methods of Python's bytes that templates need. */

import { type MethodTable, methodTable, textArgument } from './method.ts';
import { pythonError, valueError } from './python-error.ts';
import type { PyBytes } from './special.ts';

export const bytesMethods: MethodTable<PyBytes> = methodTable<PyBytes>([
  [
    'decode',
    "encoding='utf-8', errors='strict'",
    (self, encoding, errors) => decode(self.bytes, textArgument(encoding), textArgument(errors)),
  ],
  ['hex', '', (self) => Buffer.from(self.bytes).toString('hex')],
]);

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
