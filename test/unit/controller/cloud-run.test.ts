/** A run in the cloud: the same operations in each replay, and the same records as on a laptop. */

import { expect, test } from 'vitest';
import { FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { RunRecord } from '../../../shared/wire/host-journal.ts';
import type { HostRecap } from '../../../shared/wire/run-event.ts';
import type { HostAnswer } from '../../../shared/wire/stage.ts';
import { type Simulated, type Simulation, simulate } from './simulated-cloud.ts';
import { simulatedHosts } from './simulated-hosts.ts';

const PLAY = '- hosts: all\n  gather_facts: false\n  tasks:\n    - debug:\n';

function project(hosts: number, site = PLAY): Simulation['files'] {
  const names = Array.from({ length: hosts }, (_, index) => `web${index + 1}`);
  return { '/project/hosts': `${names.join('\n')}\n`, '/project/site.yml': site };
}

function recapOf(run: Simulated): readonly HostRecap[] {
  return run.records.flatMap((record) => (record.kind === 'playbook-finished' ? record.recap : []));
}

function textsOf(records: readonly RunRecord[]): readonly string[] {
  return records.flatMap((record) =>
    record.kind === 'message' && record.level !== 'verbose' ? [record.text] : [],
  );
}

test('says what a laptop says, with a place for what the hosts say', async () => {
  const run = await simulate({ files: project(2, PLAY + PLAY), host: simulatedHosts({ tasks: 4 }) });
  expect(run.exitCode).toBe(0);
  expect(run.records.map(({ kind }) => kind)).toEqual([
    'run-started',
    'message',
    'playbook-started',
    'play-started',
    'batch',
    'play-started',
    'batch',
    'playbook-finished',
    'run-finished',
  ]);
  expect(recapOf(run).map(({ host, ok }) => [host, ok])).toEqual([
    ['web1', 8],
    ['web2', 8],
  ]);
  expect(run.store.run).toMatchObject({ exitCode: 0, command: ['run', 'site.yml'] });
});

const MEETINGS = [
  { before: 2, isOnce: true },
  { before: 3, isOnce: false },
];

test('is cut off after any operation, and goes on with the same operations and records', async () => {
  const simulated = (operationsPerInvocation: number): Promise<Simulated> =>
    simulate({
      files: project(21),
      host: simulatedHosts({ tasks: 5, meetings: MEETINGS }),
      operationsPerInvocation,
    });
  const whole = await simulated(Infinity);
  const pieces = await simulated(1);
  expect(pieces.invocations).toBeGreaterThan(3 * whole.invocations);
  expect(pieces.executions.map(({ trace }) => trace)).toEqual(whole.executions.map(({ trace }) => trace));
  expect(pieces.records.map(timeless)).toEqual(whole.records.map(timeless));
});

test('makes the same operations in whatever order hosts answer', async () => {
  const simulated = (shuffle?: Simulation['shuffle']): Promise<Simulated> =>
    simulate({
      files: project(18),
      host: simulatedHosts({ tasks: 5, meetings: MEETINGS }),
      ...(shuffle === undefined ? {} : { shuffle }),
    });
  const inOrder = await simulated();
  const reversed = await simulated((count) => Array.from({ length: count }, (_, index) => count - 1 - index));
  expect(reversed.executions.map(({ trace }) => trace)).toEqual(inOrder.executions.map(({ trace }) => trace));
  expect(reversed.records.map(timeless)).toEqual(inOrder.records.map(timeless));
});

test('hosts take over what one has run for all, once', async () => {
  const end = { result: new Map([['stdout', 'token']]), items: undefined };
  const run = await simulate({
    files: project(3),
    host: simulatedHosts({
      tasks: 5,
      meetings: [{ before: 2, isOnce: true }],
      met: () => ({ shared: end }),
    }),
  });
  const orders = run.stages.map(({ orders: pending, reach }) => [
    reach,
    pending.map(({ change, hosts }) => [change.kind, hosts]),
  ]);
  expect(orders).toEqual([
    ['ahead', []],
    ['one', []],
    ['ahead', [['adopt', ['web2', 'web3']]]],
  ]);
  expect(run.stages.at(-1)?.orders[0]?.change).toEqual({ kind: 'adopt', end });
  expect(recapOf(run).map(({ ok }) => ok)).toEqual([5, 4, 4]);
});

test('facts given to a host that does not run wait for it', async () => {
  const gift = { host: 'web2', action: 'setup', result: new Map() };
  const run = await simulate({
    files: project(2, `${PLAY.replace('all', 'web1')}${PLAY}${PLAY}`),
    host: simulatedHosts({
      tasks: 3,
      meetings: [{ before: 1, isOnce: false }],
      met: (host) => ({ gifts: host === 'web1' ? [gift] : [] }),
    }),
  });
  const given = run.stages.map(({ batch, orders, reach }) => [
    batch,
    reach,
    orders.map(({ hosts }) => hosts),
  ]);
  expect(given).toEqual([
    [0, 'ahead', []],
    [0, 'one', []],
    [0, 'ahead', [['web2']]],
    [1, 'ahead', [['web2']]],
    [1, 'one', []],
    [1, 'ahead', [['web2']]],
    [2, 'ahead', []],
    [2, 'one', []],
    [2, 'ahead', [['web2']]],
  ]);
});

test('a host whose function comes to no end is unreachable, and the others go on', async () => {
  const host = simulatedHosts({ tasks: 3, instead: (name) => (name === 'web2' ? 'crashes' : undefined) });
  const run = await simulate({ files: project(3, PLAY + PLAY), host });
  expect(run.exitCode).toBe(4);
  expect(recapOf(run).map(({ ok, unreachable }) => [ok, unreachable])).toEqual([
    [6, 0],
    [0, 1],
    [6, 0],
  ]);
  expect(textsOf(run.records)).toEqual([
    'The function of web2 could not be brought to an end, so the host counts as unreachable: it ran out of memory',
  ]);
});

test('what ends a run on a host ends it as on a laptop', async () => {
  const abort = { abort: 'roles/x/vars/main.yml is no dict', isParserError: true };
  const run = await simulate({ files: project(2), host: () => abort });
  expect(run.exitCode).toBe(4);
  expect(textsOf(run.records)).toEqual([abort.abort]);
  expect(run.records.at(-1)).toMatchObject({ kind: 'run-finished', exitCode: 4 });
});

test('a run that was asked to stop ends before its next stage', async () => {
  const host = simulatedHosts({ tasks: 5, meetings: MEETINGS });
  const run = await simulate({ files: project(2), host, stopAfterStage: 1 });
  expect(run.exitCode).toBe(99);
  expect(run.stages).toHaveLength(2);
  expect(textsOf(run.records)).toEqual([' [ERROR]: User interrupted execution']);
});

test('mistakes in files are shown with their lines, and nothing runs', async () => {
  const run = await simulate({ files: project(1, '- hosts: all\n  tsks: []\n'), host: () => 'crashes' });
  expect(run.exitCode).toBe(4);
  expect(run.stages).toEqual([]);
  expect(textsOf(run.records)).toMatchInlineSnapshot(`
    [
      "'tsks' is not a valid attribute for a Play [keyword-unknown]
      at /project/site.yml:2:3
      2 |   tsks: []
        |   ^^^^
      hint: Did you mean 'tasks'?",
    ]
  `);
});

test('a project that cannot be loaded is told of in a run that has begun', async () => {
  const message = 'the store has no project data with the hash p: push the project again';
  const loadFailure = new FailureError({ kind: 'store-failed', message, retryable: false });
  const run = await simulate({ files: project(1), host: () => 'crashes', loadFailure });
  expect(run.exitCode).toBe(1);
  expect(run.records.map(({ kind }) => kind)).toEqual(['run-started', 'message', 'run-finished']);
  expect(textsOf(run.records)).toEqual([message]);
});

test('prompts take extra variables or their defaults, and are an error before anything runs without', async () => {
  const prompts = '  vars_prompt:\n    - name: release\n    - {name: region, default: eu, private: false}\n';
  const site = PLAY.replace('  tasks:', `${prompts}  tasks:`);
  const host = simulatedHosts({ tasks: 1 });
  const unanswered = await simulate({ files: project(1, site), host });
  expect(unanswered.exitCode).toBe(1);
  expect(textsOf(unanswered.records)).toEqual([
    'Nobody is there to answer the vars_prompt of release: give them with -e, or a default',
  ]);
  const given = await simulate({ files: project(1, site), host, request: { extraVars: ['release=7'] } });
  expect(given.exitCode).toBe(0);
  expect([...(given.stages[0]?.promptVars ?? [])]).toEqual([['region', 'eu']]);
});

test('set_stats of hosts that count on their own add up in the order of linear strategy', async () => {
  const stats = (data: string, aggregate: boolean) =>
    new Map<string, Map<string, string> | boolean>([
      ['data', new Map([['log', data]])],
      ['per_host', false],
      ['aggregate', aggregate],
    ]);
  const answer = (host: string): HostAnswer => ({
    outcome: { kind: 'ended', how: 'done', isFatalForAll: false },
    isSheltered: false,
    hasStarted: true,
    customStats: [
      { order: [1], host, stats: stats(`${host} first `, true) },
      { order: [2], host, stats: stats(`${host} second `, true) },
    ],
  });
  const run = await simulate({ files: project(2), host: answer });
  const finished = run.records.find((record) => record.kind === 'playbook-finished');
  expect(finished?.customStats).toEqual(
    new Map([['_run', new Map([['log', 'web1 first web2 first web1 second web2 second ']])]]),
  );
});

test('many hosts are shared out, and no execution has more of them than it can invoke', async () => {
  const run = await simulate({ files: project(1000), host: simulatedHosts({ tasks: 3 }) });
  expect(run.exitCode).toBe(0);
  const [own, stage, ...shards] = run.executions;
  expect(own?.operations).toBe(4);
  expect(stage?.operations).toBe(4);
  expect(shards.map(({ operations }) => operations)).toEqual([334, 334, 335]);
  expect(stage?.event).toMatchObject({ kind: 'shard', from: 0, to: 1000, width: limits.cloudForks });
  expect(shards[2]?.event).toMatchObject({ from: 666, to: 1000, width: 166 });
});

test('a run that needs more operations than an execution has goes on in others', async () => {
  const meetings = Array.from({ length: 700 }, (_, before) => ({ before, isOnce: false }));
  const run = await simulate({ files: project(1), host: simulatedHosts({ tasks: 700, meetings }) });
  expect(run.exitCode).toBe(0);
  expect(recapOf(run)[0]?.ok).toBe(700);
  expect(run.stages).toHaveLength(1401);
  expect(run.executions.map(({ event }) => event.kind).filter((kind) => kind === 'run')).toHaveLength(3);
  for (const { operations } of run.executions) expect(operations).toBeLessThan(3000);
});

function timeless(record: RunRecord): unknown {
  return 'at' in record ? { ...record, at: 0 } : record;
}
