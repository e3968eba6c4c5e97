/** Calls a service that may be asked by a thousand environments at once, and says what is wrong when it does not answer. */

import type { Clock } from '../base/clock.ts';
import { type Failure, FailureError } from '../base/failure.ts';
import { limits } from '../base/limits.ts';
import { askPatiently, isBusy, isUnreached } from './ask-patiently.ts';

export type AskOptions = {
  readonly clock: Clock;
  /** What is read, for messages. */
  readonly place: string;
  /** What the caller must be allowed to do. */
  readonly permission: string;
  /** How long to go on asking, in ms. */
  readonly patienceMs?: number;
};

/** The answer; throws FailureError (`store-failed`) when there is none. */
export async function askService<T>(
  call: (signal: AbortSignal) => Promise<T>,
  options: AskOptions,
): Promise<T> {
  const patience = options.patienceMs ?? limits.secretDeadlineMs;
  const patienceMs = (error: unknown): number => (failureOf(error, options).retryable ? patience : 0);
  try {
    return await askPatiently(call, { clock: options.clock, patienceMs });
  } catch (error) {
    throw new FailureError(failureOf(error, options));
  }
}

function failureOf(error: unknown, { permission, place }: AskOptions): Failure {
  if (error instanceof FailureError) return error.failure;
  if (!(error instanceof Error)) throw error;
  const { message, name } = error;
  if (name === 'AccessDeniedException') {
    return failed(`${place} may not be read: ${permission} is needed. ${message}`, false);
  }
  const hint = isUnreached(error) ? '. From a VPC, it is reached by an endpoint or a NAT gateway' : '';
  const isRetryable = isUnreached(error) || isBusy(error);
  return failed(`${place} could not be read: ${name}: ${message}${hint}`, isRetryable);
}

function failed(message: string, retryable: boolean): Failure {
  return { kind: 'store-failed', message, retryable };
}
