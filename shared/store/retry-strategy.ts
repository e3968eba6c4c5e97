/**
 * When the SDK's clients try a request again.
 *
 * The SDK's own strategy gives up early when many requests fail at once: all requests of a client draw on one budget,
 * which 35 cut connections use up. A function that was frozen finds all of its connections cut. Here each request has
 * its tries, and since those are few, waits grow and differ, and calls send a bounded number of requests at once, they
 * cannot become a storm.
 */

import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';

type Configured = NonNullable<DynamoDBClientConfig['retryStrategy']>;
export type RetryStrategy = Extract<Configured, { acquireInitialRetryToken: unknown }>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;
type RetryCause = Parameters<RetryStrategy['refreshRetryTokenForRetry']>[1];

/** A strategy without memory: clients may share it. */
export const retryStrategy: RetryStrategy = {
  acquireInitialRetryToken: async () => retryToken(0, 0),
  refreshRetryTokenForRetry: async (last, cause) => {
    const retries = last.getRetryCount() + 1;
    // The SDK catches this, and raises the request's own error.
    if (retries >= limits.storeAttemptsMax || cause.errorType === 'CLIENT_ERROR')
      throw new Error('no more tries');
    return retryToken(retries, retryDelayMs(retries, cause.errorType));
  },
  recordSuccess: () => undefined,
};

/** Between half of the full wait and all of it; each full wait is twice the one before. */
function retryDelayMs(retries: number, why: RetryCause['errorType']): number {
  const first = why === 'THROTTLING' ? limits.storeThrottledDelayMs : limits.storeRetryDelayMs;
  const full = Math.min(first * 2 ** (retries - 1), limits.storeRetryDelayMaxMs);
  const [random = 0] = systemClock.randomBytes(1);
  return full * (0.5 + random / 512);
}

function retryToken(retries: number, delayMs: number): RetryToken {
  return { getRetryCount: () => retries, getRetryDelay: () => delayMs };
}
