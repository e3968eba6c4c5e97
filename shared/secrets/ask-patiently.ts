/** Tries a request to a busy service again and again, after random waits. */

import type { Clock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';

export type Patience = {
  readonly clock: Clock;
  /** How long to go on asking after such an error, in ms since the first try; 0 to give up. */
  readonly patienceMs: (error: unknown) => number;
};

/**
 * The answer, or the last error. The waits are random between nothing and a time that doubles (full jitter): whoever waits
 * spreads evenly, and the service stays at the rate that it allows.
 */
export async function askPatiently<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { clock, patienceMs }: Patience,
): Promise<T> {
  const start = clock.now();
  let longest: number = limits.secretBackoffMs;
  for (;;) {
    try {
      return await call(AbortSignal.timeout(limits.secretRequestTimeoutMs));
    } catch (error) {
      if (clock.now() >= start + patienceMs(error)) throw error;
    }
    await clock.sleep(randomBelow(longest, clock));
    longest = Math.min(longest * 2, limits.secretBackoffMsMax);
  }
}

const BUSY = new Set([
  'InternalServerError',
  'InternalServiceError',
  'RequestLimitExceeded',
  'ThrottledException',
  'ThrottlingException',
  'TooManyRequestsException',
]);
const UNREACHED = /^(AbortError|TimeoutError|NetworkingError)$/;
const UNREACHED_CODE = /^(E(AI_AGAIN|CONN|HOST|NET|PIPE|TIMEDOUT)\w*)$/;

/** The service has too much to do. */
export function isBusy({ name }: Error): boolean {
  return BUSY.has(name);
}

/** No answer came. */
export function isUnreached(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return UNREACHED.test(error.name) || UNREACHED_CODE.test(code);
}

function randomBelow(ms: number, clock: Clock): number {
  return (Buffer.from(clock.randomBytes(4)).readUInt32BE() / 2 ** 32) * ms;
}
