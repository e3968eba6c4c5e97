/** Texts to bytes and back in the encodings that Python names, with lone surrogates for bytes that do not decode. */

import { pythonError } from '../python/error.ts';
import { decodeSingleByte, encodeSingleByte, type SingleByteTable, singleByteTable } from './single-byte.ts';

type Charset =
  | SingleByteTable
  | 'ascii'
  | 'latin1'
  | 'utf-8'
  | 'utf-8-sig'
  | 'utf-16'
  | 'utf-16-be'
  | 'utf-16-le';

const CHARSETS: Readonly<Record<string, Charset>> = {
  ascii: 'ascii',
  'us-ascii': 'ascii',
  'latin-1': 'latin1',
  latin1: 'latin1',
  'iso-8859-1': 'latin1',
  'iso8859-1': 'latin1',
  utf8: 'utf-8',
  'utf-8': 'utf-8',
  'utf-8-sig': 'utf-8-sig',
  utf16: 'utf-16',
  'utf-16': 'utf-16',
  'utf-16-le': 'utf-16-le',
  'utf-16le': 'utf-16-le',
  'utf-16-be': 'utf-16-be',
  'utf-16be': 'utf-16-be',
};

function charsetOf(encoding: string): Charset {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  const charset = Object.hasOwn(CHARSETS, name) ? CHARSETS[name] : singleByteTable(name);
  if (charset === undefined) throw pythonError('LookupError', `unknown encoding: ${encoding}`);
  return charset;
}

/** The bytes of a text. */
export function encodeText(text: string, encoding: string): Uint8Array {
  const charset = charsetOf(encoding);
  if (typeof charset !== 'string') return encodeSingleByte(text, charset);
  switch (charset) {
    case 'utf-8':
      return encodeUtf8(text);
    case 'utf-8-sig':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encodeUtf8(text)]);
    case 'utf-16':
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    case 'utf-16-le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16-be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'ascii':
    case 'latin1':
      return encodeBytes(text, charset);
    default:
      return charset satisfies never;
  }
}

/** UTF-8; surrogates that stand for bytes become those bytes again. */
function encodeUtf8(text: string): Buffer {
  if (!/[\udc80-\udcff]/.test(text)) return Buffer.from(text, 'utf8');
  const parts = text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part, 'utf8'),
    ),
  );
}

function encodeBytes(text: string, charset: 'ascii' | 'latin1'): Buffer {
  const most = charset === 'ascii' ? 127 : 255;
  for (const [index, unit] of [...text].entries()) {
    const code = unit.codePointAt(0) ?? 0;
    if (code > most) {
      const shown = code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : escaped(code);
      const name = charset === 'ascii' ? 'ascii' : 'latin-1';
      throw pythonError(
        'UnicodeEncodeError',
        `'${name}' codec can't encode character '${shown}' in position ${index}: ordinal not in range(${most + 1})`,
      );
    }
  }
  return Buffer.from(text, 'latin1');
}

function escaped(code: number): string {
  return code > 0xff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${code.toString(16)}`;
}

/** The text of some bytes. */
export function decodeText(bytes: Uint8Array, encoding = 'utf-8'): string {
  const charset = charsetOf(encoding);
  if (typeof charset !== 'string') return decodeSingleByte(bytes, charset);
  const buffer = Buffer.from(bytes);
  switch (charset) {
    case 'utf-8':
      return decodeUtf8(buffer);
    case 'utf-8-sig':
      return decodeUtf8(buffer.subarray(buffer.indexOf(Buffer.from([0xef, 0xbb, 0xbf])) === 0 ? 3 : 0));
    case 'utf-16':
      return decodeUtf16(buffer);
    case 'utf-16-le':
      return buffer.toString('utf16le');
    case 'utf-16-be':
      return buffer.swap16().toString('utf16le');
    case 'ascii':
      return Array.from(buffer, (byte) => String.fromCharCode(byte < 128 ? byte : 0xdc00 + byte)).join('');
    case 'latin1':
      return buffer.toString('latin1');
    default:
      return charset satisfies never;
  }
}

function decodeUtf16(buffer: Buffer): string {
  if (buffer[0] === 0xfe && buffer[1] === 0xff) return buffer.subarray(2).swap16().toString('utf16le');
  return buffer.subarray(buffer[0] === 0xff && buffer[1] === 0xfe ? 2 : 0).toString('utf16le');
}

function decodeUtf8(buffer: Buffer): string {
  const text = buffer.toString('utf8');
  if (!text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(buffer)) return text;
  let out = '';
  for (let at = 0; at < buffer.length; ) {
    const size = sequenceSize(buffer, at);
    out +=
      size === 0 ? String.fromCharCode(0xdc00 + (buffer[at] ?? 0)) : buffer.toString('utf8', at, at + size);
    at += Math.max(1, size);
  }
  return out;
}

/** How many bytes the character at `at` takes; 0 when they are not UTF-8. */
function sequenceSize(buffer: Buffer, at: number): number {
  const lead = buffer[at] ?? 0;
  const size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (size === 0 || at + size > buffer.length) return 0;
  return buffer.toString('utf8', at, at + size).includes('\ufffd') ? 0 : size;
}
