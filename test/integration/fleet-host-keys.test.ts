/** Host keys by the record that all functions share, and private keys that never touch a disk, against real OpenSSH. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '../../functions/host/session/connection.ts';
import { type FleetHostKeys, fleetHostKeys } from '../../functions/host/session/fleet-host-keys.ts';
import type { ConnectionTarget } from '../../functions/host/session/session.ts';
import type { Identity, SshEnvironment } from '../../functions/host/session/ssh-plan.ts';
import { type Failure, FailureError } from '../../shared/base/failure.ts';
import { Secret } from '../../shared/base/secret.ts';
import { testDeps } from './session-deps.ts';
import { knownHostLine, makeKey, type Sshd, startSshd } from './sshd.ts';

type Outcome = { readonly failure: Failure | undefined; readonly warnings: readonly string[] };

type Record = FleetHostKeys & { readonly keys: Map<string, string>; readonly calls: string[] };

/** A record that keeps the first key of an address, and answers as slowly as a table does. */
function record(policy: FleetHostKeys['policy'] = 'first-use'): Record {
  const keys = new Map<string, string>();
  const calls: string[] = [];
  const answer = async <T>(call: string, value: () => T): Promise<T> => {
    calls.push(call);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return value();
  };
  const store = {
    readHostKey: (address: string) => answer(`read ${address}`, () => keys.get(address)),
    recordHostKey: (address: string, key: string) =>
      answer(`record ${address}`, () => {
        const kept = keys.get(address) ?? key;
        keys.set(address, kept);
        return kept;
      }),
  };
  return { ...fleetHostKeys(store, policy), keys, calls };
}

async function connect(target: ConnectionTarget, more: Partial<SshEnvironment>): Promise<Outcome> {
  const deps = testDeps();
  const connection = openConnection(target, { ...deps, environment: { ...deps.environment, ...more } });
  try {
    await connection.raw('true', undefined);
    return { failure: undefined, warnings: deps.warnings };
  } catch (error) {
    if (error instanceof FailureError) return { failure: error.failure, warnings: deps.warnings };
    throw error;
  } finally {
    await connection.close();
  }
}

