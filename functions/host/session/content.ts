/** Content on its way to the agent: read whole when it is small, cut into pieces of a frame when it is not. */

import { limits } from '../../../shared/base/limits.ts';
import type { Content } from './session.ts';

/** All of a small content. Rejects when it has not the size that was announced. */
export async function readContent(content: Content): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of cutContent(content)) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The pieces of a content, none larger than a frame takes. Rejects when it has not the size that was announced. */
export async function* cutContent(content: Content): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of content.open()) {
    bytes += piece.length;
    if (bytes > content.size) {
      break;
    }
    for (let start = 0; start < piece.length; start += limits.frameBlobBytesMax) {
      yield piece.subarray(start, start + limits.frameBlobBytesMax);
    }
  }
  if (bytes !== content.size) {
    throw new Error(`The content changed while it was sent: ${content.size} bytes were announced`);
  }
}
