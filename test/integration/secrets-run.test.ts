/** A whole run in the local cloud that uses every kind of secret, and a search for them in all that it leaves behind. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../shared/base/secret.ts';
import { sealVault } from '../../shared/base/vault.ts';
import { type DeployedCloud, deployLocally, type ShownRun } from '../cloud/deployed-cloud.ts';
import { historiesOf, itemsOf, objectsOf } from '../cloud/left-behind.ts';
import { findSecrets } from '../contract/find-secrets.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

const TOKEN = 'the-api-token-of-the-vault';

let sshd: Sshd;
let deployed: DeployedCloud;
let root: string;
let secrets: Record<string, string>;
let run: ShownRun & { readonly exitCode: number };

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'sortie-secrets-run-'));
  sshd = await startSshd();
  secrets = makeSecrets();
  const project = makeProject();
  deployed = await deployLocally({ jumpsOverWaits: true, concurrency: 2, secrets });
  const runId = await deployed.start(await deployed.push(project), ['-i', 'hosts', '-v', 'site.yml']);
  const exitCode = await deployed.ended(runId);
  run = { ...(await deployed.show(runId)), exitCode };
}, 90_000);
afterAll(async () => {
  await deployed?.close();
  await sshd.stop();
  rmSync(root, { recursive: true });
});

/** An encrypted key that only `host` may log in with, and passwords that stand nowhere else. */
function makeSecrets(): Record<string, string> {
  const file = path.join(root, 'locked');
  makeKey(file, 'ed25519');
  writeFileSync(path.join(sshd.directory, 'authorized_keys'), readFileSync(`${file}.pub`));
  execFileSync('ssh-keygen', ['-q', '-p', '-f', file, '-P', '', '-N', 'the-passphrase-of-the-key']);
  return {
    'store-key': randomBytes(32).toString('base64'),
    'become-password': 'the-become-password',
    'ssh-password': 'the-login-password',
    'vault-password': 'the-default-vault-password',
    index: 'ssh-keys/deploy,ssh-keys/deploy/passphrase,vault-ids/dev',
    'ssh-keys/deploy': readFileSync(file, 'utf8'),
    'ssh-keys/deploy/passphrase': 'the-passphrase-of-the-key',
    'vault-ids/dev': 'the-dev-vault-password',
  };
}

function makeProject(): string {
  const project = path.join(root, 'project');
  mkdirSync(path.join(project, 'group_vars'), { recursive: true });
  const vault = { id: 'dev', password: new Secret(secrets['vault-ids/dev'] ?? '') };
  writeFileSync(
    path.join(project, 'group_vars/all.yml'),
    sealVault(Buffer.from(`api_token: ${TOKEN}\n`), vault, randomBytes(32)),
  );
  writeFileSync(
    path.join(project, 'hosts'),
    `web1 ansible_host=127.0.0.1 ansible_port=${sshd.port} ansible_user=${userInfo().username} ansible_ssh_private_key_file=ssm:deploy\n`,
  );
  writeFileSync(path.join(project, 'site.yml'), PLAYBOOK.replaceAll('ROOT', root));
  return project;
}

const PLAYBOOK = `
- hosts: all
  gather_facts: false
  tasks:
    - name: Use the token
      copy: {content: "{{ api_token }}", dest: ROOT/token}
      no_log: true
    - name: Keep the token
      command: cat ROOT/token
      register: kept
      no_log: true
    - name: Keep it as a fact, too
      set_fact: {kept_fact: "{{ kept.stdout }}"}
      no_log: true
    - name: Become
      command: id -un
      become: true
    - name: Need the fact
      assert: {that: kept_fact == api_token, quiet: true}
    - name: Lose the fact
      command: rm ROOT/token
      failed_when: false
`;

test('what is no secret is found where it is looked for', async () => {
  expect((await itemsOf(deployed)).join()).toContain('Need the fact');
});

test('the run has used them all', () => {
  expect(run.stderr).toBe('');
  expect(run.stdout).toMatch(/web1 +: ok=6 +changed=\d +unreachable=0 +failed=0/);
  expect(run.exitCode).toBe(0);
});

test.each<[string, () => Promise<readonly string[]>]>([
  ['reports', async () => [run.stdout, run.stderr, JSON.stringify(run.events)]],
  // Functions log only what went wrong.
  ['logs', async () => [`log:${deployed.log()}`]],
  ['durable histories', async () => [historiesOf(deployed)]],
  ['function settings', async () => [JSON.stringify(deployed.cloud.functions())]],
  ['the table', () => itemsOf(deployed)],
  ['the bucket', () => objectsOf(deployed)],
])('no secret is in %s', async (_place, read) => {
  const texts = await read();
  expect(texts.join('').length).toBeGreaterThan(0);
  const { index: _index, ...hidden } = secrets;
  const wanted = new Map(
    Object.entries({ ...hidden, token: TOKEN }).map(([name, text]) => [name, new Secret(text)]),
  );
  expect(texts.flatMap((text) => findSecrets(text, wanted))).toEqual([]);
});