describe('against a real server', () => {
  let sshd: Sshd;
  let target: ConnectionTarget;
  let address: string;

  beforeAll(async () => {
    sshd = await startSshd();
    target = { ...sshd.target, knownHostsFiles: ['/dev/null'] };
    address = `[127.0.0.1]:${sshd.port}`;
  });
  afterAll(async () => {
    await sshd.stop();
  });

  const publicKey = (file: string): string => readFileSync(`${file}.pub`, 'utf8').split(' ', 2).join(' ');
  const hostKey = (type: string): string => publicKey(path.join(sshd.directory, `host_${type}`));
  const fingerprint = (file: string): string =>
    execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`])
      .toString()
      .split(' ')[1] ?? '';

  test('20 first connections at once make one record, and all are let in', async () => {
    const hostKeys = record();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => connect(target, { hostKeys })));
    expect(outcomes).toEqual(outcomes.map(() => ({ failure: undefined, warnings: [] })));
    expect([...hostKeys.keys]).toEqual([[address, hostKey('ed25519')]]);
  });

  test('a later connection reads the record once and writes nothing', async () => {
    const hostKeys = record();
    hostKeys.keys.set(address, hostKey('ed25519'));
    expect((await connect(target, { hostKeys })).failure).toBeUndefined();
    expect(hostKeys.calls).toEqual([`read ${address}`]);
  });

  test('the host is asked for the type of key that is on record', async () => {
    const hostKeys = record();
    hostKeys.keys.set(address, hostKey('rsa'));
    expect((await connect(target, { hostKeys })).failure).toBeUndefined();
  });

  test.each(['first-use', 'strict'] as const)(
    'another key than the recorded one is refused with %s',
    async (policy) => {
      const hostKeys = record(policy);
      const strange = path.join(sshd.directory, `strange_${policy}`);
      makeKey(strange, 'ed25519');
      hostKeys.keys.set(address, publicKey(strange));
      const { failure } = await connect(target, { hostKeys });
      expect(failure).toMatchObject({ kind: 'host-key-mismatch', retryable: false, host: 'web1' });
      expect(failure?.message).toContain(
        `${address} shows the ED25519 key ${fingerprint(path.join(sshd.directory, 'host_ed25519'))}`,
      );
      expect(failure?.message).toContain(`but the ED25519 key ${fingerprint(strange)} was recorded`);
      expect(failure?.message).toContain(`delete the item with pk "host-key#${address}"`);
      expect(hostKeys.keys.get(address)).toBe(publicKey(strange));
    },
  );

  test('a race that another key has won is refused', async () => {
    const hostKeys = record();
    const strange = path.join(sshd.directory, 'strange_race');
    makeKey(strange, 'ed25519');
    const racing = { ...hostKeys, record: () => Promise.resolve(publicKey(strange)) };
    expect((await connect(target, { hostKeys: racing })).failure?.kind).toBe('host-key-mismatch');
  });

  test('strict refuses a host that nobody knows, and says the line that would let it in', async () => {
    const hostKeys = record('strict');
    const { failure } = await connect(target, { hostKeys });
    expect(failure?.kind).toBe('host-key-unknown');
    expect(failure?.message).toContain(`${address} ${hostKey('ed25519')}`);
    expect(hostKeys.keys.size).toBe(0);
  });

  test('known_hosts goes before the record', async () => {
    const hostKeys = record('strict');
    hostKeys.keys.set(address, 'ssh-ed25519 AAAA');
    expect((await connect(sshd.target, { hostKeys })).failure).toBeUndefined();
    expect(hostKeys.calls).toEqual([]);
    expect(knownHostLine(sshd.directory, 'ed25519', sshd.port)).toContain(hostKey('ed25519'));
  });

  test('known_hosts beside the playbook is one of the files', async () => {
    const directory = path.join(sshd.directory, 'project');
    mkdirSync(directory);
    writeFileSync(path.join(directory, 'known_hosts'), knownHostLine(sshd.directory, 'ed25519', sshd.port));
    const hostKeys = record('strict');
    expect((await connect({ ...target, directory }, { hostKeys })).failure).toBeUndefined();
    expect((await connect({ ...target, directory }, {})).failure?.kind).toBe('host-key-unknown');
  });

  test('without checking, a changed key is warned about', async () => {
    const hostKeys = record();
    hostKeys.keys.set(address, 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA');
    const { failure, warnings } = await connect({ ...target, hostKeyChecking: 'no' }, { hostKeys });
    expect(failure).toBeUndefined();
    expect(warnings.join()).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED!');
  });

  test('a record that cannot be read lets nobody in', async () => {
    const failure: Failure = { kind: 'store-failed', message: 'the table is away', retryable: true };
    const hostKeys = { ...record(), known: () => Promise.reject(new FailureError(failure)) };
    expect((await connect(target, { hostKeys })).failure).toMatchObject({
      kind: 'store-failed',
      retryable: true,
      message: 'Failed to connect to the host via ssh: the table is away',
    });
  });

  test('a host that refuses connections is reported as ever while the record is asked', async () => {
    const hostKeys = { ...record(), known: () => new Promise<undefined>(() => {}) };
    const { failure } = await connect({ ...target, port: 1 }, { hostKeys });
    expect(failure?.message).toContain('Connection refused');
  });

  describe('with keys in memory', () => {
    const identity = (file: string, passphrase?: string): Identity => ({
      key: new Secret(readFileSync(file, 'utf8')),
      passphrase: passphrase === undefined ? undefined : new Secret(passphrase),
    });

    test('the default identity is tried when nobody names a key', async () => {
      const identities = new Map([['ssm:ssh-key', identity(sshd.keys.ed25519)]]);
      const login = { ...sshd.target, privateKeyFiles: [] };
      expect((await connect(login, { identities })).failure).toBeUndefined();
    });

    test('a named identity is the one that is tried, opened by its passphrase', async () => {
      const locked = path.join(sshd.directory, 'locked');
      execFileSync('cp', ['-p', sshd.keys.rsa, locked]);
      execFileSync('ssh-keygen', ['-q', '-p', '-f', locked, '-P', '', '-N', 'open it']);
      const identities = new Map([['ssm:deploy', identity(locked, 'open it')]]);
      const login = { ...sshd.target, privateKeyFiles: ['ssm:deploy'] };
      expect((await connect(login, { identities })).failure).toBeUndefined();
    });

    test('a refused login is tried once more with identities that have been replaced', async () => {
      const old = path.join(sshd.directory, 'old');
      makeKey(old, 'ed25519');
      const identities = new Map([['ssm:ssh-key', identity(old)]]);
      const login = { ...sshd.target, privateKeyFiles: [] };
      let renewals = 0;
      const renewTo = (file: string | undefined) => () => {
        renewals++;
        return Promise.resolve(file === undefined ? undefined : new Map([['ssm:ssh-key', identity(file)]]));
      };
      const outcomes = [
        await connect(login, { identities, renewIdentities: renewTo(sshd.keys.ed25519) }),
        await connect(login, { identities, renewIdentities: renewTo(undefined) }),
        await connect(login, { identities, renewIdentities: renewTo(old) }),
      ];
      expect(outcomes.map(({ failure }) => failure?.kind)).toEqual([
        undefined,
        'auth-refused',
        'auth-refused',
      ]);
      expect(renewals).toBe(3);
    });

    test('a name without an identity is explained', async () => {
      const { failure } = await connect(
        { ...sshd.target, privateKeyFiles: ['ssm:nobody'] },
        { identities: new Map() },
      );
      expect(failure).toMatchObject({ kind: 'auth-refused' });
      expect(failure?.detail).toContain(
        'There is no private key ssm:nobody: functions take it from the parameter ssh-keys/nobody',
      );
    });
  });
});
