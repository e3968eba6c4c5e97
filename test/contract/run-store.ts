/** What every run store must do, whatever it is built on. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dict, PyFloat } from '../../shared/base/value.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { RunRecord } from '../../shared/wire/host-journal.ts';
import type { RunEvent } from '../../shared/wire/run-event.ts';

export type OpenStore = () => Promise<{
  readonly store: RunStore;
  /** Opens the same store once more. */
  readonly again: () => Promise<RunStore>;
  readonly remove: () => Promise<void>;
}>;

/** The contract as tests. */
export function testRunStore(name: string, open: OpenStore): void {
  describe(`run store: ${name}`, () => {
    let opened: Awaited<ReturnType<OpenStore>>;
    let store: RunStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.remove());

    test('gives back the events of a run in order', async () => {
      await store.startRun(run('r1', 1));
      const events = [1, 2, 3].map(message);
      await Promise.all([
        store.putRecords('r1', 0, events.slice(0, 2)),
        store.putRecords('r1', 2, events.slice(2)),
      ]);
      await store.putRecords('r2', 0, [message(9)]);
      expect(await eventsOf(store, 'r1')).toEqual(events);
    });

    test('keeps the order whatever order events come in', async () => {
      await store.putRecords('r1', 1, [message(1)]);
      await store.putRecords('r1', 0, [message(0)]);
      expect(await eventsOf(store, 'r1')).toEqual([message(0), message(1)]);
    });

    test('does not change an event that is put again', async () => {
      await store.putRecords('r1', 0, [message(1)]);
      await store.putRecords('r1', 0, [message(2), message(3)]);
      expect(await eventsOf(store, 'r1')).toEqual([message(1), message(3)]);
    });

    test('pages through many events', async () => {
      const events = Array.from({ length: 2_345 }, (_, index) => message(index));
      await store.putRecords('r1', 0, events);
      expect(await eventsOf(store, 'r1')).toEqual(events);
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
      await store.putRecords('r1', 0, [event]);
      expect(await eventsOf(store, 'r1')).toEqual([event]);
      const [read] = await eventsOf(store, 'r1');
      if (read?.kind !== 'task-finished') throw new Error('another kind of event');
      expect([...read.outcome.result.keys()]).toEqual(['z', 'a', 'text', 'list']);
    });

    test('lists runs, newest first', async () => {
      for (const [id, at] of [
        ['r1', 1],
        ['r3', 3],
        ['r2', 2],
      ] as const)
        await store.startRun(run(id, at));
      expect((await store.listRuns(2)).map(({ runId }) => runId)).toEqual(['r3', 'r2']);
    });

    test('remembers how a run ended, once', async () => {
      await store.startRun(run('r1', 1));
      await store.finishRun('r1', { finishedAt: 9, exitCode: 2 });
      await store.finishRun('r1', { finishedAt: 10, exitCode: 0 });
      await store.startRun(run('r1', 5));
      expect(await store.findRun('r1')).toEqual({ ...run('r1', 1), finishedAt: 9, exitCode: 2 });
    });

    test('finds a run by a beginning that no other has', async () => {
      for (const id of ['ab1', 'ab12', 'ac1', '%_']) await store.startRun(run(id, 1));
      expect((await store.findRun('ac'))?.runId).toBe('ac1');
      expect((await store.findRun('ab1'))?.runId).toBe('ab1');
      expect((await store.findRun('%'))?.runId).toBe('%_');
      expect(await store.findRun('a')).toBeUndefined();
      expect(await store.findRun('x')).toBeUndefined();
    });

    test('keeps the newest facts of a host', async () => {
      await store.putFacts('h', dict([['n', 1]]), 10);
      await store.putFacts('h', dict([['n', new PyFloat(2)]]), 20);
      expect(await store.readFacts('h', 20)).toEqual(dict([['n', new PyFloat(2)]]));
      expect(await store.readFacts('h', 21)).toBeUndefined();
      expect(await store.readFacts('other', 0)).toBeUndefined();
    });

    test('gives others what was put', async () => {
      const other = await opened.again();
      await store.startRun(run('r1', 1));
      await store.putRecords('r1', 0, [message(1)]);
      expect(await eventsOf(other, 'r1')).toEqual([message(1)]);
      await Promise.all([store.putRecords('r1', 1, [message(2)]), other.putRecords('r1', 2, [message(3)])]);
      expect(await eventsOf(store, 'r1')).toHaveLength(3);
      await other.close();
    });

    test('has stored everything once it is closed', async () => {
      const put = store.putRecords('r1', 0, [message(1)]);
      await store.close();
      await put;
      const other = await opened.again();
      expect(await eventsOf(other, 'r1')).toEqual([message(1)]);
      await other.close();
    });
  });
}

function run(runId: string, startedAt: number): { runId: string; startedAt: number; command: string[] } {
  return { runId, startedAt, command: ['run', 'site.yml'] };
}

function message(number: number): RunEvent {
  return { kind: 'message', level: 'plain', text: `message ${number}` };
}

async function eventsOf(store: RunStore, runId: string): Promise<RunRecord[]> {
  const events: RunRecord[] = [];
  for await (const event of store.readRecords(runId)) events.push(event);
  return events;
}
