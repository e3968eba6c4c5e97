/** Runs `project/chaos.yml` while things go wrong, and checks that nothing ran twice, nothing is lost, and the end is right. */

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HostRecap, RunEvent } from '../../shared/wire/run-event.ts';
import { type Fleet, startFleet } from '../fleet/fleet.ts';
import { type DeployedCloud, deployLocally, keySecret, type ShownRun } from './deployed-cloud.ts';
import { type FaultKind, type FaultMaker, faultMaker, LEAVES_UNKNOWN } from './faults.ts';

/** What a host's marks say when everything ran once. */
const MARKS = '1 2 3 4 5 6 7 8 9 10 11 12 12 12 13 14 15 16'.split(' ');
/** The same tasks in the recap of a host that did not run the one for all. */
const EXPECTED: Omit<HostRecap, 'host'> = {
  ok: 15,
  changed: 14,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 1,
  ignored: 1,
};

/** Because a kind of fault that never strikes must come to an end, too. */
const RUNS_MAX = 400;

export type ChaosReport = {
  readonly kind: FaultKind;
  readonly faults: number;
  readonly runs: number;
  /** Hosts that ended early because what a task did is unknown: theirs, or one that ran for all. */
  readonly unknown: number;
  /** What was wrong, in words; empty when all held. */
  readonly problems: readonly string[];
};

/** Runs again and again until `faults` things have gone wrong. */
export async function runChaos(kind: FaultKind, faults: number): Promise<ChaosReport> {
  const fleet = await startFleet(['web1', 'web2', 'db1'], 'pods');
  const project = projectFor(fleet);
  let deployed: DeployedCloud | undefined;
  const maker = faultMaker(kind, () => requireCloud(deployed).cloud);
  try {
    deployed = await deployLocally({
      secrets: keySecret(fleet.privateKeyFile),
      jumpsOverWaits: true,
      onInvocation: maker.onInvocation,
      faults: {},
    });
    const hash = await deployed.push(project);
    const problems: string[] = [];
    let runs = 0;
    let unknown = 0;
    while (maker.count() < faults && problems.length === 0 && runs < RUNS_MAX) {
      runs += 1;
      const checked = await disturbedRun(deployed, { fleet, hash, kind, maker, number: runs });
      problems.push(...checked.problems);
      unknown += checked.unknown;
    }
    return { kind, faults: maker.count(), runs, unknown, problems };
  } finally {
    await deployed?.close();
    await fleet.stop();
    rmSync(project, { recursive: true, force: true });
  }
}

function requireCloud(deployed: DeployedCloud | undefined): DeployedCloud {
  if (deployed === undefined) throw new Error('the cloud is not there yet');
  return deployed;
}

/** A project with the playbook and an inventory without keys, as it would be pushed. */
function projectFor(fleet: Fleet): string {
  const project = mkdtempSync(path.join(tmpdir(), 'sortie-chaos-'));
  cpSync(path.join(import.meta.dirname, 'project'), project, { recursive: true });
  const hosts = fleet.hosts.map(({ name, port }) => `${name} ansible_host=127.0.0.1 ansible_port=${port}`);
  const vars = ['[all:vars]', 'ansible_user=deploy', 'ansible_python_interpreter=/usr/bin/python3', ''];
  writeFileSync(path.join(project, 'inventory'), [...hosts, ...vars].join('\n'));
  return project;
}

type Disturbance = {
  readonly fleet: Fleet;
  readonly hash: string;
  readonly kind: FaultKind;
  readonly maker: FaultMaker;
  readonly number: number;
};

type Checked = { readonly problems: readonly string[]; readonly unknown: number };

async function disturbedRun(deployed: DeployedCloud, how: Disturbance): Promise<Checked> {
  const { fleet, hash, kind, maker, number } = how;
  const marks = `/home/deploy/marks.${number}`;
  deployed.cloud.setFaults(maker.faults);
  const stop = maker.disturb(fleet);
  let runId: string;
  try {
    runId = await deployed.start(hash, ['-i', 'inventory', 'chaos.yml', '-e', `marks=${marks}`]);
    await deployed.ended(runId);
  } finally {
    stop();
    deployed.cloud.setFaults({});
  }
  const shown = await deployed.show(runId);
  const about = `run ${number}, ${kind}: `;
  const checks = fleet.hosts.map((host) =>
    checkHost(host.name, {
      shown,
      marks: linesOf(host.root + marks),
      tokens: linesOf(`${host.root}${marks}.token`),
      mayBeUnknown: LEAVES_UNKNOWN.has(kind),
    }),
  );
  const once = fleet.hosts.flatMap((host) => linesOf(`${host.root}${marks}.once`));
  const problems = checks.flatMap((check) => check.problems);
  const unknown = checks.filter((check) => check.isUnknown).length;
  if (once.length > 1 || (once.length === 0 && unknown === 0))
    problems.push(`run once: ${once.length} times`);
  if (problems.length > 0) problems.push(shown.stdout, shown.stderr, deployed.log().slice(-6000));
  return { problems: problems.map((problem) => about + problem), unknown };
}

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

type HostFacts = {
  readonly shown: ShownRun;
  readonly marks: readonly string[];
  readonly tokens: readonly string[];
  readonly mayBeUnknown: boolean;
};

function checkHost(
  name: string,
  { marks, mayBeUnknown, shown, tokens }: HostFacts,
): { readonly problems: string[]; readonly isUnknown: boolean } {
  const problems: string[] = [];
  const recap = recapOf(shown.events, name);
  // One that was to run a task for all takes the others with it, as in Ansible.
  const isOver = shown.events.some((event) => event.kind === 'no-hosts-left');
  const isUnknown = mayBeUnknown && (recap?.unreachable === 1 || isOver);
  const expected = isUnknown ? MARKS.slice(0, marks.length) : MARKS;
  if (marks.join(' ') !== expected.join(' ')) problems.push(`${name}: the host has ${marks.join(' ')}`);
  if (new Set(tokens).size > 1 || tokens.length > 2)
    problems.push(`${name}: the tokens are ${tokens.join(' ')}`);
  if (!isUnknown && !isSame(recap)) problems.push(`${name}: the recap says ${JSON.stringify(recap)}`);
  if (isUnknown && !shown.stdout.includes('unknown') && !shown.stdout.includes('UNREACHABLE'))
    problems.push(`${name}: nobody is told that the outcome is unknown`);
  const twice = doubled(shown.events, name);
  if (twice.length > 0) problems.push(`${name}: told twice: ${twice.join(', ')}`);
  return { problems, isUnknown };
}

function recapOf(events: readonly RunEvent[], name: string): HostRecap | undefined {
  const end = events.findLast((event) => event.kind === 'playbook-finished');
  return end?.recap.find(({ host }) => host === name);
}

function isSame(recap: HostRecap | undefined): boolean {
  if (recap === undefined) return false;
  const { host: _host, ...counts } = recap;
  const ranForAll = { ...EXPECTED, ok: EXPECTED.ok + 1, changed: EXPECTED.changed + 1 };
  return [EXPECTED, ranForAll].some((expected) => JSON.stringify(counts) === JSON.stringify(expected));
}

function doubled(events: readonly RunEvent[], name: string): readonly string[] {
  const told = events.flatMap((event) =>
    event.kind === 'task-finished' && event.outcome.host === name ? [event.task] : [],
  );
  return told.filter((task, index) => told.indexOf(task) !== index);
}
