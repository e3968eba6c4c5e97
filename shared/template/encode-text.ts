/** Texts as bytes, in Python's names of encodings and error handlers. */

import { pythonError } from './python-error.ts';
import { PyBytes } from './special.ts';

const LATIN1 = new Set(['latin-1', 'latin1', 'iso-8859-1', 'iso8859-1']);

/** `text.encode(encoding, errors)`. */
export function encodeText(text: string, encoding: string, errors: string): PyBytes {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  if (LATIN1.has(name)) return encodeBytes(text, { name: 'latin-1', end: 256 }, errors);
  if (name === 'ascii' || name === 'us-ascii') return encodeBytes(text, { name: 'ascii', end: 128 }, errors);
  if (name === 'utf-16-le' || name === 'utf-16le') return new PyBytes(Buffer.from(text, 'utf16le'));
  if (name === 'utf-16') return new PyBytes(Buffer.from(`\ufeff${text}`, 'utf16le'));
  if (name === 'utf-8' || name === 'utf8') return new PyBytes(Buffer.from(text, 'utf8'));
  throw pythonError('LookupError', `unknown encoding: ${encoding}`);
}

/** One byte for each character below `end`; others as the error handler says. */
function encodeBytes(
  text: string,
  codec: { readonly name: string; readonly end: number },
  errors: string,
): PyBytes {
  const bytes = [...text].flatMap((char, position) => {
    const code = char.codePointAt(0) ?? 0;
    return code < codec.end ? code : replacementBytes(char, errors, { ...codec, position });
  });
  return new PyBytes(Uint8Array.from(bytes));
}

function replacementBytes(
  char: string,
  errors: string,
  codec: { readonly name: string; readonly end: number; readonly position: number },
): readonly number[] {
  const code = char.codePointAt(0) ?? 0;
  const width = code < 256 ? 2 : code < 0x10000 ? 4 : 8;
  const escaped = `\\${code < 256 ? 'x' : code < 0x10000 ? 'u' : 'U'}${code.toString(16).padStart(width, '0')}`;
  if (errors === 'ignore') return [];
  if (errors === 'replace') return [63];
  if (errors === 'xmlcharrefreplace') return [...Buffer.from(`&#${code};`)];
  if (errors === 'backslashreplace') return [...Buffer.from(escaped)];
  if (errors !== 'strict') throw pythonError('LookupError', `unknown error handler name '${errors}'`);
  throw pythonError(
    'UnicodeEncodeError',
    `'${codec.name}' codec can't encode character '${escaped}' in position ${codec.position}: ` +
      `ordinal not in range(${codec.end})`,
  );
}
