/** Where bytes stop being UTF-8, in the words of Python's decoder. */

/** Bytes that are no UTF-8: those from `start` up to `end`. */
export type Utf8Fault = { readonly start: number; readonly end: number; readonly reason: string };

/** The first fault at or after `from`, where a character begins; undefined when all bytes decode. */
export function findUtf8Fault(bytes: Uint8Array, from = 0): Utf8Fault | undefined {
  let at = from;
  while (at < bytes.length) {
    const size = sequenceSize(bytes[at] ?? 0);
    if (size === 0) return { start: at, end: at + 1, reason: 'invalid start byte' };
    for (let next = 1; next < size; next++) {
      const byte = bytes[at + next];
      if (byte === undefined) return { start: at, end: bytes.length, reason: 'unexpected end of data' };
      if (!mayFollow(bytes[at] ?? 0, next, byte)) {
        return { start: at, end: at + next, reason: 'invalid continuation byte' };
      }
    }
    at += size;
  }
  return undefined;
}

/** How many bytes a first byte announces; 0 when it is none. */
function sequenceSize(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/** No character has two forms, none is a surrogate, and none is beyond Unicode. */
function mayFollow(first: number, place: number, byte: number): boolean {
  if (byte < 0x80 || byte > 0xbf) return false;
  if (place > 1) return true;
  if (first === 0xe0) return byte >= 0xa0;
  if (first === 0xed) return byte <= 0x9f;
  if (first === 0xf0) return byte >= 0x90;
  return first !== 0xf4 || byte <= 0x8f;
}
