/** The name of a blob: the hash of what it holds. */

import { createHash } from 'node:crypto';
import { FailureError } from '../base/failure.ts';
import type { BlobKind } from './run-store.ts';

/** SHA-256, in hex. */
export function blobHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The failure to find a blob. */
export function missingBlob(hash: string, kind: BlobKind): FailureError {
  const wayOut =
    kind === 'project' ? 'push the project again' : 'it is kept no longer than the run that it belongs to';
  return new FailureError({
    kind: 'store-failed',
    message: `the store has no ${kind} data with the hash ${hash}: ${wayOut}`,
    retryable: false,
  });
}

/** The bytes, when they are what their name says. */
export function checkedBlob(bytes: Uint8Array, hash: string): Uint8Array {
  const found = blobHash(bytes);
  if (found === hash) return bytes;
  throw new FailureError({
    kind: 'store-failed',
    message: `what the store keeps under the hash ${hash} has the hash ${found}: it was changed or cut off`,
    retryable: false,
  });
}
