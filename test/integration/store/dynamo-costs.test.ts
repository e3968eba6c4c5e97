/** How many requests and bytes a host's stream and a run cost, so that docs/cloud/store.md stays true. */

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dict } from '../../../shared/base/value.ts';
import { openDynamoStore } from '../../../shared/store/dynamo-store.ts';
import type { RunStore } from '../../../shared/store/run-store.ts';
import { createSealer } from '../../../shared/store/seal.ts';
import type { Said } from '../../../shared/wire/host-journal.ts';
import { type Counts, countingClient } from './counting-client.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

const TASKS = 100;

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

test.each([
  { tasksPerEntry: 1, entries: 100, unitsMax: 100, bytesMax: 190_000 },
  { tasksPerEntry: 10, entries: 10, unitsMax: 20, bytesMax: 30_000 },
  { tasksPerEntry: 25, entries: 4, unitsMax: 16, bytesMax: 20_000 },
  { tasksPerEntry: 100, entries: 1, unitsMax: 14, bytesMax: 18_000 },
])('100 tasks, $tasksPerEntry in an entry', async ({ tasksPerEntry, entries, unitsMax, bytesMax }) => {
  const counts = await counted((store) => writeStream(store, tasksPerEntry));
  expect([...counts.keys()]).toEqual(['PutItem']);
  expect(counts.get('PutItem')?.requests).toBe(entries);
  expect(counts.get('PutItem')?.writeUnits).toBeLessThanOrEqual(unitsMax);
  expect(counts.get('PutItem')?.bytes).toBeLessThanOrEqual(bytesMax);
});

test('the records of a run: one request for 16, as they come', async () => {
  const records = Array.from({ length: 64 }, () => ({ kind: 'no-hosts-left' }) as const);
  const counts = await counted((store) => store.putRecords('r', 0, records));
  expect(counts.get('UpdateItem')).toMatchObject({ requests: 4, writeUnits: 4 });
});

test('a run: two requests to begin, one to end', async () => {
  const counts = await counted(async (store) => {
    await store.startRun({ runId: 'r', startedAt: 1, command: ['run', 'site.yml'] });
    await store.finishRun('r', { finishedAt: 2, exitCode: 0 });
  });
  expect(counts.get('UpdateItem')).toMatchObject({ requests: 2, writeUnits: 2 });
  expect(counts.get('PutItem')).toMatchObject({ requests: 1, writeUnits: 1 });
});

test('a stream that goes on: two reads, whatever its length', async () => {
  const options = await aws.create();
  await writeStream(openDynamoStore(options), 10);
  const { clients, counts } = countingClient(options.clients);
  const store = openDynamoStore({ ...options, clients });
  await store.lastEntry('r', 'h');
  for await (const { entry } of store.readEntries('r', 'h', 0)) expect(entry.writer).not.toBe('');
  expect([...counts].map(([action, { requests }]) => [action, requests])).toEqual([['Query', 2]]);
});

async function counted(work: (store: RunStore) => Promise<void>): Promise<Map<string, Counts>> {
  const options = await aws.create();
  const { clients, counts } = countingClient(options.clients);
  await work(openDynamoStore({ ...options, clients }));
  return counts;
}

/** As a host function writes it: what was said of each task, and its sealed end. */
async function writeStream(store: RunStore, tasksPerEntry: number): Promise<void> {
  const sealer = createSealer(randomBytes(32), randomBytes);
  for (let sequence = 0; sequence < TASKS / tasksPerEntry; sequence += 1) {
    const tasks = Array.from({ length: tasksPerEntry }, (_, index) => sequence * tasksPerEntry + index);
    const said = tasks.flatMap(saidOf);
    const changes = tasks.map((task) =>
      JSON.stringify({ kind: 'task-end', task, result: commandResult(task) }),
    );
    const sealed = sealer.seal(Buffer.from(changes.join('\n')), 'r/h');
    const entry = { writer: 'an-invocation-1234', batch: 0, start: 0, said, sealed };
    await store.appendEntry('r', 'h', { sequence, entry });
  }
}

function saidOf(task: number): Said[] {
  const id = `0.3.${task}`;
  const title = `common : Make sure that thing ${task} is there`;
  const header = { id, title, name: title.slice(9), action: 'command', file: 'roles/common/tasks/main.yml' };
  const flags = { isHandler: false, isCheckMode: false, isLoop: false, tags: ['common', 'base'] };
  const outcome = {
    host: 'web1.example.com',
    status: 'changed',
    result: dict(Object.entries(commandResult(task))),
  };
  const at = 1_790_000_000_000 + task * 37;
  return [
    { order: [3, task], event: { kind: 'task-started', at, task: { ...header, ...flags, line: task * 4 } } },
    { order: [3, task], event: { kind: 'task-finished', task: id, at: at + 30, outcome } },
  ] as Said[];
}

function commandResult(task: number): Record<string, string | number | boolean | string[]> {
  const stdout = `done with ${task}: ${Math.sin(task).toString(36)}`;
  const times = { start: `2026-11-22 10:00:${task}.123456`, end: `2026-11-22 10:00:${task}.153456` };
  const command = { cmd: ['/usr/local/bin/thing', '--make', String(task)], rc: 0, delta: '0:00:00.030000' };
  return {
    changed: true,
    stdout,
    stderr: '',
    stdout_lines: [stdout],
    stderr_lines: [],
    msg: '',
    ...command,
    ...times,
  };
}
