/** The end of what a stream printed: enough to say what went wrong, however much it was. */

import type { Readable } from 'node:stream';
import { limits } from '../../../shared/base/limits.ts';

export type TextTail = { readonly text: () => string };

/** Reads a stream to its end and keeps the last bytes of it. */
export function keepTail(stream: Readable): TextTail {
  let tail = Buffer.alloc(0);
  stream.on('data', (piece: Buffer) => {
    tail = Buffer.concat([tail, piece]).subarray(-limits.chatterBytesMax);
  });
  return { text: () => tail.toString('utf8') };
}
