/** What the clients of both services are made with. */

import type { AwsAccess } from '../base/aws-values.ts';

export type ClientOptions = {
  readonly maxAttempts: number;
  readonly logger?: Logger;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
};

type Logger = Readonly<Record<'debug' | 'error' | 'info' | 'warn', () => void>>;

/** Without a logger, the clients speak to the terminal of keys that they found in two places. */
const nothing = (): void => undefined;
const silent: Logger = { debug: nothing, error: nothing, info: nothing, warn: nothing };

/** A client that tries once: whoever calls it owns the retries. */
export function clientOptions({ endpoint, keys, profile, region }: AwsAccess): ClientOptions {
  const credentials = keys && {
    accessKeyId: keys.id,
    secretAccessKey: keys.secret.reveal(),
    ...(keys.token === undefined ? {} : { sessionToken: keys.token.reveal() }),
  };
  return {
    maxAttempts: 1,
    logger: silent,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
