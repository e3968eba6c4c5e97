/** Bytes as Python's `bytes.decode('utf-8', 'surrogateescape')` reads them: what is no UTF-8 becomes U+DC80 to U+DCFF. */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of the bytes; nothing is lost, whatever they are. */
export function decodeSurrogateEscape(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeByRuns(bytes);
  }
}

function decodeByRuns(bytes: Uint8Array): string {
  const parts: string[] = [];
  let runStart = 0;
  let at = 0;
  const flush = (): void => {
    parts.push(strict.decode(bytes.subarray(runStart, at)));
  };
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
    } else {
      flush();
      parts.push(String.fromCharCode(0xdc00 + (bytes[at] ?? 0)));
      at += 1;
      runStart = at;
    }
  }
  flush();
  return parts.join('');
}

/** First bytes of sequences, the length of these, and what the second byte must be (RFC 3629, section 4). */
const SEQUENCES: readonly (readonly [
  first: number,
  last: number,
  length: number,
  low: number,
  high: number,
])[] = [
  [0x00, 0x7f, 1, 0, 0],
  [0xc2, 0xdf, 2, 0x80, 0xbf],
  [0xe0, 0xe0, 3, 0xa0, 0xbf],
  [0xe1, 0xec, 3, 0x80, 0xbf],
  [0xed, 0xed, 3, 0x80, 0x9f],
  [0xee, 0xef, 3, 0x80, 0xbf],
  [0xf0, 0xf0, 4, 0x90, 0xbf],
  [0xf1, 0xf3, 4, 0x80, 0xbf],
  [0xf4, 0xf4, 4, 0x80, 0x8f],
];

/** The length of the UTF-8 sequence that begins at `at`, or 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0xff;
  const sequence = SEQUENCES.find(([first, last]) => lead >= first && lead <= last);
  if (sequence === undefined) {
    return 0;
  }
  const [, , length, low, high] = sequence;
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    const [from, to] = index === 1 ? [low, high] : [0x80, 0xbf];
    if (byte < from || byte > to) {
      return 0;
    }
  }
  return length;
}
