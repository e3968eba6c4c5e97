/** A clock whose time passes when everybody sleeps, and whose randomness is the same in every run. */

import type { Clock } from '../../../shared/base/clock.ts';

export type VirtualClock = Clock & {
  readonly advance: (ms: number) => void;
  /** Lets time pass until nobody sleeps any more. */
  readonly run: () => Promise<void>;
};

export function virtualClock(): VirtualClock {
  let now = 0;
  let seed = 1;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((wake, reject) => {
        const sleeper = { at: now + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          if (sleepers.includes(sleeper)) sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(signal.reason);
        });
      }),
    randomBytes: (length) => Uint8Array.from({ length }, () => nextByte()),
    advance: (ms) => {
      now += ms;
    },
    run: async () => {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        const at = Math.min(...sleepers.map((sleeper) => sleeper.at));
        if (at === Number.POSITIVE_INFINITY) return;
        now = at;
        const due = sleepers.filter((sleeper) => sleeper.at === at);
        for (const sleeper of due) {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          sleeper.wake();
        }
      }
    },
  };

  /** A linear congruential generator; its upper bits are random enough for waits. */
  function nextByte(): number {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 16) & 255;
  }
}
