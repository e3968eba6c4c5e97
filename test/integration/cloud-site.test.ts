/** examples/site.yml over 20 hosts from the command line in the cloud, beside the same in process: nothing differs. */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRecap } from '../../examples/recap.ts';
import { cloudInventory } from '../cloud/cloud-project.ts';
import { CONTROLLER, type DeployedCloud, deployLocally, HOST, keySecret } from '../cloud/deployed-cloud.ts';
import { readTree } from '../fleet/file-tree.ts';
import { type Fleet, fleetKind, startFleet } from '../fleet/fleet.ts';
import { type Ran, runBuilt, runSortie } from '../fleet/run-tool.ts';

const EXAMPLES = path.join(import.meta.dirname, '../../examples');
const HOSTS = [...Array.from({ length: 16 }, (_, index) => `web${index + 1}`), 'db1', 'db2', 'db3', 'db4'];
/** Where a function has the project. */
const FUNCTION_ROOT = /\/tmp\/sortie\/[0-9a-f]{64}/g;
/** Because 40 hosts share this machine with 20 functions, and it may be busy. */
const TEST_MS = 400_000;
const machine = fleetKind();
const hasPods = machine?.kind === 'pods';
if (!hasPods)
  process.stdout.write(`cloud-site.test: skipped: ${machine?.reason ?? 'there is no sshd here'}\n`);

/** What was printed, in its order, without times and without where the project lies. */
function comparable({ stdout }: Ran, root: string | RegExp): string {
  return stdout.replaceAll(root, 'PROJECT').replaceAll(/"(delta|start|end)": "[^"]*"/g, '"$1": "TIME"');
}

describe.runIf(hasPods)('examples/site.yml over 20 hosts', { timeout: TEST_MS }, () => {
  let directory: string;
  let here: Fleet;
  let there: Fleet;
  let deployed: DeployedCloud;
  let environment: Readonly<Record<string, string>>;
  let first: Ran;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'sortie-cloud-site-'));
    cpSync(EXAMPLES, directory, { recursive: true });
    writeFileSync(path.join(directory, 'ansible.cfg'), '[defaults]\n');
    here = await startFleet(HOSTS, 'pods');
    there = await startFleet(HOSTS, 'pods');
    for (const host of [...here.hosts, ...there.hosts]) {
      // What an earlier version of the playbook has left behind.
      mkdirSync(path.join(host.root, 'srv/guestbook/releases/1.1.0'), { recursive: true });
    }
    writeFileSync(path.join(directory, 'hosts'), cloudInventory(there));
    deployed = await deployLocally({ secrets: keySecret(there.privateKeyFile) });
    environment = { ...deployed.environment, ANSIBLE_CONFIG: path.join(directory, 'ansible.cfg') };
  }, TEST_MS);
  afterAll(async () => {
    await deployed?.close();
    await Promise.all([here?.stop(), there?.stop()]);
    rmSync(directory, { recursive: true, force: true });
  });

  const inProcess = (...words: readonly string[]): Promise<Ran> =>
    runSortie(['-i', here.inventory, 'site.yml', ...words], { workingDirectory: directory, environment });
  const inCloud = (...words: readonly string[]): Promise<Ran> =>
    runBuilt(words, { workingDirectory: directory, environment });
  const treesOf = (fleet: Fleet): unknown[] => fleet.hosts.map((host) => [host.name, readTree(host.changes)]);

  test('the first run gives the same output, the same end and the same files', async () => {
    const local = await inProcess('--diff');
    first = await inCloud('run', '--on', 'aws', '-i', 'hosts', 'site.yml', '--diff');
    expect(first.stderr).toBe(local.stderr);
    expect(comparable(first, FUNCTION_ROOT)).toBe(comparable(local, directory));
    expect(first.exitCode).toBe(local.exitCode);
    expect(first.exitCode).toBe(0);
    expect(parseRecap(first.stdout).map(({ host }) => host)).toEqual([...HOSTS].sort());
    expect(parseRecap(first.stdout).every(({ changed }) => changed > 10)).toBe(true);
    expect(treesOf(there)).toEqual(treesOf(here));
    expect(Object.keys(readTree(there.hosts[0]?.changes ?? '')).join('\n')).toContain('etc/guestbook');
  });

  test('shown again, the run prints the same', async () => {
    const [run] = await deployed.store.listRuns(1);
    const shown = await inCloud('show', run?.runId ?? '', '--on', 'aws');
    expect(shown).toMatchObject({ stdout: first.stdout, stderr: '' });
  });

  test('the second run changes nothing, in environments that are warm', async () => {
    const before = treesOf(there);
    const used = [deployed.cloud.use(CONTROLLER), deployed.cloud.use(HOST)];
    const second = await inCloud('run', '--on', 'aws', '-i', 'hosts', 'site.yml');
    expect(second.exitCode).toBe(0);
    expect(parseRecap(second.stdout).map(({ changed }) => changed)).toEqual(HOSTS.map(() => 0));
    expect(treesOf(there)).toEqual(before);
    for (const [index, name] of [CONTROLLER, HOST].entries()) {
      const { coldStarts, invocations } = deployed.cloud.use(name);
      const news = coldStarts - (used[index]?.coldStarts ?? 0);
      expect(news, name).toBeLessThan(invocations - (used[index]?.invocations ?? 0));
    }
  });
});
