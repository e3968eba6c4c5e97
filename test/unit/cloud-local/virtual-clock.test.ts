/** Time jumps only when nothing holds it, and timers fire in their order. */

import { expect, test } from 'vitest';
import { VirtualClock } from '../../../cli/cloud-local/virtual-clock.ts';

const HOUR_MS = 3_600_000;

test('time jumps from timer to timer, in their order', async () => {
  const jumps: number[] = [];
  const clock = new VirtualClock({ idleSpeed: Number.POSITIVE_INFINITY, onJump: (now) => jumps.push(now) });
  const begin = clock.now();
  const fired: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.schedule(begin + 2 * HOUR_MS, () => {
    fired.push('second');
    // What a timer sets going comes before later ones.
    clock.schedule(clock.now(), () => fired.push('at once'));
  });
  clock.schedule(begin + 3 * HOUR_MS, resolve);
  clock.schedule(begin + HOUR_MS, () => fired.push('first'));
  const cancel = clock.schedule(begin + HOUR_MS, () => fired.push('never'));
  cancel();
  cancel();
  await promise;
  expect(fired).toEqual(['first', 'second', 'at once']);
  expect(clock.skippedMs).toBeGreaterThan(2 * HOUR_MS);
  expect(jumps).toHaveLength(3);
  clock.close();
});

test('time that is held does not jump', async () => {
  const clock = new VirtualClock({ idleSpeed: Number.POSITIVE_INFINITY });
  const release = clock.hold();
  const other = clock.hold();
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.schedule(clock.now() + HOUR_MS, resolve);
  release();
  release();
  await turns();
  expect(clock.skippedMs).toBe(0);
  other();
  await promise;
  expect(clock.skippedMs).toBeGreaterThan(0);
  clock.close();
});

test('time that does not jump passes as it does', async () => {
  const clock = new VirtualClock({ idleSpeed: 1 });
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.schedule(clock.now() + HOUR_MS, () => expect.unreachable());
  clock.schedule(clock.now() + 1, resolve);
  await promise;
  expect(clock.skippedMs).toBe(0);
  clock.close();
});

test('time passes faster while nothing holds it', async () => {
  const clock = new VirtualClock({ idleSpeed: 3_600_000 });
  const begin = clock.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.schedule(begin + HOUR_MS, resolve);
  await promise;
  expect(clock.now() - begin).toBeGreaterThanOrEqual(HOUR_MS);
  const release = clock.hold();
  const held = clock.skippedMs;
  await turns();
  expect(clock.skippedMs).toBe(held);
  release();
  const other = Promise.withResolvers<void>();
  clock.schedule(clock.now() + HOUR_MS, other.resolve);
  await other.promise;
  expect(clock.skippedMs).toBeGreaterThan(held);
  clock.close();
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
