/** Time and randomness as a dependency, so that tests and replays decide what they are. */

import { randomBytes } from 'node:crypto';

export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds; rejects at once when `signal` is or becomes aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** `length` random bytes, fit for secrets. */
  readonly randomBytes: (length: number) => Uint8Array;
};

/** The machine's own clock and randomness. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
  randomBytes: (length) => randomBytes(length),
};
