/** Frames as bytes: written whole, read in whatever pieces they arrive. */

import { FailureError } from '../base/failure.ts';
import { formatCompactJson, parseJson } from '../base/json.ts';
import { limits } from '../base/limits.ts';
import { type Dict, isDict, isSpecial, PyFloat, type Value } from '../base/value.ts';
import type { FromAgent, ToAgent } from './agent-frame.ts';

/** A frame that was read: its header, and its blob (often empty). */
export type ReadFrame<Header> = { readonly header: Header; readonly blob: Uint8Array };

const SIZES_BYTES = 8;
const NO_BYTES = new Uint8Array(0);

/** The bytes of one frame for the agent. Throws FailureError `frame-too-big` when the blob exceeds its limit. */
export function encodeFrame(header: ToAgent, blob: Uint8Array = NO_BYTES): Uint8Array {
  const text = Buffer.from(formatCompactJson(toValue(header)));
  checkSizes(text.length, blob.length);
  const frame = Buffer.allocUnsafe(SIZES_BYTES + text.length + blob.length);
  frame.writeUInt32BE(text.length, 0);
  frame.writeUInt32BE(blob.length, 4);
  frame.set(text, SIZES_BYTES);
  frame.set(blob, SIZES_BYTES + text.length);
  return frame;
}

/** Cuts a stream of bytes into frames. Holds no more than one frame and the piece that it ended in. */
export class FrameReader {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** Takes the next piece of the stream. */
  push(piece: Uint8Array): void {
    if (piece.length > 0) {
      this.#pieces.push(piece);
      this.#bytes += piece.length;
    }
  }

  /** The next frame, or undefined until more bytes are pushed. Throws FailureError when the stream holds no frames. */
  next(): ReadFrame<FromAgent> | undefined {
    if (this.#bytes < SIZES_BYTES) {
      return undefined;
    }
    const sizes = this.#join(SIZES_BYTES);
    const headerBytes = sizes.readUInt32BE(0);
    const blobBytes = sizes.readUInt32BE(4);
    checkSizes(headerBytes, blobBytes);
    const length = SIZES_BYTES + headerBytes + blobBytes;
    if (this.#bytes < length) {
      return undefined;
    }
    const frame = this.#join(length).subarray(0, length);
    this.#drop(length);
    return {
      header: parseHeader(frame.toString('utf8', SIZES_BYTES, SIZES_BYTES + headerBytes)),
      blob: frame.subarray(SIZES_BYTES + headerBytes),
    };
  }

  /** The first piece, grown to at least `length` bytes. */
  #join(length: number): Buffer {
    const first = this.#pieces[0] ?? NO_BYTES;
    if (first.length < length) {
      this.#pieces = [Buffer.concat(this.#pieces, this.#bytes)];
    }
    const joined = this.#pieces[0] ?? NO_BYTES;
    return Buffer.from(joined.buffer, joined.byteOffset, joined.length);
  }

  #drop(length: number): void {
    const rest = this.#pieces[0]?.subarray(length) ?? NO_BYTES;
    this.#pieces = rest.length > 0 ? [rest, ...this.#pieces.slice(1)] : this.#pieces.slice(1);
    this.#bytes -= length;
  }
}

function checkSizes(headerBytes: number, blobBytes: number): void {
  if (headerBytes > limits.frameHeaderBytesMax || blobBytes > limits.frameBlobBytesMax) {
    throw new FailureError({
      kind: 'frame-too-big',
      message:
        `A frame of ${headerBytes} + ${blobBytes} bytes exceeds the limits of ` +
        `${limits.frameHeaderBytesMax} + ${limits.frameBlobBytesMax} bytes`,
      retryable: false,
    });
  }
}

/** A header is small and made of plain objects, but for the arguments in Python's value model that it may hold. */
function toValue(plain: unknown): Value {
  if (plain instanceof Map || plain instanceof PyFloat || plain === null || typeof plain !== 'object') {
    return parseLeaf(plain);
  }
  if (Array.isArray(plain)) {
    return plain.map(toValue);
  }
  if (isSpecial(parseLeaf(plain))) {
    return parseLeaf(plain);
  }
  const entries = Object.entries(plain).filter(([, value]) => value !== undefined);
  return new Map(entries.map(([key, value]) => [key, toValue(value)]));
}

