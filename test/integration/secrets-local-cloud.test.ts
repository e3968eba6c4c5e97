/** Secrets, host keys and the doctor in the local cloud, with the real clients and the real store. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../cli/cloud-local/local-cloud.ts';
import { localDeployment, sortieFunctions } from '../../cli/cloud-local/local-deployment.ts';
import { openConnection } from '../../functions/host/session/connection.ts';
import { fleetHostKeys } from '../../functions/host/session/fleet-host-keys.ts';
import { systemClock } from '../../shared/base/clock.ts';
import { loadCloudSecrets } from '../../shared/secrets/cloud-secrets.ts';
import { openSecretSource } from '../../shared/secrets/secret-source.ts';
import { openDynamoStore } from '../../shared/store/dynamo-store.ts';
import { testDeps } from './session-deps.ts';
import { type Sshd, startSshd } from './sshd.ts';

const { bucket, parameterPrefix: prefix, table } = localDeployment;
const STORE_KEY = Buffer.alloc(32, 5).toString('base64');

let cloud: LocalCloud;
let sshd: Sshd;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'sortie-local-secrets-'));
  sshd = await startSshd();
  cloud = await startLocalCloud({
    table,
    bucket,
    throttlesParameters: true,
    parameters: {
      [`${prefix}/store-key`]: STORE_KEY,
      [`${prefix}/become-password`]: 'the become password',
    },
  });
  Object.assign(process.env, cloud.environment);
  const bundles = path.join(import.meta.dirname, '../../dist/functions');
  for (const config of sortieFunctions(bundles)) await cloud.addFunction(config);
});
afterAll(async () => {
  for (const name of Object.keys(cloud.environment)) delete process.env[name];
  await cloud.close();
  await sshd.stop();
  rmSync(directory, { recursive: true });
});

test('100 environments that start at once are all served at 40 calls a second', async () => {
  const sources = Array.from({ length: 100 }, () => openSecretSource({ prefix }));
  const loaded = await Promise.all(sources.map((source) => loadCloudSecrets(source)));
  expect(new Set(loaded.map(({ storeKey }) => storeKey.reveal()))).toEqual(new Set([STORE_KEY]));
}, 30_000);

test('20 first connections at once, each with a store of its own, make one record in the table', async () => {
  const outcomes = Array.from({ length: 20 }, async () => {
    const store = openDynamoStore({ ...systemClock, table, bucket, retentionDays: 1 });
    const deps = testDeps();
    const hostKeys = fleetHostKeys(store, 'first-use');
    const target = { ...sshd.target, knownHostsFiles: ['/dev/null'] };
    const connection = openConnection(target, { ...deps, environment: { ...deps.environment, hostKeys } });
    const { exitCode } = await connection.raw('true', undefined);
    await connection.close();
    const key = await store.readHostKey(`[127.0.0.1]:${sshd.port}`);
    await store.close();
    return { exitCode, key };
  });
  const all = await Promise.all(outcomes);
  expect(all[0]?.key).toMatch(/^ssh-ed25519 AAAA/);
  expect(all).toEqual(all.map(() => ({ exitCode: 0, key: all[0]?.key })));
}, 30_000);

test('the doctor sees the deployment, and shows no secret', async () => {
  const main = new URL('../../cli/main.ts', import.meta.url).pathname;
  const words = ['--disable-warning=ExperimentalWarning', main, 'doctor', '--on', 'aws', '--json'];
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    ...cloud.environment,
    SORTIE_TABLE: table,
    SORTIE_BUCKET: bucket,
    SORTIE_CONTROLLER_FUNCTION: localDeployment.controllerFunction,
    SORTIE_HOST_FUNCTION: localDeployment.hostFunction,
    SORTIE_PARAMETER_PREFIX: prefix,
  };
  const out = await new Promise<string>((resolve) =>
    execFile(process.execPath, words, { env, cwd: directory }, (_error, stdout) => resolve(stdout)),
  );
  const statuses = new Map(parseFindings(out).map(({ check, status }) => [check, status]));
  const fine = [
    'account',
    'clock',
    'controller',
    'controller code',
    'host',
    'host code',
    'table',
    'store key',
  ];
  expect(fine.filter((check) => statuses.get(check) !== 'ok')).toEqual([]);
  expect(statuses.get('ssh key')).toBe('warning');
  expect(out).not.toContain(STORE_KEY);
  expect(out).not.toContain('the become password');
});

function parseFindings(text: string): readonly { readonly check: string; readonly status: string }[] {
  return JSON.parse(text).findings as readonly { readonly check: string; readonly status: string }[];
}
