/** When a function stops waiting for its host, for how long it stays away, and what it takes for quiet. */

import { expect, test } from 'vitest';
import { type Patience, type Waited, waitPatiently } from '../../../functions/host/patience.ts';
import { limits } from '../../../shared/base/limits.ts';

type Scene = Partial<Pick<Patience, 'hasHappened' | 'isConnecting' | 'isStopRequested' | 'quietSince'>> & {
  /** When something happened last. */
  readonly last?: number;
  readonly sleepsUntil?: number;
  /** How long the function may run. */
  readonly functionMs?: number;
};

/** Waits for a host that never answers, in a time that passes with each sleep; gives when the wait ended, too. */
async function wait(scene: Scene): Promise<{ readonly at: number; readonly waited: Waited }> {
  const { functionMs = 900_000, last = 0, sleepsUntil, ...given } = scene;
  const timers: { readonly at: number; readonly wake: () => void }[] = [];
  let now = 0;
  const patience: Patience = {
    clock: {
      now: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          timers.push({ at: now + ms, wake: resolve });
          signal?.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    },
    remainingMs: () => functionMs - now,
    lastActivity: () => last,
    hasHappened: () => false,
    isConnecting: () => false,
    quietSince: undefined,
    isStopRequested: () => Promise.resolve(false),
    ...given,
  };
  const run = { run: () => new Promise<never>(() => undefined), sleepingUntil: () => sleepsUntil };
  let waited: Waited | undefined;
  const ended = waitPatiently(run, 'ahead', patience).then((end) => {
    waited = end;
  });
  while (waited === undefined) {
    timers.sort((one, other) => one.at - other.at);
    const next = timers.shift();
    if (next !== undefined) now = next.at;
    next?.wake();
    await new Promise(setImmediate);
  }
  await ended;
  return { at: now, waited };
}

test('a quiet target is left after a while, for a part of the time that it has been quiet', async () => {
  const { at, waited } = await wait({ last: 1000 });
  expect(at).toBe(limits.patienceMs + 1000);
  const seconds = Math.ceil(limits.patienceMs / limits.patienceDivisor / 1000);
  expect(waited).toEqual({ kind: 'later', seconds, quietSince: 1000 });
});

test('one that was quiet before is left soon, for a part of the whole time', async () => {
  const { at, waited } = await wait({ quietSince: -300_000 });
  expect(at).toBeLessThan(limits.patienceAgainMs + limits.patienceTickMs);
  expect(waited).toMatchObject({ seconds: Math.ceil(300.8 / limits.patienceDivisor), quietSince: -300_000 });
});

test('a target that goes on with the next task after a long one is waited for as at first', async () => {
  const { at, waited } = await wait({ quietSince: -2_400_000, hasHappened: () => true, last: 200 });
  expect(at).toBe(limits.patienceMs + 200);
  expect(waited).toMatchObject({ quietSince: 200 });
});

test('one that was busy when the time of the function before ran out is waited for as at first', async () => {
  const { at, waited } = await wait({ quietSince: -500 });
  expect(at).toBeGreaterThan(limits.patienceMs - 1000);
  expect(waited).toMatchObject({ quietSince: -500 });
});

test('after a pause the target is waited for as at first, however long the pause was', async () => {
  const { at, waited } = await wait({ sleepsUntil: 120_000, quietSince: -600_000 });
  expect(at).toBe(limits.patienceTickMs);
  expect(waited).toEqual({ kind: 'later', seconds: 120, quietSince: 120_000 });
});

test('a short pause is no reason to leave, and a connection that is being made is none', async () => {
  const pausing = await wait({ sleepsUntil: limits.suspendedSleepMsMin - 1, functionMs: 100_000 });
  expect(pausing.at).toBeGreaterThan(100_000 - limits.functionMarginMs);
  const connecting = await wait({ isConnecting: () => true, functionMs: 100_000 });
  expect(connecting.at).toBeGreaterThan(100_000 - limits.functionMarginMs);
});

test('a function whose time runs out leaves for the shortest time', async () => {
  const { at, waited } = await wait({
    functionMs: 20_000,
    quietSince: -1,
    last: 4000,
    hasHappened: () => true,
  });
  expect(at).toBeGreaterThan(20_000 - limits.functionMarginMs);
  expect(waited).toEqual({ kind: 'later', seconds: 1, quietSince: 4000 });
});

test('a run that shall stop is left, at the latest when it is asked for again', async () => {
  const { at, waited } = await wait({ isStopRequested: () => Promise.resolve(true) });
  expect(waited).toEqual({ kind: 'stopped' });
  expect(at).toBeLessThanOrEqual(limits.stopCheckMs + limits.patienceTickMs);
});
