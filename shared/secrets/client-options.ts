/** What the clients of both services are made with. */

import type { AwsAccess } from '../base/aws-values.ts';

export type ClientOptions = {
  readonly maxAttempts: number;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
};

/** A client that tries once: whoever calls it owns the retries. */
export function clientOptions({ endpoint, keys, profile, region }: AwsAccess): ClientOptions {
  const credentials = keys && {
    accessKeyId: keys.id,
    secretAccessKey: keys.secret.reveal(),
    ...(keys.token === undefined ? {} : { sessionToken: keys.token.reveal() }),
  };
  return {
    maxAttempts: 1,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
