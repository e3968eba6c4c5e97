import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../shared/base/limits.ts';
import { Secret } from '../../../shared/base/secret.ts';
import { loadCloudSecrets, renewIdentities } from '../../../shared/secrets/cloud-secrets.ts';
import { cacheSecrets, type SecretSource } from '../../../shared/secrets/secret-source.ts';
import { findSecrets } from '../../contract/find-secrets.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

const STORE_KEY = Buffer.alloc(32, 7).toString('base64');

type Source = SecretSource & { readonly calls: string[][]; readonly clock: VirtualClock };

function source(values: Readonly<Record<string, string>>): Source {
  const calls: string[][] = [];
  const clock = virtualClock();
  const service = {
    fetch: (names: readonly string[]) => {
      calls.push([...names]);
      const found = names.filter((name) => name in values);
      return Promise.resolve(new Map(found.map((name) => [name, new Secret(values[name] ?? '')] as const)));
    },
    hint: (name: string) => `put ${name}`,
  };
  const { find, read, refresh } = cacheSecrets(service, clock);
  return { find, read, refresh, calls, clock };
}

const everything = {
  'store-key': STORE_KEY,
  'ssh-key': 'PRIVATE KEY one',
  'ssh-password': 'log me in\n',
  'become-password': 'let me be',
  'vault-password': 'open all\r\n',
  index: 'vault-ids/dev,ssh-keys/deploy ssh-keys/deploy/passphrase',
  'vault-ids/dev': 'open dev',
  'ssh-keys/deploy': 'PRIVATE KEY two',
  'ssh-keys/deploy/passphrase': 'unlock two',
};

describe('the secrets of a deployment', () => {
  test('are what their names say, in two calls', async () => {
    const from = source(everything);
    const { identities, passwords, storeKey, vaultSecrets } = await loadCloudSecrets(from);
    expect(from.calls.length).toBe(2);
    expect(storeKey.reveal()).toBe(STORE_KEY);
    expect(passwords.connection?.reveal()).toBe('log me in');
    expect(passwords.become?.reveal()).toBe('let me be');
    expect(vaultSecrets.map(({ id, password }) => [id, password.reveal()])).toEqual([
      ['default', 'open all'],
      ['dev', 'open dev'],
    ]);
    expect(
      [...identities].map(([name, { key, passphrase }]) => [name, key.reveal(), passphrase?.reveal()]),
    ).toEqual([
      ['ssm:deploy', 'PRIVATE KEY two', 'unlock two'],
      ['ssm:ssh-key', 'PRIVATE KEY one', undefined],
    ]);
  });

  test('need one call where nothing is indexed, and none the second time', async () => {
    const from = source({ 'store-key': `${STORE_KEY}\n` });
    const first = await loadCloudSecrets(from);
    expect(await loadCloudSecrets(from)).toEqual(first);
    expect(first.storeKey.reveal()).toBe(STORE_KEY);
    expect(first.identities.size).toBe(0);
    expect(from.calls.length).toBe(1);
  });

  test.each([
    [{}, 'This deployment has no store-key. To put it there:\n  put store-key'],
    [{ 'store-key': 'c2hvcnQ=' }, 'The parameter store-key is not base64 of 32 bytes'],
    [{ 'store-key': STORE_KEY, index: 'vault-ids/dev,vault-ids/qa' }, 'no vault-ids/dev, vault-ids/qa.'],
    [{ 'store-key': STORE_KEY, index: 'ssh-key,deploy' }, 'The parameter index names ssh-key, deploy'],
  ])('are refused with the reason: %o', async (values: Record<string, string>, message) => {
    await expect(loadCloudSecrets(source(values))).rejects.toThrow(message);
  });

  test('are read again after a refused login, and count as new only when a key has been replaced', async () => {
    const values: Record<string, string> = { 'store-key': STORE_KEY, 'ssh-key': 'old' };
    const from = source(values);
    const { identities } = await loadCloudSecrets(from);
    values['ssh-key'] = 'new';
    expect(await renewIdentities(from, identities)).toBeUndefined();
    from.clock.advance(limits.secretRefreshMsMin);
    const renewed = await renewIdentities(from, identities);
    expect(renewed?.get('ssm:ssh-key')?.key.reveal()).toBe('new');
    from.clock.advance(limits.secretRefreshMsMin);
    expect(await renewIdentities(from, renewed ?? identities)).toBeUndefined();
    expect(from.calls.length).toBe(3);
  });

  test('show nothing of themselves, however they are printed', async () => {
    const secrets = await loadCloudSecrets(source(everything));
    const printed = [
      JSON.stringify({ ...secrets, identities: [...secrets.identities] }),
      inspect(secrets, { depth: 9 }),
      `${secrets.storeKey} ${secrets.passwords.become}`,
    ].join('\n');
    const { index, ...hidden } = everything;
    const names = new Map(Object.entries(hidden).map(([name, text]) => [name, new Secret(text)]));
    expect(index).toContain('deploy');
    expect(findSecrets(printed, names)).toEqual([]);
  });
});

describe('the search for secrets', () => {
  const key =
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\nAAAAB\n-----END';
  const secrets = new Map([
    ['pw', new Secret('s3"cr\\et')],
    ['key', new Secret(key)],
  ]);

  test.each([
    ['in the open', 'x s3"cr\\et y', ['pw']],
    ['in JSON', JSON.stringify({ a: 's3"cr\\et' }), ['pw']],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: 's3"cr\\et' })), ['pw']],
    ['in base64', Buffer.from('s3"cr\\et').toString('base64'), ['pw']],
    ['in hex', Buffer.from('s3"cr\\et').toString('hex'), ['pw']],
    ['a line of a key', 'log: b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ', ['key']],
    ['nowhere', 'secret key ***', []],
  ])('finds what stands %s', (_where, text, found) => {
    expect(findSecrets(text, secrets)).toEqual(found);
  });
});
