/**
 * Blobs as the controller reads them, which is outside of steps: what a replay reads again is kept in memory, and a store
 * that fails for a while is asked again.
 */

import type { Clock } from '../../shared/base/clock.ts';
import { FailureError } from '../../shared/base/failure.ts';
import { limits } from '../../shared/base/limits.ts';
import type { Blobs } from '../../shared/store/run-store.ts';

/** What was read in this environment, oldest first. */
const kept = new Map<string, Uint8Array>();
let keptBytes = 0;

/** The store's blobs; writing is left to steps, which try again themselves. */
export function steadyBlobs(
  store: Pick<Blobs, 'getBlob' | 'putBlob'>,
  clock: Pick<Clock, 'sleep'>,
): Pick<Blobs, 'getBlob' | 'putBlob'> {
  return {
    putBlob: store.putBlob,
    getBlob: async (hash, kind) => {
      const known = kept.get(hash);
      if (known !== undefined) return known;
      const bytes = await askAgain(() => store.getBlob(hash, kind), clock);
      keep(hash, bytes);
      return bytes;
    },
  };
}

/** Does what may fail for a while until it succeeds, with growing pauses. Throws what cannot be helped. */
export async function askAgain<T>(ask: () => Promise<T>, { sleep }: Pick<Clock, 'sleep'>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      const mayHelp = error instanceof FailureError && error.failure.retryable;
      if (!mayHelp || tried >= limits.stepTriesMax) throw error;
      await sleep(Math.min(2 ** (tried - 1), limits.stepRetrySecondsMax) * 1000);
    }
  }
}

function keep(hash: string, bytes: Uint8Array): void {
  kept.set(hash, bytes);
  keptBytes += bytes.length;
  for (const [oldest, old] of kept) {
    if (keptBytes <= limits.controllerBlobBytesMax) return;
    kept.delete(oldest);
    keptBytes -= old.length;
  }
}
