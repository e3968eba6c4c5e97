/**
 * What the two SDK clients of the store have in common. They own all tries of a request: nothing above them repeats
 * one, but reading an object's body, which begins when their part is over.
 */

import { limits } from '../base/limits.ts';
import { type RetryStrategy, retryStrategy } from './retry-strategy.ts';

export type ClientDefaults = {
  readonly maxAttempts: number;
  readonly retryStrategy: RetryStrategy;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly socketTimeout: number;
    readonly httpAgent: { readonly maxSockets: number; readonly keepAlive: true };
    readonly httpsAgent: { readonly maxSockets: number; readonly keepAlive: true };
  };
};

/** Settings of a client whose requests take up to `requestTimeout`, and may be silent for `socketTimeout`, in ms. */
export function clientDefaults(requestTimeout: number, socketTimeout: number): ClientDefaults {
  const agent = { maxSockets: limits.storeSocketsMax, keepAlive: true } as const;
  return {
    maxAttempts: limits.storeAttemptsMax,
    retryStrategy,
    requestHandler: {
      connectionTimeout: limits.storeConnectTimeoutMs,
      requestTimeout,
      throwOnRequestTimeout: true,
      socketTimeout,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}
