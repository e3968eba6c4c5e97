/** Texts as bytes, in Python's names of encodings and error handlers. */

import { pythonError } from './error.ts';
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
  const characters = [...text];
  const isEncodable = (char: string): boolean => (char.codePointAt(0) ?? 0) < codec.end;
  const bytes = characters.flatMap((char, position) => {
    if (isEncodable(char)) return char.codePointAt(0) ?? 0;
    const next = characters.findIndex((other, index) => index > position && isEncodable(other));
    const last = (next < 0 ? characters.length : next) - 1;
    return replacementBytes(char, errors, { ...codec, position, last });
  });
  return new PyBytes(Uint8Array.from(bytes));
}

function replacementBytes(
  char: string,
  errors: string,
  codec: { readonly name: string; readonly end: number; readonly position: number; readonly last: number },
): readonly number[] {
  const code = char.codePointAt(0) ?? 0;
  const width = code < 256 ? 2 : code < 0x10000 ? 4 : 8;
  const escaped = `\\${code < 256 ? 'x' : code < 0x10000 ? 'u' : 'U'}${code.toString(16).padStart(width, '0')}`;
  if (errors === 'ignore') return [];
  if (errors === 'replace') return [63];
  if (errors === 'xmlcharrefreplace') return [...Buffer.from(`&#${code};`)];
  if (errors === 'backslashreplace') return [...Buffer.from(escaped)];
  if (errors !== 'strict') throw pythonError('LookupError', `unknown error handler name '${errors}'`);
  const { position, last } = codec;
  const faulty =
    last > position
      ? `characters in position ${position}-${last}`
      : `character '${escaped}' in position ${position}`;
  throw pythonError(
    'UnicodeEncodeError',
    `'${codec.name}' codec can't encode ${faulty}: ordinal not in range(${codec.end})`,
  );
}
