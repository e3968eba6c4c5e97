/** How long a function waits for its host: a target that works by itself for long needs nobody who watches. */

import type { Clock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import type { HostOutcome, Reach } from '../../shared/wire/host-outcome.ts';
import type { HostRun } from './execute/host-run.ts';

/** A reason to leave: come back after so many seconds. */
export type Later = {
  readonly kind: 'later';
  readonly seconds: number;
  /** Since when nothing has happened, in ms since the epoch: {@link Patience.quietSince} of the next round. */
  readonly quietSince: number;
};

export type Patience = {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** What is left of the function's time, in ms. */
  readonly remainingMs: () => number;
  /** When something happened last in this round: a change noted, an agent reached, or its beginning. */
  readonly lastActivity: () => number;
  /** A change was noted in this round: what was quiet before is not any more. */
  readonly hasHappened: () => boolean;
  /** A connection is being made, which is not left half-way. */
  readonly isConnecting: () => boolean;
  /** Of the round before; undefined in the first one. */
  readonly quietSince: number | undefined;
  /** Asked now and then. Never rejects. */
  readonly isStopRequested: () => Promise<boolean>;
};

export type Waited =
  | Later
  | { readonly kind: 'outcome'; readonly outcome: HostOutcome }
  | { readonly kind: 'stopped' };

/** Runs the host until it has an outcome, until waiting on would be a waste, or until nobody wants it to go on. */
export async function waitPatiently(
  run: Pick<HostRun, 'run' | 'sleepingUntil'>,
  reach: Reach,
  patience: Patience,
): Promise<Waited> {
  const stop = watchForStop(patience);
  const ended = run.run(reach).then((outcome) => ({ kind: 'outcome', outcome }) as const);
  const over = new AbortController();
  try {
    for (;;) {
      const tick = patience.clock.sleep(limits.patienceTickMs, over.signal).catch(() => undefined);
      const first = await Promise.race([ended, tick]);
      if (first !== undefined) return first;
      if (stop.isRequested()) return { kind: 'stopped' };
      const later = reasonToLeave(run, patience);
      if (later !== undefined) return later;
    }
  } finally {
    over.abort();
    stop.end();
    // Whoever leaves does not hear any more how it ended.
    ended.catch(() => undefined);
  }
}

/** Asks once in a while. */
function watchForStop({ clock, isStopRequested }: Patience): {
  readonly isRequested: () => boolean;
  readonly end: () => void;
} {
  const over = new AbortController();
  let isRequested = false;
  const watch = async (): Promise<void> => {
    while (!isRequested) {
      await clock.sleep(limits.stopCheckMs, over.signal);
      isRequested = await isStopRequested();
    }
  };
  // It ends with the sleep that is interrupted.
  watch().catch(() => undefined);
  return { isRequested: () => isRequested, end: () => over.abort() };
}

function reasonToLeave(run: Pick<HostRun, 'sleepingUntil'>, patience: Patience): Later | undefined {
  const { clock, hasHappened, lastActivity, quietSince, remainingMs } = patience;
  const now = clock.now();
  const last = lastActivity();
  const since = hasHappened() ? last : (quietSince ?? last);
  if (remainingMs() < limits.functionMarginMs) return later(1, since);
  const wakesAt = run.sleepingUntil();
  // A target that is asked nothing is not quiet: that it may be from the end of the pause on.
  if (wakesAt !== undefined)
    return wakesAt - now < limits.suspendedSleepMsMin ? undefined : later((wakesAt - now) / 1000, wakesAt);
  if (patience.isConnecting()) return undefined;
  if (now - since < limits.patienceMs || now - last < limits.patienceAgainMs) return undefined;
  return later((now - since) / limits.patienceDivisor / 1000, since);
}

function later(seconds: number, quietSince: number): Later {
  const { suspendSecondsMax } = limits;
  return { kind: 'later', seconds: Math.min(Math.max(Math.ceil(seconds), 1), suspendSecondsMax), quietSince };
}
