/** Both bundles under the SDK's own local runner: a second opinion on what a durable backend does. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloudInventory } from '../cloud/cloud-project.ts';
import { type DeployedCloud, deployLocally, invocationOf, keySecret } from '../cloud/deployed-cloud.ts';
import { type Fleet, fleetKind, startFleet } from '../fleet/fleet.ts';

const machine = fleetKind();
if (machine?.kind !== 'pods') process.stdout.write('cloud-sdk-runner.test: skipped, pods need root\n');

const PLAYBOOK = `
- hosts: all
  gather_facts: false
  tasks:
    - command: echo one
      register: said
    - command: echo for all
      run_once: true
      register: shared
    - debug:
        msg: "{{ said.stdout }} {{ shared.stdout }}"
    - pause:
        seconds: 7
    - command: echo two
`;

describe.runIf(machine?.kind === 'pods')("under the SDK's local runner", () => {
  let fleet: Fleet;
  let deployed: DeployedCloud;
  let project: string;
  const before = { ...process.env };

  beforeAll(async () => {
    fleet = await startFleet(['web1', 'web2'], 'pods');
    deployed = await deployLocally({ secrets: keySecret(fleet.privateKeyFile) });
    project = mkdtempSync(path.join(tmpdir(), 'sortie-sdk-runner-'));
    writeFileSync(path.join(project, 'play.yml'), PLAYBOOK);
    writeFileSync(path.join(project, 'inventory'), cloudInventory(fleet));
    Object.assign(process.env, deployed.environment);
    await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
  });
  afterAll(async () => {
    await LocalDurableTestRunner.teardownTestEnvironment();
    for (const name of Object.keys(deployed.environment)) delete process.env[name];
    Object.assign(process.env, before);
    await deployed.close();
    await fleet.stop();
    rmSync(project, { recursive: true, force: true });
  });

  test('a run with meetings and a pause ends as it should', async () => {
    const event = invocationOf(await deployed.push(project), ['-i', 'inventory', 'play.yml']);
    const runner = new LocalDurableTestRunner({ handlerFunction: handlerOf('controller') });
    runner.registerDurableFunction(deployed.environment.SORTIE_HOST_FUNCTION ?? '', handlerOf('host'));
    const execution = await runner.run({ payload: event });
    expect(execution.getStatus()).toBe('SUCCEEDED');
    expect(execution.getResult()).toBe(0);
    const { stdout } = await deployed.show(event.runId);
    expect(stdout).toContain('"msg": "one for all"');
    expect(stdout).toMatch(/web1 +: ok=5 +changed=3 /);
    expect(stdout).toMatch(/web2 +: ok=3 +changed=2 /);
  });
});

function handlerOf(name: string): ConstructorParameters<typeof LocalDurableTestRunner>[0]['handlerFunction'] {
  const file = path.join(import.meta.dirname, `../../dist/functions/${name}.cjs`);
  return createRequire(import.meta.url)(file).handler;
}
