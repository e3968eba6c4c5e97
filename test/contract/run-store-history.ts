/** What every run store must do with runs and their records. */

import { expect, test } from 'vitest';
import { dict, PyFloat } from '../../shared/base/value.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { BatchRecord, RunRecord } from '../../shared/wire/host-journal.ts';
import type { RunEvent } from '../../shared/wire/run-event.ts';
import type { OpenedStore } from './run-store.ts';

/** The tests; `opened` gives the store of the test that runs. */
export function testRunHistory(opened: () => OpenedStore): void {
  test('gives back the events of a run in order', async () => {
    await opened().store.startRun(run('r1', 1));
    const events = [1, 2, 3].map(message);
    await Promise.all([
      opened().store.putRecords('r1', 0, events.slice(0, 2)),
      opened().store.putRecords('r1', 2, events.slice(2)),
    ]);
    await opened().store.putRecords('r2', 0, [message(9)]);
    expect(await eventsOf(opened().store, 'r1')).toEqual(events);
  });

  test('keeps the order whatever order events come in', async () => {
    await opened().store.putRecords('r1', 1, [message(1)]);
    await opened().store.putRecords('r1', 0, [message(0)]);
    expect(await eventsOf(opened().store, 'r1')).toEqual([message(0), message(1)]);
  });

  test('does not change an event that is put again', async () => {
    await opened().store.putRecords('r1', 0, [message(1)]);
    await opened().store.putRecords('r1', 0, [message(2), message(3)]);
    expect(await eventsOf(opened().store, 'r1')).toEqual([message(1), message(3)]);
  });

  test('pages through many events', async () => {
    const events = Array.from({ length: 2_345 }, (_, index) => message(index));
    await opened().store.putRecords('r1', 0, events);
    expect(await eventsOf(opened().store, 'r1')).toEqual(events);
  });

  test('keeps values as they are', async () => {
    const result = dict([
      ['z', new PyFloat(1)],
      ['a', 2n ** 70n],
      ['text', 'grüße \u{1f600} \u0000'],
      ['list', [true, null, dict([['kind', 'inner']])]],
    ]);
    const event: RunEvent = {
      kind: 'task-finished',
      task: 't',
      at: 5,
      outcome: { host: 'h', status: 'ok', result },
    };
    await opened().store.putRecords('r1', 0, [event]);
    expect(await eventsOf(opened().store, 'r1')).toEqual([event]);
    const [read] = await eventsOf(opened().store, 'r1');
    if (read?.kind !== 'task-finished') throw new Error('another kind of event');
    expect([...read.outcome.result.keys()]).toEqual(['z', 'a', 'text', 'list']);
  });

  test('lists runs, newest first', async () => {
    for (const [id, at] of [
      ['r1', 1],
      ['r3', 3],
      ['r2', 2],
    ] as const)
      await opened().store.startRun(run(id, at));
    expect((await opened().store.listRuns(2)).map(({ runId }) => runId)).toEqual(['r3', 'r2']);
  });

  test('remembers how a run ended, once', async () => {
    await opened().store.startRun(run('r1', 1));
    await opened().store.finishRun('r1', { finishedAt: 9, exitCode: 2 });
    await opened().store.finishRun('r1', { finishedAt: 10, exitCode: 0 });
    await opened().store.startRun(run('r1', 5));
    expect(await opened().store.findRun('r1')).toEqual({ ...run('r1', 1), finishedAt: 9, exitCode: 2 });
  });

  test('finds a run by a beginning that no other has', async () => {
    for (const id of ['ab1', 'ab12', 'ac1', '%_']) await opened().store.startRun(run(id, 1));
    expect((await opened().store.findRun('ac'))?.runId).toBe('ac1');
    expect((await opened().store.findRun('ab1'))?.runId).toBe('ab1');
    expect((await opened().store.findRun('%'))?.runId).toBe('%_');
    expect(await opened().store.findRun('a')).toBeUndefined();
    expect(await opened().store.findRun('x')).toBeUndefined();
  });

  test('gives others what was put', async () => {
    const other = await opened().again();
    await opened().store.startRun(run('r1', 1));
    await opened().store.putRecords('r1', 0, [message(1)]);
    expect(await eventsOf(other, 'r1')).toEqual([message(1)]);
    await Promise.all([
      opened().store.putRecords('r1', 1, [message(2)]),
      other.putRecords('r1', 2, [message(3)]),
    ]);
    expect(await eventsOf(opened().store, 'r1')).toHaveLength(3);
    await other.close();
  });

  test('has stored everything once it is closed', async () => {
    const put = opened().store.putRecords('r1', 0, [message(1)]);
    await opened().store.close();
    await put;
    const other = await opened().again();
    expect(await eventsOf(other, 'r1')).toEqual([message(1)]);
    await other.close();
  });

  test('gives the records from a number on', async () => {
    const records = Array.from({ length: 50 }, (_, index) => message(index));
    await opened().store.putRecords('r1', 0, records);
    for (const from of [0, 1, 15, 16, 17, 49, 50, 70])
      expect(await eventsOf(opened().store, 'r1', from)).toEqual(records.slice(from));
  });

  test.each([1, 5, 20, 40])('ends before record %i when that is missing', async (gap) => {
    const { store } = opened();
    const records = Array.from({ length: 45 }, (_, index) => message(index));
    await store.putRecords('r1', 0, records.slice(0, gap));
    await store.putRecords('r1', gap + 1, records.slice(gap + 1));
    expect(await eventsOf(store, 'r1')).toEqual(records.slice(0, gap));
    expect(await eventsOf(store, 'r1', gap + 1)).toEqual(records.slice(gap + 1));
    await store.putRecords('r1', gap, [message(gap)]);
    expect(await eventsOf(store, 'r1')).toEqual(records);
  });

  test('keeps batches among events', async () => {
    const batch: BatchRecord = { kind: 'batch', batch: 3, hosts: ['b', 'a', 'ü'], isFree: true };
    await opened().store.putRecords('r1', 0, [message(0), batch, message(1)]);
    expect(await eventsOf(opened().store, 'r1')).toEqual([message(0), batch, message(1)]);
  });

  test('lets one of two writers win each number, whole', async () => {
    const { store, again } = opened();
    const other = await again();
    const mine = Array.from({ length: 40 }, (_, index) => message(index));
    const theirs = Array.from({ length: 40 }, (_, index) => message(1000 + index));
    await Promise.all([
      ...mine.map((record, index) => store.putRecords('r1', index, [record])),
      other.putRecords('r1', 0, theirs),
    ]);
    const first = await eventsOf(store, 'r1');
    expect(first).toHaveLength(40);
    for (const [index, record] of first.entries())
      expect([mine[index], theirs[index]]).toContainEqual(record);
    await Promise.all([store.putRecords('r1', 0, theirs), other.putRecords('r1', 0, mine)]);
    expect(await eventsOf(other, 'r1')).toEqual(first);
    await other.close();
  });

  test('keeps a result of 5 MB, and one that does not compress', async () => {
    const random = Array.from({ length: 40_000 }, (_, index) => Math.sin(index).toString(36)).join('');
    const records = ['x'.repeat(5_000_000), random, 'y'.repeat(1_000)].map((stdout) => result(stdout));
    await opened().store.putRecords('r1', 0, records);
    expect(await eventsOf(opened().store, 'r1')).toEqual(records);
  });

  test('remembers that a run should stop, from the first time on', async () => {
    const { store } = opened();
    await store.startRun(run('r1', 1));
    await store.requestStop('r1', 5);
    await store.requestStop('r1', 7);
    expect(await store.findRun('r1')).toEqual({ ...run('r1', 1), stopRequestedAt: 5 });
    await store.finishRun('r1', { finishedAt: 9, exitCode: 2 });
    expect(await store.listRuns(5)).toEqual([
      { ...run('r1', 1), stopRequestedAt: 5, finishedAt: 9, exitCode: 2 },
    ]);
  });

  test('makes no run of the end or the stop of one that never began', async () => {
    const { store } = opened();
    await store.requestStop('r1', 5);
    await store.finishRun('r1', { finishedAt: 9, exitCode: 2 });
    expect(await store.findRun('r1')).toBeUndefined();
    expect(await store.listRuns(5)).toEqual([]);
  });

  test('lists a run once, however often and whenever it is said to start', async () => {
    const { store, again } = opened();
    const other = await again();
    const month = 31 * 86_400_000;
    const ends = await Promise.allSettled([
      store.startRun(run('r1', 1)),
      other.startRun(run('r1', month)),
      store.startRun(run('r1', 2)),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await store.listRuns(5)).toHaveLength(1);
    expect(await store.findRun('r')).toEqual(await store.findRun('r1'));
    await other.close();
  });

  test('keeps the words of a command as they are', async () => {
    const command = ['run', '-e', 'a="ü \u{1f600}"', '', 'x'.repeat(2_000)];
    await opened().store.startRun({ runId: 'r1', startedAt: 1, command });
    expect((await opened().store.findRun('r1'))?.command).toEqual(command);
  });
}

function run(runId: string, startedAt: number): { runId: string; startedAt: number; command: string[] } {
  return { runId, startedAt, command: ['run', 'site.yml'] };
}

function message(number: number): RunEvent {
  return { kind: 'message', level: 'plain', text: `message ${number}` };
}

function result(stdout: string): RunEvent {
  const outcome = { host: 'h', status: 'ok', result: dict([['stdout', stdout]]) } as const;
  return { kind: 'task-finished', task: 't', at: 5, outcome };
}

async function eventsOf(store: RunStore, runId: string, from?: number): Promise<RunRecord[]> {
  const events: RunRecord[] = [];
  for await (const event of store.readRecords(runId, from)) events.push(event);
  return events;
}
