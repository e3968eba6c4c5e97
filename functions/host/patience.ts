/** How long a function waits for its host: a target that works by itself for long needs nobody who watches. */

import type { Clock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import type { HostOutcome, Reach } from '../../shared/wire/host-outcome.ts';
import type { HostRun } from './execute/host-run.ts';

/** A reason to leave: come back after so many seconds. */
export type Later = {
  readonly kind: 'later';
  readonly seconds: number;
  /** Since when nothing has happened, in ms since the epoch; as of {@link Patience.quietSince} of the next round. */
  readonly quietSince: number;
};

export type Patience = {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** What is left of the function's time, in ms. */
  readonly remainingMs: () => number;
  /** When something happened last in this round: a change noted, an agent reached. */
  readonly lastActivity: () => number;
  /** A connection is being made, which is not left half-way. */
  readonly isConnecting: () => boolean;
  /** Of the round before, when nothing had happened by its end either. */
  readonly quietSince: number | undefined;
};

/** Runs the host until it has an outcome, or until waiting on would be a waste. */
export async function waitPatiently(
  run: HostRun,
  reach: Reach,
  patience: Patience,
): Promise<Later | { readonly kind: 'outcome'; readonly outcome: HostOutcome }> {
  const ended = run.run(reach).then((outcome) => ({ kind: 'outcome', outcome }) as const);
  const over = new AbortController();
  try {
    for (;;) {
      const tick = patience.clock.sleep(limits.patienceTickMs, over.signal).catch(() => undefined);
      const first = await Promise.race([ended, tick]);
      if (first !== undefined) return first;
      const later = reasonToLeave(run, patience);
      if (later !== undefined) return later;
    }
  } finally {
    over.abort();
    // Whoever leaves does not hear any more how it ended.
    ended.catch(() => undefined);
  }
}

function reasonToLeave(run: HostRun, patience: Patience): Later | undefined {
  const { clock, lastActivity, quietSince, remainingMs } = patience;
  const now = clock.now();
  const last = lastActivity();
  if (remainingMs() < limits.functionMarginMs) return later(1, last);
  const wakesAt = run.sleepingUntil();
  if (wakesAt !== undefined)
    return wakesAt - now < limits.suspendedSleepMsMin ? undefined : later((wakesAt - now) / 1000, last);
  if (patience.isConnecting()) return undefined;
  const patienceMs = quietSince === undefined ? limits.patienceMs : limits.patienceAgainMs;
  if (now - last < patienceMs) return undefined;
  const since = quietSince ?? last;
  return later((now - since) / limits.patienceDivisor / 1000, since);
}

function later(seconds: number, quietSince: number): Later {
  const { suspendSecondsMax } = limits;
  return { kind: 'later', seconds: Math.min(Math.max(Math.ceil(seconds), 1), suspendSecondsMax), quietSince };
}
