import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FailureError } from '../../../shared/base/failure.ts';
import { parseJson } from '../../../shared/base/json.ts';
import { limits } from '../../../shared/base/limits.ts';
import { isDict, type Value } from '../../../shared/base/value.ts';
import type { FromAgent, ToAgent } from '../../../shared/wire/agent-frame.ts';
import { encodeFrame, FrameReader, type ReadFrame } from '../../../shared/wire/frame-codec.ts';

type Golden = {
  readonly name: string;
  readonly direction: string;
  /** Its nested objects are dicts, as the codec gives and takes them. */
  readonly header: object;
  readonly blob: Buffer;
  readonly bytes: Buffer;
};

const directory = new URL('../../cases/frames/', import.meta.url);

function loadGolden(name: string): Golden {
  const golden = parseJson(readFileSync(new URL(name, directory), 'utf8'));
  const field = (key: string): Value => (isDict(golden) ? (golden.get(key) ?? null) : null);
  const header = field('header');
  return {
    name,
    direction: String(field('direction')),
    header: isDict(header) ? Object.fromEntries(header) : {},
    blob: Buffer.from(String(field('blob')), 'base64'),
    bytes: Buffer.from(String(field('bytes')), 'base64'),
  };
}

const goldens = readdirSync(directory).map(loadGolden);
const toAgent = goldens.filter(({ direction }) => direction === 'to-agent');
const fromAgent = goldens.filter(({ direction }) => direction === 'from-agent');

/** Reads a stream that arrives in pieces of the given size. */
function readInPieces(bytes: Buffer, size: number): readonly ReadFrame<FromAgent>[] {
  const reader = new FrameReader();
  const frames: ReadFrame<FromAgent>[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    reader.push(bytes.subarray(start, start + size));
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      frames.push({ header: frame.header, blob: Buffer.from(frame.blob) });
    }
  }
  return frames;
}

function failureKind(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof FailureError ? error.failure.kind : String(error);
  }
  return 'none';
}

function sizes(header: number, blob: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(header, 0);
  bytes.writeUInt32BE(blob, 4);
  return bytes;
}

describe('golden frames', () => {
  test.each(toAgent)('$name is what is sent', ({ header, blob, bytes }) => {
    expect(Buffer.from(encodeFrame(header as ToAgent, blob)).toString()).toBe(bytes.toString());
    expect(Buffer.from(encodeFrame(header as ToAgent, blob))).toEqual(bytes);
  });

  test.each(fromAgent)('$name is understood', ({ header, blob, bytes }) => {
    expect(readInPieces(bytes, bytes.length)).toEqual([{ header, blob }]);
  });

  test.each([1, 2, 7, 8, 9, 64, 1000])('are the same in pieces of %i bytes', (size) => {
    const stream = Buffer.concat(fromAgent.map(({ bytes }) => bytes));
    expect(readInPieces(stream, size)).toEqual(fromAgent.map(({ header, blob }) => ({ header, blob })));
  });
});

describe('what is no frame', () => {
  test.each([
    ['a header that is too long', sizes(limits.frameHeaderBytesMax + 1, 0), 'frame-too-big'],
    ['a blob that is too long', sizes(2, limits.frameBlobBytesMax + 1), 'frame-too-big'],
    ['text', Buffer.from('Traceback (most recent call last):'), 'frame-too-big'],
    ['a header that is not JSON', Buffer.concat([sizes(2, 0), Buffer.from('{]')]), 'protocol-broken'],
    ['a header that is no object', Buffer.concat([sizes(2, 0), Buffer.from('[]')]), 'protocol-broken'],
    ['an unknown kind', Buffer.concat([sizes(9, 0), Buffer.from('{"t":"x"}')]), 'protocol-broken'],
    [
      'a field that is missing',
      Buffer.concat([sizes(12, 0), Buffer.from('{"t":"need"}')]),
      'protocol-broken',
    ],
  ])('%s', (_name, bytes, kind) => {
    expect(failureKind(() => readInPieces(bytes, bytes.length))).toBe(kind);
  });

  test('a blob that is too long to send', () => {
    const blob = new Uint8Array(limits.frameBlobBytesMax + 1);
    expect(failureKind(() => encodeFrame({ t: 'data', id: 1 }, blob))).toBe('frame-too-big');
  });
});
