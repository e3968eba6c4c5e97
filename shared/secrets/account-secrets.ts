/** The secrets of an account, as lookups ask for them. */

import type { AwsAnswer, SecretQuestion } from '../base/aws-values.ts';
import type { AccountOptions } from './account-parameters.ts';
import { allPages, refused } from './asker.ts';
import type { ClientOptions } from './client-options.ts';
import type { SecretRequests } from './secret-requests.ts';

type Account = {
  readonly secret: (question: SecretQuestion) => Promise<AwsAnswer<string | Uint8Array | undefined>>;
  readonly secretNames: (start: string) => Promise<AwsAnswer<readonly string[]>>;
};

/** Asks with one client, which is made with the first question. */
export function accountSecrets({ ask, client, own }: AccountOptions): Account {
  let opened: Promise<SecretRequests> | undefined;
  const requests = (): Promise<SecretRequests> => {
    opened ??= openRequests(client);
    return opened;
  };
  return {
    secret: async (question) => {
      const answer = await ask('GetSecretValue', async (signal) =>
        (await requests()).getVersion(question, signal),
      );
      if (answer.kind !== 'found') return answer;
      const { name, value } = answer.value;
      return own === `secret:${name}` ? refused(name, 'GetSecretValue') : { kind: 'found', value };
    },
    secretNames: (start) =>
      allPages('ListSecrets', (token) =>
        ask('ListSecrets', async (signal) => {
          const page = await (await requests()).names(start, { signal, token });
          return { items: page.names, token: page.token };
        }),
      ),
  };
}

async function openRequests(client: ClientOptions): Promise<SecretRequests> {
  const { createSecretRequests } = await import('./secret-requests.ts');
  return createSecretRequests(client);
}
