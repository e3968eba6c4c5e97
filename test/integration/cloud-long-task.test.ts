/** Tasks of 40 minutes, in the cloud's time: runs end through continuations, and functions hardly run meanwhile. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRecap } from '../../examples/recap.ts';
import { cloudInventory } from '../cloud/cloud-project.ts';
import {
  type DeployedCloud,
  deployLocally,
  HOST,
  keySecret,
  type ShownRun,
} from '../cloud/deployed-cloud.ts';
import { type Fleet, fleetKind, startFleet } from '../fleet/fleet.ts';
import type { FleetHost } from '../fleet/fleet-host.ts';

const HOSTS = ['web1', 'web2'];
const TASK_MS = 40 * 60_000;
/** What a long task may cost of a function's time. */
const SHARE_MAX = 0.02;
/** So that a function has 6 s until it should leave: it must be able to log in meanwhile, however busy the machine is. */
const TIMEOUT_SECONDS = 21;
/** Because these wait for real seconds on hosts, on a machine that may be busy. */
const TEST_MS = 400_000;
const machine = fleetKind();
const hasPods = machine?.kind === 'pods';
if (!hasPods)
  process.stdout.write(`cloud-long-task.test: skipped: ${machine?.reason ?? 'there is no sshd here'}\n`);

/** Seconds of work without a pause, so that a function's time runs out amid tasks. */
const BUSY = Array.from({ length: 8 }, (_, index) => `busy ${index}`);
const BUSY_TASKS = BUSY.map((mark) => `    - shell: echo ${mark} >> marks; sleep 1\n`).join('');

/** A shell command that ends when this test says so. */
const work = (name: string): string =>
  `echo begin ${name} >> marks; while ! test -e ${name}.release; do sleep 0.05; done; echo end ${name} >> marks`;

const PLAYBOOKS = {
  'long.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - name: Work for 40 minutes
      shell: ${work('long')}; echo done
      register: long
    - name: Go on with what it said
      shell: echo {{ long.stdout }} >> marks
`,
  'sleeps.yml': `
- hosts: all
  gather_facts: false
  tasks:
${BUSY_TASKS}    - name: Ask again and again
      shell: echo try >> marks; test "$(grep -c try marks)" -ge 5
      register: asked
      until: asked is success
      retries: 6
      delay: 600
    - name: Work in the background
      shell: ${work('job')}
      async: 7200
      poll: 600
    - name: Pause
      pause: {minutes: 40}
    - name: Go on
      shell: echo last >> marks
`,
};

describe.runIf(hasPods)('tasks of 40 minutes', { timeout: TEST_MS }, () => {
  let directory: string;
  let fleet: Fleet;
  let deployed: DeployedCloud;
  let hash: string;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'sortie-cloud-long-'));
    fleet = await startFleet(HOSTS, 'pods');
    writeFileSync(path.join(directory, 'hosts'), cloudInventory(fleet));
    for (const [name, text] of Object.entries(PLAYBOOKS)) writeFileSync(path.join(directory, name), text);
    deployed = await deployLocally({
      secrets: keySecret(fleet.privateKeyFile),
      timeoutSeconds: TIMEOUT_SECONDS,
      jumpsOverWaits: true,
      onTimeJump: release,
    });
    hash = await deployed.push(directory);
  }, TEST_MS);
  afterAll(async () => {
    await deployed?.close();
    await fleet?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const fileOf = (host: FleetHost, name: string): string => path.join(host.root, 'home/deploy', name);
  const marksOf = (host: FleetHost): readonly string[] => {
    const file = fileOf(host, 'marks');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };

  /** When a host's work was first seen under way. */
  const begun = new Map<string, number>();

  /** Lets work end that has been under way for 40 minutes. */
  function release(now: number): void {
    for (const host of fleet.hosts) {
      const [, name] = /^begin (.*)/.exec(marksOf(host).at(-1) ?? '') ?? [];
      if (name === undefined) continue;
      const key = `${host.name} ${name}`;
      const since = begun.get(key) ?? now;
      begun.set(key, since);
      if (now - since >= TASK_MS) writeFileSync(fileOf(host, `${name}.release`), '');
    }
  }

  type Measured = ShownRun & {
    readonly exitCode: number;
    /** Of all hosts' functions. */
    readonly busyMs: number;
    readonly invocations: number;
    readonly tookMs: number;
  };

  async function run(playbook: string): Promise<Measured> {
    for (const host of fleet.hosts) rmSync(fileOf(host, 'marks'), { force: true });
    const before = { ...deployed.cloud.use(HOST), now: deployed.cloud.now() };
    const runId = await deployed.start(hash, ['-i', 'hosts', playbook]);
    const exitCode = await deployed.ended(runId);
    const { busyMs, invocations } = deployed.cloud.use(HOST);
    return {
      ...(await deployed.show(runId)),
      exitCode,
      busyMs: busyMs - before.busyMs,
      invocations: invocations - before.invocations,
      tookMs: deployed.cloud.now() - before.now,
    };
  }

  /** Waits of functions that were left because their time ran out. */
  const continuations = (): number =>
    deployed.cloud.executions
      .list(HOST)
      .flatMap(({ arn }) => deployed.cloud.executions.operations(arn))
      .filter(({ result, type }) => type === 'STEP' && result?.includes('"seconds":1,') === true).length;

  test('a command of 40 minutes runs once, and is watched for less than 2 % of its time', async () => {
    const { busyMs, exitCode, invocations, stderr, stdout, tookMs } = await run('long.yml');
    expect(stderr).toBe('');
    expect(parseRecap(stdout)).toMatchObject(HOSTS.map((host) => ({ host, ok: 2, changed: 2, failed: 0 })));
    expect(exitCode).toBe(0);
    for (const host of fleet.hosts) expect(marksOf(host)).toEqual(['begin long', 'end long', 'done']);
    expect(tookMs).toBeGreaterThan(TASK_MS);
    expect(invocations).toBeGreaterThan(3 * HOSTS.length);
    // With what the whole run takes beside the task.
    expect(busyMs).toBeLessThan(HOSTS.length * TASK_MS * SHARE_MAX);
  });

  test('work goes on when a function runs out of time; retries, jobs and pauses suspend it', async () => {
    const before = continuations();
    const { busyMs, exitCode, stderr, stdout, tookMs } = await run('sleeps.yml');
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout.match(/^FAILED - RETRYING: /gm)).toHaveLength(4 * HOSTS.length);
    for (const host of fleet.hosts)
      expect(marksOf(host)).toEqual([...BUSY, ...Array(5).fill('try'), 'begin job', 'end job', 'last']);
    expect(continuations() - before).toBeGreaterThanOrEqual(HOSTS.length);
    expect(tookMs).toBeGreaterThan(3 * TASK_MS);
    expect(busyMs).toBeLessThan(HOSTS.length * tookMs * SHARE_MAX);
  });
});
