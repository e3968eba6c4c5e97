/** Whole playbooks that look up parameters and secrets: here beside what Ansible printed, and in the local cloud. */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../shared/base/secret.ts';
import { type DeployedCloud, deployLocally, type ShownRun } from '../cloud/deployed-cloud.ts';
import { historiesOf, itemsOf, objectsOf } from '../cloud/left-behind.ts';
import { findSecrets } from '../contract/find-secrets.ts';
import { AWS_CASES, startAwsAccount } from './aws-account.ts';

const MAIN = new URL('../../cli/main.ts', import.meta.url).pathname;

type Recorded = { readonly status: number; readonly stdout: string; readonly warnings: readonly string[] };

function parseRecorded(text: string): Recorded {
  return JSON.parse(text) as Recorded;
}

type Ran = { readonly status: number; readonly stdout: string; readonly stderr: string };

function run(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', MAIN, 'run', ...words],
      { env: { PATH: process.env.PATH, HOME: tmpdir(), ...env } },
      (_error, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test('a playbook prints what it prints with Ansible', async () => {
  const account = await startAwsAccount();
  try {
    const site = path.join(AWS_CASES, 'site.yml');
    const ran = await run(['-i', 'one,two,', '-c', 'local', site], account.environment);
    const recorded = parseRecorded(readFileSync(path.join(AWS_CASES, 'site.json'), 'utf8'));
    expect(ran.stdout).toBe(recorded.stdout);
    expect(ran.stderr.split('\n').filter((line) => line !== '')).toEqual(recorded.warnings);
    expect(ran.status).toBe(recorded.status);
    const calls = await account.calls();
    // Both hosts ask at the same time.
    const urls = calls.filter(({ input }) => input.Name === '/app/url');
    expect(urls).toHaveLength(1);
  } finally {
    await account.stop();
  }
}, 60_000);

const PLAYBOOK = `
- hosts: all
  gather_facts: false
  vars:
    token: "{{ lookup('aws_ssm', '/app/token') }}"
  tasks:
    - name: Use a parameter
      copy: {content: "{{ token }}", dest: ROOT/token}
      no_log: true
    - name: Use a secret
      copy: {content: "{{ lookup('aws_secret', 'app/secret') }}", dest: ROOT/secret}
      no_log: true
    - name: Use what is no secret
      debug: msg="{{ lookup('aws_ssm', '/app/colour', '/app/size') }}"
    - name: Warn
      debug: msg="{{ lookup('aws_ssm', '/app/nothing', on_missing='warn') }}"
    - name: Want the key of the deployment
      debug: msg="{{ lookup('aws_ssm', '/sortie/test/store-key') }}"
      ignore_errors: true
    - name: Want all parameters
      debug: msg="{{ lookup('aws_ssm', '/', bypath=true, recursive=true) }}"
      ignore_errors: true
`;

const TOKEN = 'the-token-of-the-application';
const SECRET = 'the-secret-of-the-application';
const STORE_KEY = Buffer.alloc(32, 7).toString('base64');

describe('in the cloud', () => {
  let deployed: DeployedCloud;
  let root: string;
  let ended: ShownRun & { readonly exitCode: number };

  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'sortie-aws-run-'));
    const project = path.join(root, 'project');
    mkdirSync(project);
    writeFileSync(path.join(project, 'site.yml'), PLAYBOOK.replaceAll('ROOT', root));
    deployed = await deployLocally({
      jumpsOverWaits: true,
      concurrency: 2,
      secrets: { 'store-key': STORE_KEY },
      parameters: { '/app/token': TOKEN, '/app/colour': 'blue', '/app/size': 'large' },
    });
    await putSecret(deployed, 'app/secret', SECRET);
    const runId = await deployed.start(await deployed.push(project), [
      '-i',
      'localhost,',
      '-c',
      'local',
      'site.yml',
    ]);
    const exitCode = await deployed.ended(runId);
    ended = { ...(await deployed.show(runId)), exitCode };
  }, 90_000);
  afterAll(async () => {
    await deployed?.close();
    rmSync(root, { recursive: true });
  });

  test('they are there', () => {
    expect(ended.stderr).toContain('[WARNING]: Skipping, did not find SSM parameter /app/nothing');
    expect(ended.stdout).toContain('"msg": "blue,large"');
    expect(readFileSync(path.join(root, 'token'), 'utf8')).toBe(TOKEN);
    expect(readFileSync(path.join(root, 'secret'), 'utf8')).toBe(SECRET);
    expect(ended.exitCode).toBe(0);
  });

  test('but for those of the deployment', () => {
    expect(ended.stdout).toContain('Failed to access SSM parameter /sortie/test/store-key (AccessDenied)');
    expect(ended.stdout).toContain('Failed to access SSM parameter path / (AccessDenied)');
  });

  test.each<[string, () => Promise<readonly string[]>]>([
    ['reports', async () => [ended.stdout, ended.stderr, JSON.stringify(ended.events)]],
    ['logs', async () => [`log:${deployed.log()}`]],
    ['durable histories', async () => [historiesOf(deployed)]],
    ['the table', () => itemsOf(deployed)],
    ['the bucket', () => objectsOf(deployed)],
  ])('none of them is in %s', async (_place, read) => {
    const texts = await read();
    expect(texts.join('').length).toBeGreaterThan(0);
    const wanted = new Map(
      Object.entries({ token: TOKEN, secret: SECRET, key: STORE_KEY }).map(([name, text]) => [
        name,
        new Secret(text),
      ]),
    );
    expect(texts.flatMap((text) => findSecrets(text, wanted))).toEqual([]);
  });
});

/** Puts a secret by the call that `aws secretsmanager create-secret` makes. */
async function putSecret({ cloud }: DeployedCloud, name: string, text: string): Promise<void> {
  const answer = await fetch(cloud.endpoints.secretsmanager, {
    method: 'POST',
    headers: { 'x-amz-target': 'secretsmanager.CreateSecret' },
    body: JSON.stringify({ Name: name, SecretString: text }),
  });
  expect(answer.status).toBe(200);
}
