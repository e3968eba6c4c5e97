/** Python's codecs: texts as bytes and back, in its names of encodings and of what is done with what does not fit. */

import { countItems } from '../budget.ts';
import { pythonError } from './error.ts';
import { hexEscape } from './repr.ts';
import { type SingleByte, singleByteEncoding } from './single-byte.ts';
import { findUtf8Fault } from './utf8-fault.ts';

type Unicode = 'utf-8' | 'utf-8-sig' | 'utf-16' | 'utf-16-be' | 'utf-16-le';

const UNICODE_NAMES: ReadonlyMap<string, Unicode> = new Map([
  ['utf8', 'utf-8'],
  ['utf-8', 'utf-8'],
  ['utf-8-sig', 'utf-8-sig'],
  ['utf16', 'utf-16'],
  ['utf-16', 'utf-16'],
  ['utf-16-le', 'utf-16-le'],
  ['utf-16le', 'utf-16-le'],
  ['utf-16-be', 'utf-16-be'],
  ['utf-16be', 'utf-16-be'],
]);

function encodingOf(encoding: string): SingleByte | Unicode {
  const name = encoding.toLowerCase().replaceAll('_', '-');
  const found = UNICODE_NAMES.get(name) ?? singleByteEncoding(name);
  if (found === undefined) throw pythonError('LookupError', `unknown encoding: ${encoding}`);
  return found;
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * The bytes of a text. `errors` is Python's handler for characters that the encoding does not have; the one that is
 * used when none is named makes bytes again of those that {@link decodeText} could not read, and refuses all others.
 */
export function encodeText(text: string, encoding = 'utf-8', errors = 'surrogateescape'): Uint8Array {
  const found = encodingOf(encoding);
  switch (found) {
    case 'utf-8':
      return encodeUtf8(text, errors);
    case 'utf-8-sig':
      return Buffer.concat([Buffer.from(BYTE_ORDER_MARK), encodeUtf8(text, errors)]);
    case 'utf-16':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16-le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16-be':
      return Buffer.from(text, 'utf16le').swap16();
    default:
      return encodeEach(text, errors, {
        ...found,
        encode: (char) => {
          const byte = found.bytes.get(char);
          return byte === undefined ? undefined : [byte];
        },
      });
  }
}

function encodeUtf8(text: string, errors: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  return encodeEach(text, errors, {
    name: 'utf-8',
    reason: 'surrogates not allowed',
    encode: (char) => (char.isWellFormed() ? Buffer.from(char, 'utf8') : undefined),
  });
}

type Encoder = {
  readonly name: string;
  readonly reason: string;
  readonly encode: (char: string) => Iterable<number> | undefined;
};

/** Encodes character by character; those in a row that do not fit go to the handler together. */
function encodeEach(text: string, errors: string, { encode, name, reason }: Encoder): Uint8Array {
  countItems(text.length);
  const chars = [...text];
  const bytes: number[] = [];
  for (let start = 0; start < chars.length; start++) {
    const fitting = encode(chars[start] ?? '');
    if (fitting !== undefined) for (const byte of fitting) bytes.push(byte);
    else {
      let end = start + 1;
      while (end < chars.length && encode(chars[end] ?? '') === undefined) end++;
      for (let at = start; at < end; at++) {
        const instead = bytesInstead(chars[at] ?? '', errors);
        if (instead === undefined) throw cannotEncode({ name, reason }, chars, [at, end]);
        for (const byte of instead) bytes.push(byte);
      }
      start = end - 1;
    }
  }
  return Uint8Array.from(bytes);
}

/** What stands for a character that does not fit; undefined where that is an error. */
function bytesInstead(char: string, errors: string): Iterable<number> | undefined {
  const code = char.codePointAt(0) ?? 0;
  switch (errors) {
    case 'strict':
      return undefined;
    case 'ignore':
      return [];
    case 'replace':
      return [63];
    case 'xmlcharrefreplace':
      return Buffer.from(`&#${code};`);
    case 'backslashreplace':
      return Buffer.from(hexEscape(char));
    case 'surrogateescape':
      return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : undefined;
    default:
      throw unknownHandler(errors);
  }
}

function unknownHandler(errors: string): Error {
  return pythonError('LookupError', `unknown error handler name '${errors}'`);
}

function cannotEncode(
  { name, reason }: { readonly name: string; readonly reason: string },
  chars: readonly string[],
  [start, end]: readonly [number, number],
): Error {
  const what =
    end - start === 1
      ? `character '${hexEscape(chars[start] ?? '')}' in position ${start}`
      : `characters in position ${start}-${end - 1}`;
  return pythonError('UnicodeEncodeError', `'${name}' codec can't encode ${what}: ${reason}`);
}

/**
 * The text of some bytes. `errors` is Python's handler for bytes that are none of the encoding; the one that is used
 * when none is named puts lone surrogates in their place.
 */
export function decodeText(bytes: Uint8Array, encoding = 'utf-8', errors = 'surrogateescape'): string {
  const found = encodingOf(encoding);
  const buffer = Buffer.from(bytes);
  switch (found) {
    case 'utf-8':
      return decodeUtf8(buffer, errors);
    case 'utf-8-sig':
      return decodeUtf8(buffer.subarray(buffer.indexOf(Buffer.from(BYTE_ORDER_MARK)) === 0 ? 3 : 0), errors);
    case 'utf-16':
      return decodeUtf16(buffer, errors);
    case 'utf-16-le':
    case 'utf-16-be':
      return decodeUnits(buffer, found, errors);
    default:
      return Array.from(
        buffer,
        (byte, at) =>
          found.characters[byte] || textInstead(buffer, { ...found, start: at, end: at + 1 }, errors),
      ).join('');
  }
}

function decodeUtf16(buffer: Buffer, errors: string): string {
  const isBig = buffer[0] === 0xfe && buffer[1] === 0xff;
  const isMarked = isBig || (buffer[0] === 0xff && buffer[1] === 0xfe);
  return decodeUnits(buffer.subarray(isMarked ? 2 : 0), isBig ? 'utf-16-be' : 'utf-16-le', errors);
}

function decodeUnits(buffer: Buffer, name: 'utf-16-be' | 'utf-16-le', errors: string): string {
  const end = buffer.length - (buffer.length % 2);
  const whole = Buffer.from(buffer.subarray(0, end));
  const text = (name === 'utf-16-be' ? whole.swap16() : whole).toString('utf16le');
  if (end === buffer.length) return text;
  return text + textInstead(buffer, { name, reason: 'truncated data', start: end, end: end + 1 }, errors);
}

function decodeUtf8(buffer: Buffer, errors: string): string {
  const text = buffer.toString('utf8');
  if (!text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(buffer)) return text;
  let out = '';
  let at = 0;
  for (let fault = findUtf8Fault(buffer); fault !== undefined; fault = findUtf8Fault(buffer, at)) {
    out +=
      buffer.toString('utf8', at, fault.start) + textInstead(buffer, { ...fault, name: 'utf-8' }, errors);
    at = fault.end;
  }
  return out + buffer.toString('utf8', at);
}

type Undecodable = {
  readonly name: string;
  readonly reason: string;
  readonly start: number;
  readonly end: number;
};

/** What stands for bytes that do not decode. */
function textInstead(buffer: Buffer, fault: Undecodable, errors: string): string {
  const bytes = [...buffer.subarray(fault.start, fault.end)];
  switch (errors) {
    case 'strict':
      throw pythonError('UnicodeDecodeError', cannotDecode(buffer, fault));
    case 'ignore':
      return '';
    case 'replace':
      return '\ufffd';
    case 'backslashreplace':
      return bytes.map((byte) => hexEscape(String.fromCharCode(byte))).join('');
    case 'surrogateescape':
      return String.fromCharCode(...bytes.map((byte) => 0xdc00 + byte));
    default:
      throw unknownHandler(errors);
  }
}

/** Python's message about bytes that do not decode. */
function cannotDecode(bytes: Uint8Array, { name, reason, start, end }: Undecodable): string {
  const what =
    end - start === 1
      ? `byte 0x${(bytes[start] ?? 0).toString(16).padStart(2, '0')} in position ${start}`
      : `bytes in position ${start}-${end - 1}`;
  return `'${name}' codec can't decode ${what}: ${reason}`;
}
