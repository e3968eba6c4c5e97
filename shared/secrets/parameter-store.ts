/** Secrets from Systems Manager Parameter Store: ten names a call, decrypted on the way. */

import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import { Secret } from '../base/secret.ts';
import { askService } from './ask-service.ts';
import type { SecretService } from './secret-source.ts';

/** What the API takes at most in one call. */
const NAMES_PER_CALL = 10;

/**
 * Parameters below `prefix`, by name. They are never listed: the functions may not do that, and reading by name is also what
 * AWS lets happen ten times as often once higher throughput is switched on.
 */
export function parameterStore(prefix: string, clock: Clock): SecretService {
  let opened: Promise<SSMClient> | undefined;
  const client = (): Promise<SSMClient> => {
    opened ??= openClient();
    return opened;
  };
  return {
    fetch: async (names) => {
      const found: (readonly (readonly [string, Secret])[])[] = [];
      for (let first = 0; first < names.length; first += NAMES_PER_CALL) {
        const some = names.slice(first, first + NAMES_PER_CALL);
        found.push(
          await askService(
            async (signal) => readParameters(await client(), { prefix, names: some, signal }),
            {
              clock,
              place: `${prefix}/*`,
              permission: 'ssm:GetParameters',
            },
          ),
        );
      }
      return new Map(found.flat());
    },
    hint: (name) =>
      `aws ssm put-parameter --type SecureString --name ${prefix}/${name} --value ${valueHint(name)}`,
  };
}

async function openClient(): Promise<SSMClient> {
  const { SSMClient } = await import('@aws-sdk/client-ssm');
  // One level owns the retries: askService, which knows how many environments start at the same time.
  return new SSMClient({ maxAttempts: 1 });
}

async function readParameters(
  client: SSMClient,
  wanted: { readonly prefix: string; readonly names: readonly string[]; readonly signal: AbortSignal },
): Promise<readonly (readonly [string, Secret])[]> {
  const { GetParametersCommand } = await import('@aws-sdk/client-ssm');
  const { names, prefix, signal } = wanted;
  const command = new GetParametersCommand({
    Names: names.map((name) => `${prefix}/${name}`),
    WithDecryption: true,
  });
  const { Parameters: parameters = [] } = await client.send(command, { abortSignal: signal });
  return parameters.flatMap(({ Name: name, Value: value }) =>
    name === undefined || value === undefined
      ? []
      : [[name.slice(prefix.length + 1), new Secret(value)] as const],
  );
}

function valueHint(name: string): string {
  if (name === 'store-key') return `"$(openssl rand -base64 ${limits.storeKeyBytes})"`;
  return /^ssh-keys?(\/[^/]+)?$/.test(name) && !name.endsWith('/passphrase') ? 'file://id_ed25519' : '…';
}
