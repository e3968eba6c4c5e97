/** A run in the cloud that is stopped: it ends as one that was interrupted, and its hosts begin nothing more. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '../../shared/wire/exit-code.ts';
import { cloudInventory } from '../cloud/cloud-project.ts';
import { type DeployedCloud, deployLocally, HOST, keySecret } from '../cloud/deployed-cloud.ts';
import { type Fleet, fleetKind, startFleet } from '../fleet/fleet.ts';
import type { FleetHost } from '../fleet/fleet-host.ts';
import { type Ran, runBuilt } from '../fleet/run-tool.ts';

const HOSTS = ['web1', 'web2'];
const machine = fleetKind();
const hasPods = machine?.kind === 'pods';
if (!hasPods)
  process.stdout.write(`cloud-stop.test: skipped: ${machine?.reason ?? 'there is no sshd here'}\n`);

const PLAYBOOKS = {
  'site.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - name: Begin
      shell: echo first >> marks
    - name: Have something in hand
      shell: echo begin >> marks; while ! test -e release; do sleep 0.05; done; echo end >> marks
    - name: Come after it without a word from here
      shell: echo after >> marks
    - name: Come last
      shell: echo last >> marks
`,
  'retry.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - name: Ask again after ten minutes
      shell: echo try >> marks; false
      register: asked
      until: asked is success
      retries: 3
      delay: 600
`,
};

describe.runIf(hasPods)('stopping a run in the cloud', () => {
  let directory: string;
  let fleet: Fleet;
  let deployed: DeployedCloud;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'sortie-cloud-stop-'));
    fleet = await startFleet(HOSTS, 'pods');
    writeFileSync(path.join(directory, 'ansible.cfg'), '[defaults]\n');
    writeFileSync(path.join(directory, 'hosts'), cloudInventory(fleet));
    for (const [name, text] of Object.entries(PLAYBOOKS)) writeFileSync(path.join(directory, name), text);
    deployed = await deployLocally({ secrets: keySecret(fleet.privateKeyFile), jumpsOverWaits: true });
  });
  afterAll(async () => {
    await deployed?.close();
    await fleet?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const sortie = (...words: readonly string[]): Promise<Ran> => {
    const environment = { ...deployed.environment, ANSIBLE_CONFIG: path.join(directory, 'ansible.cfg') };
    return runBuilt(words, { workingDirectory: directory, environment });
  };
  const fileOf = (host: FleetHost, name: string): string => path.join(host.root, 'home/deploy', name);
  const marksOf = (host: FleetHost): string =>
    existsSync(fileOf(host, 'marks')) ? readFileSync(fileOf(host, 'marks'), 'utf8') : '';
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const allSay = (marks: string): Promise<void> =>
    until(() => fleet.hosts.every((host) => marksOf(host) === marks));

  test('what a host has in hand comes to its end, and nothing begins after it', async () => {
    const started = await sortie('run', '--on', 'aws', '--detach', '-i', 'hosts', 'site.yml');
    const runId = started.stdout.trim();
    await allSay('first\nbegin\n');
    const stopped = await sortie('stop', runId);
    expect(stopped).toMatchObject({ exitCode: 0, stdout: `${runId} has ended\n`, stderr: '' });
    for (const host of fleet.hosts) writeFileSync(fileOf(host, 'release'), '');
    await allSay('first\nbegin\nend\n');
    const executions = deployed.cloud.executions.list();
    expect(executions.map(({ status }) => status)).toEqual(executions.map(() => 'SUCCEEDED'));
    expect(deployed.cloud.environments.list().filter(({ state }) => state !== 'idle')).toEqual([]);
    const run = await deployed.store.findRun(runId);
    expect(run?.exitCode).toBe(exitCodes.interrupted);
    const shown = await sortie('show', runId, '--on', 'aws');
    expect(shown.stdout).toContain('changed: [web1]');
    expect(shown.stdout + shown.stderr).toContain('User interrupted execution');
    expect(fleet.hosts.map(marksOf)).toEqual(HOSTS.map(() => 'first\nbegin\nend\n'));
  });

  test('hosts whose functions are suspended begin nothing more either, when nobody waits for them', async () => {
    for (const host of fleet.hosts) rmSync(fileOf(host, 'marks'));
    const { executions, holdTime } = deployed.cloud;
    const before = new Set(executions.list(HOST).map(({ arn }) => arn));
    const own = (): readonly string[] =>
      executions.list(HOST).flatMap(({ arn }) => (before.has(arn) ? [] : [arn]));
    const goOn = holdTime();
    const started = await sortie('run', '--on', 'aws', '--detach', '-i', 'hosts', 'retry.yml');
    const runId = started.stdout.trim();
    await allSay('try\n');
    const isWaiting = (arn: string): boolean =>
      executions.operations(arn).some(({ status, type }) => type === 'WAIT' && status === 'STARTED');
    await until(() => own().length === HOSTS.length && own().every(isWaiting));
    const stopped = await sortie('stop', '--now', runId);
    expect(stopped).toMatchObject({ exitCode: 0, stdout: `${runId} was stopped\n`, stderr: '' });
    goOn();
    await Promise.all(own().map((arn) => executions.ended(arn)));
    expect(fleet.hosts.map(marksOf)).toEqual(HOSTS.map(() => 'try\n'));
    expect((await deployed.store.findRun(runId))?.exitCode).toBe(exitCodes.interrupted);
  });
});
