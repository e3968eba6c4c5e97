/** Tries of a request to the cloud's store: bounded for each request, whatever others do; waits grow, and differ. */

import { expect, test } from 'vitest';
import { limits } from '../../../shared/base/limits.ts';
import { type RetryStrategy, retryStrategy } from '../../../shared/store/retry-strategy.ts';

type Cause = Parameters<RetryStrategy['refreshRetryTokenForRetry']>[1]['errorType'];

test.each<Cause>(['TRANSIENT', 'SERVER_ERROR', 'THROTTLING'])(
  '%s: as many tries as the limit says',
  async (cause) => {
    expect(await delaysOf(cause)).toHaveLength(limits.storeAttemptsMax - 1);
  },
);

test('a request that is wrong is not tried again', async () => {
  expect(await delaysOf('CLIENT_ERROR')).toEqual([]);
});

test('a thousand requests that fail at once all have their tries', async () => {
  const all = await Promise.all(Array.from({ length: 1_000 }, () => delaysOf('TRANSIENT')));
  expect(new Set(all.map(({ length }) => length))).toEqual(new Set([limits.storeAttemptsMax - 1]));
});

test.each<[Cause, number]>([
  ['TRANSIENT', limits.storeRetryDelayMs],
  ['THROTTLING', limits.storeThrottledDelayMs],
])('%s: waits double up to the longest', async (cause, first) => {
  for (const [index, delay] of (await delaysOf(cause)).entries()) {
    const full = Math.min(first * 2 ** index, limits.storeRetryDelayMaxMs);
    expect(delay).toBeGreaterThanOrEqual(full / 2);
    expect(delay).toBeLessThanOrEqual(full);
  }
});

test('waits differ', async () => {
  const delays = await Promise.all(Array.from({ length: 50 }, () => delaysOf('TRANSIENT')));
  expect(new Set(delays.map(([first]) => first)).size).toBeGreaterThan(10);
});

async function delaysOf(errorType: Cause): Promise<number[]> {
  const delays: number[] = [];
  let token = await retryStrategy.acquireInitialRetryToken('');
  for (;;) {
    try {
      token = await retryStrategy.refreshRetryTokenForRetry(token, { errorType });
    } catch {
      return delays;
    }
    delays.push(token.getRetryDelay());
  }
}