function parseLeaf(leaf: unknown): Value {
  return leaf as Value;
}

function parseHeader(text: string): FromAgent {
  const header = parseHeaderJson(text);
  switch (header.get('t')) {
    case 'ready':
      return {
        t: 'ready',
        protocol: parseNumber(header, 'protocol'),
        python: parseText(header, 'python'),
        executable: parseText(header, 'executable'),
        pid: parseNumber(header, 'pid'),
        uid: parseNumber(header, 'uid'),
      };
    case 'result':
      return {
        t: 'result',
        id: parseNumber(header, 'id'),
        result: parseDict(header, 'result'),
        epoch: parseNumber(header, 'epoch'),
        ...(header.has('spill') ? { spill: parseSpill(header.get('spill')) } : {}),
      };
    case 'error':
      return parseErrorFrame(header);
    case 'kept':
      return parseKeptFrame(header);
    case 'left':
      return { t: 'left' };
    case 'need':
      return { t: 'need', id: parseNumber(header, 'id') };
    case 'data':
      return {
        t: 'data',
        id: parseNumber(header, 'id'),
        ...(header.get('end') === true ? { end: true } : {}),
      };
    default:
      throw broken(`a header of unknown kind ${JSON.stringify(header.get('t') ?? null)}`);
  }
}

const ERROR_KINDS = ['become-refused', 'module-crashed', 'module-missing', 'no-python', 'timed-out'] as const;

function parseErrorFrame(header: Dict): FromAgent {
  const kind = ERROR_KINDS.find((known) => known === header.get('kind'));
  if (kind === undefined) {
    throw broken(`an error of unknown kind ${String(header.get('kind'))}`);
  }
  return {
    t: 'error',
    id: parseNumber(header, 'id'),
    kind,
    message: parseText(header, 'message'),
    epoch: parseNumber(header, 'epoch'),
    ...(header.has('detail') ? { detail: parseText(header, 'detail') } : {}),
  };
}

function parseKeptFrame(header: Dict): FromAgent {
  const inHand = header.get('inHand');
  return {
    t: 'kept',
    agent: parseText(header, 'agent'),
    isNew: header.get('isNew') === true,
    inHand: typeof inHand === 'string' ? inHand : null,
    known: parseNumber(header, 'known'),
    epoch: parseNumber(header, 'epoch'),
    lasting: header.get('lasting') === true,
    ...(header.get('fenced') === true ? { fenced: true } : {}),
  };
}

function parseHeaderJson(text: string): Dict {
  let value: Value;
  try {
    value = parseJson(text);
  } catch {
    throw broken('a header that is not JSON');
  }
  if (!isDict(value)) {
    throw broken('a header that is not a JSON object');
  }
  return value;
}

function parseSpill(value: Value | undefined): readonly (readonly [string, number])[] {
  return (Array.isArray(value) ? value : []).map((pair) => {
    const [key, bytes] = Array.isArray(pair) ? pair : [];
    if (typeof key !== 'string' || typeof bytes !== 'number') {
      throw broken('a spill that is not a list of pairs');
    }
    return [key, bytes];
  });
}

function parseNumber(header: Dict, key: string): number {
  const value = header.get(key);
  if (typeof value !== 'number') {
    throw broken(`no number ${key}`);
  }
  return value;
}

function parseText(header: Dict, key: string): string {
  const value = header.get(key);
  if (typeof value !== 'string') {
    throw broken(`no text ${key}`);
  }
  return value;
}

function parseDict(header: Dict, key: string): Dict {
  const value = header.get(key);
  if (!isDict(value)) {
    throw broken(`no object ${key}`);
  }
  return value;
}

function broken(what: string): FailureError {
  return new FailureError({
    kind: 'protocol-broken',
    message: `The agent sent ${what}`,
    retryable: false,
  });
}
