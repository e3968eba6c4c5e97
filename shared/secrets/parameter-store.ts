/** Secrets from Systems Manager Parameter Store: ten names a call, decrypted on the way. */

import type { Clock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import { Secret } from '../base/secret.ts';
import { askService } from './ask-service.ts';
import type { ParameterRequests } from './parameter-requests.ts';
import type { SecretService } from './secret-source.ts';

/** What the API takes at most in one call. */
const NAMES_PER_CALL = 10;

/**
 * Parameters below `prefix`, by name. They are never listed: the functions may not do that, and reading by name is also what
 * AWS lets happen ten times as often once higher throughput is switched on.
 */
export function parameterStore(prefix: string, clock: Clock): SecretService {
  let opened: Promise<ParameterRequests> | undefined;
  const read = async (
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (readonly [string, Secret])[]> => {
    opened ??= openRequests();
    const paths = names.map((name) => `${prefix}/${name}`);
    const found = await (await opened).get(paths, { isDecrypted: true, signal });
    return found.map(({ name, value }) => [name.slice(prefix.length + 1), new Secret(value)]);
  };
  const options = { clock, place: `${prefix}/*`, permission: 'ssm:GetParameters' };
  return {
    fetch: async (names) => {
      const found = new Map<string, Secret>();
      for (let first = 0; first < names.length; first += NAMES_PER_CALL) {
        const some = names.slice(first, first + NAMES_PER_CALL);
        const entries = await askService((signal) => read(some, signal), options);
        for (const [name, secret] of entries) found.set(name, secret);
      }
      return found;
    },
    hint: (name) =>
      `aws ssm put-parameter --type SecureString --name ${prefix}/${name} --value ${valueHint(name)}`,
  };
}

async function openRequests(): Promise<ParameterRequests> {
  const { createParameterRequests } = await import('./parameter-requests.ts');
  // One level owns the retries: askService, which knows how many environments start at the same time.
  return createParameterRequests({ maxAttempts: 1 });
}

function valueHint(name: string): string {
  if (name === 'store-key') return `"$(openssl rand -base64 ${limits.storeKeyBytes})"`;
  return /^ssh-keys?(\/[^/]+)?$/.test(name) && !name.endsWith('/passphrase') ? 'file://id_ed25519' : '…';
}
