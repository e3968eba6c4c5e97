/** Reads what a web server sends, with bounded size. */

import type { IncomingMessage } from 'node:http';
import { limits } from '../../../shared/base/limits.ts';

/** The whole page; rejects when it is larger than `limits.webPageBytesMax`. */
export async function pageContent(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of message) {
    if (!Buffer.isBuffer(piece)) throw new Error('the page came as text');
    length += piece.length;
    if (length > limits.webPageBytesMax)
      throw new Error(`the page is larger than ${limits.webPageBytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
