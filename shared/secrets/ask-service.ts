/** Calls a service that may be asked by a thousand environments at once: waits a random time and tries again. */

import type { Clock } from '../base/clock.ts';
import { type Failure, FailureError } from '../base/failure.ts';
import { limits } from '../base/limits.ts';

export type AskOptions = {
  readonly clock: Clock;
  /** What is read, for messages. */
  readonly place: string;
  /** What the caller must be allowed to do. */
  readonly permission: string;
  /** How long to go on asking, in ms. */
  readonly patienceMs?: number;
};

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

/**
 * The answer; throws FailureError (`store-failed`) when there is none. The waits are random between nothing and a time that
 * doubles (full jitter): whoever waits spreads evenly, and the service stays at the rate that it allows.
 */
export async function askService<T>(
  call: (signal: AbortSignal) => Promise<T>,
  options: AskOptions,
): Promise<T> {
  const { clock } = options;
  const deadline = clock.now() + (options.patienceMs ?? limits.secretDeadlineMs);
  let longest: number = limits.secretBackoffMs;
  for (;;) {
    try {
      return await call(AbortSignal.timeout(limits.secretRequestTimeoutMs));
    } catch (error) {
      const failure = failureOf(error, options);
      if (!failure.retryable || clock.now() >= deadline) throw new FailureError(failure);
    }
    await clock.sleep(randomBelow(longest, clock));
    longest = Math.min(longest * 2, limits.secretBackoffMsMax);
  }
}

function randomBelow(ms: number, clock: Clock): number {
  return (Buffer.from(clock.randomBytes(4)).readUInt32BE() / 2 ** 32) * ms;
}

function failureOf(error: unknown, { permission, place }: AskOptions): Failure {
  if (error instanceof FailureError) return error.failure;
  if (!(error instanceof Error)) throw error;
  const { message, name } = error;
  if (name === 'AccessDeniedException') {
    return failed(`${place} may not be read: ${permission} is needed. ${message}`, false);
  }
  const code = 'code' in error ? String(error.code) : '';
  const isUnreached = UNREACHED.test(name) || UNREACHED_CODE.test(code);
  const hint = isUnreached ? '. From a VPC, it is reached by an endpoint or a NAT gateway' : '';
  return failed(`${place} could not be read: ${name}: ${message}${hint}`, isUnreached || BUSY.has(name));
}

function failed(message: string, retryable: boolean): Failure {
  return { kind: 'store-failed', message, retryable };
}
