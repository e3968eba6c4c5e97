/** The requests to Secrets Manager. A file of its own, loaded with the first: the client takes 60 ms. */

import {
  GetSecretValueCommand,
  ListSecretsCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { ClientOptions } from './client-options.ts';

export type SecretRequests = {
  /** The text of a secret, or undefined when there is no such secret. */
  readonly get: (id: string, signal: AbortSignal) => Promise<string | undefined>;
  /** A version of a secret. Rejects when there is none. */
  readonly getVersion: (version: SecretVersion, signal: AbortSignal) => Promise<ReadSecret>;
  /** The next page of names that begin so. */
  readonly names: (
    start: string,
    options: { readonly token: string | undefined; readonly signal: AbortSignal },
  ) => Promise<{ readonly names: readonly string[]; readonly token: string | undefined }>;
};

export type SecretVersion = {
  readonly id: string;
  readonly versionId: string | undefined;
  readonly versionStage: string | undefined;
};

export type ReadSecret = { readonly name: string; readonly value: string | Uint8Array | undefined };

/** A client; without a region, for that of the environment. */
export function createSecretRequests(options: ClientOptions): SecretRequests {
  const client = new SecretsManagerClient(options);
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
    getVersion: async ({ id, versionId, versionStage }, signal) => {
      const command = new GetSecretValueCommand({
        SecretId: id,
        ...(versionId === undefined ? {} : { VersionId: versionId }),
        ...(versionStage === undefined ? {} : { VersionStage: versionStage }),
      });
      const answer = await client.send(command, { abortSignal: signal });
      return { name: answer.Name ?? id, value: answer.SecretBinary ?? answer.SecretString };
    },
    names: async (start, { signal, token }) => {
      const command = new ListSecretsCommand({
        Filters: [{ Key: 'name', Values: [start] }],
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const page = await client.send(command, { abortSignal: signal });
      const names = (page.SecretList ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
      return { names, token: page.NextToken };
    },
  };
}
