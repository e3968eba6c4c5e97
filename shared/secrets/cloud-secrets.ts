/** The secrets that runs in the cloud need, under the names that docs/cloud/secrets.md gives them. */

import { FailureError } from '../base/failure.ts';
import { limits } from '../base/limits.ts';
import { Secret } from '../base/secret.ts';
import type { VaultSecret } from '../base/vault.ts';
import type { SecretSource } from './secret-source.ts';

export type CloudSecrets = {
  /** Seals what functions tell themselves: 32 bytes in base64. */
  readonly storeKey: Secret;
  /** In the order of trying. */
  readonly vaultSecrets: readonly VaultSecret[];
  readonly passwords: { readonly connection: Secret | undefined; readonly become: Secret | undefined };
  /** Private keys, by what `ansible_ssh_private_key_file` calls them: `ssm:ssh-key` is the default, `ssm:deploy` another. */
  readonly identities: ReadonlyMap<string, CloudIdentity>;
};

export type CloudIdentity = { readonly key: Secret; readonly passphrase: Secret | undefined };

/** What may be there, besides what `index` names. */
const WELL_KNOWN = [
  'store-key',
  'ssh-key',
  'ssh-key/passphrase',
  'ssh-password',
  'become-password',
  'vault-password',
  'index',
] as const;

/**
 * Reads them all: one call for the well-known names, another only when `index` names more. Throws FailureError: `secret-missing`
 * without a store key, `store-failed` when the service cannot be used or a secret cannot be what its name says.
 */
export async function loadCloudSecrets(source: SecretSource): Promise<CloudSecrets> {
  const known = await source.find(WELL_KNOWN);
  const names = indexedNames(known.get('index'));
  const indexed = names.length === 0 ? new Map<string, Secret>() : await source.read(names);
  const all = new Map([...known, ...indexed]);
  return {
    storeKey: storeKeyOf(all.get('store-key') ?? (await source.read(['store-key'])).get('store-key')),
    vaultSecrets: vaultSecretsOf(all),
    passwords: { connection: line(all.get('ssh-password')), become: line(all.get('become-password')) },
    identities: identitiesOf(all),
  };
}

/** After a refused login: the private keys, if they have been replaced since `known` were read. */
export async function renewIdentities(
  source: SecretSource,
  known: CloudSecrets['identities'],
): Promise<CloudSecrets['identities'] | undefined> {
  if (!source.refresh()) return undefined;
  const { identities } = await loadCloudSecrets(source);
  const isSame =
    identities.size === known.size &&
    [...identities].every(([name, identity]) => isSameIdentity(identity, known.get(name)));
  return isSame ? undefined : identities;
}

function isSameIdentity(one: CloudIdentity, other: CloudIdentity | undefined): boolean {
  const isSameText = (a: Secret | undefined, b: Secret | undefined): boolean => a?.reveal() === b?.reveal();
  return isSameText(one.key, other?.key) && isSameText(one.passphrase, other?.passphrase);
}

/** The names in `index`, each with what belongs to it. */
function indexedNames(index: Secret | undefined): readonly string[] {
  const names = (index?.reveal() ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const wrong = names.filter((name) => !/^(ssh-keys\/[^/]+(\/passphrase)?|vault-ids\/[^/]+)$/.test(name));
  if (wrong.length === 0) return names;
  throw unusable(
    `The parameter index names ${wrong.join(', ')}: it may name ssh-keys/NAME, ssh-keys/NAME/passphrase and vault-ids/ID`,
  );
}

function storeKeyOf(secret: Secret | undefined): Secret {
  const text = secret?.reveal().trim() ?? '';
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === limits.storeKeyBytes && bytes.toString('base64') === text) return new Secret(text);
  throw unusable(
    `The parameter store-key is not base64 of ${limits.storeKeyBytes} bytes: make one with openssl rand -base64 ${limits.storeKeyBytes}`,
  );
}

function vaultSecretsOf(all: ReadonlyMap<string, Secret>): readonly VaultSecret[] {
  const password = line(all.get('vault-password'));
  const named = [...all].flatMap(([name, secret]) => {
    const id = after(name, 'vault-ids/');
    const own = line(secret);
    return id === undefined || own === undefined ? [] : [{ id, password: own }];
  });
  return [...(password === undefined ? [] : [{ id: 'default', password }]), ...named];
}

function identitiesOf(all: ReadonlyMap<string, Secret>): ReadonlyMap<string, CloudIdentity> {
  const identity = (name: string): CloudIdentity | undefined => {
    const key = all.get(name);
    return key && { key, passphrase: line(all.get(`${name}/passphrase`)) };
  };
  const names = [...all.keys()].filter((name) => /^ssh-keys\/[^/]+$/.test(name));
  return new Map(
    [...names, 'ssh-key'].flatMap((name) => {
      const found = identity(name);
      return found === undefined ? [] : [[`ssm:${after(name, 'ssh-keys/') ?? name}`, found] as const];
    }),
  );
}

function after(name: string, start: string): string | undefined {
  return name.startsWith(start) ? name.slice(start.length) : undefined;
}

/** A password as it would be typed: files that it was taken from end in a newline. */
function line(secret: Secret | undefined): Secret | undefined {
  const text = secret?.reveal().replace(/[\r\n]+$/, '');
  return text === undefined || text === '' ? undefined : new Secret(text);
}

function unusable(message: string): FailureError {
  return new FailureError({ kind: 'store-failed', message, retryable: false });
}
