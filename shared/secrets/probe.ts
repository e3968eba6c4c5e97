/** Looks which secrets a deployment has, without opening them where that can be avoided. */

import { systemClock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import { secretsManager } from './secrets-manager.ts';

/** A secret that is there. `isEncrypted`: false for a parameter that is a plain text. */
export type SeenSecret = { readonly name: string; readonly isEncrypted: boolean };

export type SecretsProbe = {
  /** As of {@link SecretSourceOptions}. */
  readonly prefix: string;
  readonly region: string | undefined;
  readonly names: readonly string[];
};

/** Those of up to ten names that exist. Rejects as AWS's clients do, or with FailureError. */
export async function probeSecrets(probe: SecretsProbe): Promise<readonly SeenSecret[]> {
  const { names, prefix } = probe;
  if (!prefix.startsWith('secret:')) return probeParameters(probe);
  const service = secretsManager(prefix.slice('secret:'.length), systemClock, limits.doctorLookTimeoutMs);
  const found = await service.fetch(names);
  return names.filter((name) => found.has(name)).map((name) => ({ name, isEncrypted: true }));
}

async function probeParameters({ names, prefix, region }: SecretsProbe): Promise<readonly SeenSecret[]> {
  const { createParameterRequests } = await import('./parameter-requests.ts');
  const requests = createParameterRequests({
    maxAttempts: 2,
    ...(region === undefined ? {} : { region }),
  });
  try {
    const paths = names.map((name) => `${prefix}/${name}`);
    const signal = AbortSignal.timeout(limits.doctorLookTimeoutMs);
    const found = await requests.get(paths, { isDecrypted: false, signal });
    return found.map(({ name, type }) => ({
      name: name.slice(prefix.length + 1),
      isEncrypted: type === 'SecureString',
    }));
  } finally {
    requests.close();
  }
}
