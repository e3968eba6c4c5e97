/** Both functions where they have no more than in AWS: nothing else of this machine is read, and no secret stays behind. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../shared/base/secret.ts';
import { sealVault } from '../../shared/base/vault.ts';
import { cloudInventory } from '../cloud/cloud-project.ts';
import { type DeployedCloud, deployLocally, keySecret } from '../cloud/deployed-cloud.ts';
import { historiesOf, itemsOf, objectsOf } from '../cloud/left-behind.ts';
import { findSecrets } from '../contract/find-secrets.ts';
import { type Fleet, fleetKind, startFleet } from '../fleet/fleet.ts';
import { type Ran, runBuilt } from '../fleet/run-tool.ts';

const CHECKOUT = path.join(import.meta.dirname, '../..');
const VAULT_PASSWORD = 'the-password-of-the-vault';
const TOKEN = 'the-token-in-the-vault';
const machine = fleetKind();
const hasPods = machine?.kind === 'pods';
if (!hasPods)
  process.stdout.write(`cloud-isolated.test: skipped: ${machine?.reason ?? 'there is no sshd here'}\n`);
const mayTrace = hasStrace();
if (hasPods && !mayTrace)
  process.stdout.write('cloud-isolated.test: what functions open is not watched: strace is missing\n');

/** What Lambda has, too: its own files, the system's libraries, who and where it is. Not: settings of programs. */
const MAY_OPEN =
  /^\/(mnt\/task|tmp|proc|sys|dev|lib|lib64|usr\/lib|usr\/share\/zoneinfo)\/|^\/etc\/(nsswitch\.conf|passwd|resolv\.conf|hosts|host\.conf|gai\.conf|localtime|ld\.so\.cache|ssl\/openssl\.cnf)$/;

const FILES: Readonly<Record<string, string>> = {
  'ansible.cfg': '[defaults]\n',
  'site.yml': `
- hosts: all
  become: true
  tasks:
    - name: Include a role
      include_role: {name: tree}
    - name: Use a module of Ansible's own
      getent: {database: passwd, key: deploy}
    - name: Keep the token
      command: cat /srv/tree/token
      register: kept
      no_log: true
    - name: Compare
      assert: {that: kept.stdout == api_token, quiet: true}
    - name: Bring a file here
      fetch: {src: /srv/tree/plain, dest: "/tmp/fetched/", flat: true}
    - name: Read what was brought
      debug: {msg: "{{ lookup('file', '/tmp/fetched/plain') }}"}
`,
  'host_vars/web2.yml': 'ansible_user: ops\n',
  'roles/tree/defaults/main.yml': 'tree_name: world\n',
  'roles/tree/files/plain': 'a plain file\n',
  'roles/tree/templates/greeting.j2': 'Hello {{ tree_name }}, this is {{ ansible_facts.hostname }}\n',
  'roles/tree/tasks/main.yml': `
- file: {path: /srv/tree, state: directory}
- copy: {src: plain, dest: /srv/tree/plain}
- template: {src: greeting.j2, dest: /srv/tree/greeting}
- name: Write the token
  copy: {content: "{{ api_token }}", dest: /srv/tree/token, mode: "0600"}
  no_log: true
- import_tasks: more.yml
`,
  'roles/tree/tasks/more.yml': '- lineinfile: {path: /srv/tree/plain, line: one more}\n',
};

