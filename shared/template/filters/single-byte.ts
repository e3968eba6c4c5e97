/** Encodings of one byte for each character: those of Windows, of ISO 8859 and KOI8-R. */

import { pythonError } from '../python/error.ts';

/** The characters of the 256 bytes; empty where a byte stands for none. */
export type SingleByteTable = readonly string[];

const NAMES = /^(?:windows-?|cp)(125[0-8])$|^(iso)-?(8859-(?:[2-7]|10|1[3-6]))$|^(koi8-r)$/;
const C1_CONTROL = /[\u0080-\u009f]/;

/** The table of an encoding that Python knows by this name in lower case with `-`; undefined for all others. */
export function singleByteTable(name: string): SingleByteTable | undefined {
  const [, windows, iso, part, koi] = NAMES.exec(name) ?? [];
  const label = windows === undefined ? (iso === undefined ? koi : `${iso}-${part}`) : `windows-${windows}`;
  if (label === undefined) return undefined;
  const decoder = new TextDecoder(label);
  return Array.from({ length: 256 }, (_, byte) => {
    const char = decoder.decode(Uint8Array.of(byte));
    const isUnused = char === '\ufffd' || (windows !== undefined && C1_CONTROL.test(char));
    return isUnused ? '' : char;
  });
}

/** The bytes of a text; raises for a character that the encoding does not have. */
export function encodeSingleByte(text: string, table: SingleByteTable): Buffer {
  const byteOf = new Map(table.map((char, byte) => [char, byte]));
  const chars = [...text];
  const bytes = chars.map((char) => byteOf.get(char) ?? -1);
  const first = bytes.indexOf(-1);
  if (first < 0) return Buffer.from(bytes);
  const after = bytes.findIndex((byte, index) => index > first && byte >= 0);
  const last = (after < 0 ? chars.length : after) - 1;
  const what =
    first === last
      ? `character '${escaped(chars[first] ?? '')}' in position ${first}`
      : `characters in position ${first}-${last}`;
  throw pythonError(
    'UnicodeEncodeError',
    `'charmap' codec can't encode ${what}: character maps to <undefined>`,
  );
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const [letter, width] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).padStart(Number(width), '0')}`;
}

/** The text of some bytes; lone surrogates stand for those that the encoding does not have. */
export function decodeSingleByte(bytes: Uint8Array, table: SingleByteTable): string {
  return Array.from(bytes, (byte) => table[byte] || String.fromCharCode(0xdc00 + byte)).join('');
}
