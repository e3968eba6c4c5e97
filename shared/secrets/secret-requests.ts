/** The request to Secrets Manager. A file of its own, loaded with the first: the client takes 60 ms. */

import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

export type SecretRequests = {
  /** The text of a secret, or undefined when there is no such secret. */
  readonly get: (id: string, signal: AbortSignal) => Promise<string | undefined>;
};

/** A client for the region of the environment. */
export function createSecretRequests(maxAttempts: number): SecretRequests {
  const client = new SecretsManagerClient({ maxAttempts });
  return {
    get: async (id, signal) => {
      try {
        const answer = await client.send(new GetSecretValueCommand({ SecretId: id }), {
          abortSignal: signal,
        });
        return answer.SecretString ?? '';
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },
  };
}