describe.runIf(hasPods)('functions that have no more than in AWS', () => {
  let root: string;
  let directory: string;
  let fleet: Fleet;
  let deployed: DeployedCloud;
  let ran: Ran;
  let secrets: ReadonlyMap<string, Secret>;
  const environments = new Map<number, readonly string[]>();
  const tracers: ChildProcess[] = [];

  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'sortie-cloud-isolated-'));
    directory = path.join(root, 'project');
    fleet = await startFleet(['web1', 'web2'], 'pods');
    writeProject();
    const hidden = {
      'vault-password': VAULT_PASSWORD,
      'become-password': fleet.opsPassword,
      ...keySecret(fleet.privateKeyFile),
      'store-key': Buffer.from('the key of the store, 32 bytes !').toString('base64'),
    };
    secrets = new Map(
      Object.entries({ ...hidden, token: TOKEN }).map(([name, text]) => [name, new Secret(text)]),
    );
    deployed = await deployLocally({
      secrets: hidden,
      isolate: { hidden: [CHECKOUT, '/etc/ansible', '/etc/ssh', '/root', '/home', '/usr/lib/python3'] },
      onInvocation: ({ pid }) => watch(pid),
    });
    const environment = { ...deployed.environment, ANSIBLE_CONFIG: path.join(directory, 'ansible.cfg') };
    const words = ['run', '--on', 'aws', '-vvv', '--diff', '-i', 'hosts', 'site.yml'];
    ran = await runBuilt(words, { workingDirectory: directory, environment });
  });
  afterAll(async () => {
    await deployed?.close();
    await fleet?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  function writeProject(): void {
    const vault = { id: 'default', password: new Secret(VAULT_PASSWORD) };
    const sealed = sealVault(Buffer.from(`api_token: ${TOKEN}\n`), vault, Buffer.alloc(32, 7));
    const files = { ...FILES, hosts: cloudInventory(fleet), 'group_vars/all.yml': sealed };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      writeFileSync(path.join(directory, name), text);
    }
  }

  /** Looks at an environment that has begun to work. */
  function watch(pid: number): void {
    if (environments.has(pid)) return;
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
    environments.set(pid, variables);
    if (!mayTrace) return;
    const words = ['-f', '-qq', '-e', 'trace=connect,open,openat', '-o', path.join(root, `trace.${pid}`)];
    tracers.push(spawn('strace', [...words, '-p', String(pid)], { stdio: 'ignore' }));
  }

  test('the play does the same as anywhere', () => {
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain('"msg": "a plain file\\none more"');
    expect(ran.stdout).toMatch(/web1 .*unreachable=0 +failed=0/);
    expect(ran.stdout).toMatch(/web2 .*unreachable=0 +failed=0/);
    expect(ran.exitCode).toBe(0);
    for (const { name, root: host } of fleet.hosts)
      expect(readFileSync(path.join(host, 'srv/tree/greeting'), 'utf8')).toBe(
        `Hello world, this is ${name}\n`,
      );
  });

  test('environments inherit no variables', () => {
    const names = [...environments.values()].flat().map((line) => line.split('=')[0] ?? '');
    const others = names.filter(
      (name) => !/^(AWS|SORTIE|NODE_CHANNEL)_\w+$|^(LANG|PATH|TZ|_HANDLER)$/.test(name),
    );
    expect(others).toEqual([]);
    expect(names).toContain('SORTIE_TABLE');
  });

  test.runIf(mayTrace)('functions connect to endpoints and hosts alone, and open nothing else', async () => {
    await deployed.cloud.environments.retire();
    await Promise.all(tracers.map((tracer) => ended(tracer)));
    const calls = readdirSync(root)
      .filter((name) => name.startsWith('trace.'))
      .flatMap((name) => readTrace(path.join(root, name)));
    const connected = new Set(calls.flatMap(({ port }) => port ?? []));
    const hosts = fleet.hosts.map(({ port }) => port);
    const endpoints = Object.values(deployed.cloud.endpoints).map((url) => Number(new URL(url).port));
    expect([...connected].filter((port) => ![...hosts, ...endpoints].includes(port))).toEqual([]);
    expect(hosts.filter((port) => !connected.has(port))).toEqual([]);
    const opened = new Set(calls.flatMap(({ file }) => file ?? []));
    expect([...opened].filter((file) => !MAY_OPEN.test(file))).toEqual([]);
    expect([...opened].some((file) => /^\/tmp\/sortie\/.*\/getent\.py$/.test(file))).toBe(true);
  });

  test.each<[string, () => Promise<readonly string[]>]>([
    ['output', async () => [ran.stdout, ran.stderr]],
    ['logs', async () => [`log:${deployed.log()}`]],
    ['durable histories', async () => [historiesOf(deployed)]],
    ['variables of functions', async () => [...environments.values()].flat()],
    ['the table', () => itemsOf(deployed)],
    ['the bucket', () => objectsOf(deployed)],
  ])('no secret is in %s', async (_place, read) => {
    const texts = await read();
    expect(texts.join('').length).toBeGreaterThan(0);
    expect(texts.flatMap((text) => findSecrets(text, secrets))).toEqual([]);
  });
});

type Call = { readonly file?: string; readonly port?: number };

/** Files that were opened and ports of 127.0.0.1 that were connected to, from where the bundle is loaded. */
function readTrace(name: string): readonly Call[] {
  const begun = new Map<string, string>();
  const lines = readFileSync(name, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
      if (text.endsWith('<unfinished ...>')) {
        begun.set(thread, text.replace('<unfinished ...>', ''));
        return [];
      }
      return [text.replace(/^<\.\.\. \w+ resumed>/, begun.get(thread) ?? '')];
    });
  const first = lines.findIndex((line) => line.includes('"/mnt/task/'));
  return lines.slice(Math.max(first, 0)).flatMap((line): readonly Call[] => {
    const isFailure = / = -1 E(?!INPROGRESS)/.test(line);
    const [, file] = /^open(?:at)?\([^"]*"([^"]*)"/.exec(line) ?? [];
    if (file !== undefined) return isFailure ? [] : [{ file }];
    const [, port] = /^connect\(.*htons\((\d+)\), sin_addr=inet_addr\("127\.0\.0\.1"\)/.exec(line) ?? [];
    if (port !== undefined) return [{ port: Number(port) }];
    // Whatever it is, it is none of the ports that are expected.
    return line.startsWith('connect(') && !isFailure ? [{ port: -1 }] : [];
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
