/** Requests to the cloud's store that fail, or whose answers get lost: nothing is lost, nothing is there twice. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dict } from '../../../shared/base/value.ts';
import { openDynamoStore } from '../../../shared/store/dynamo-store.ts';
import type { RunStore } from '../../../shared/store/run-store.ts';
import type { HostEntry, RunRecord } from '../../../shared/wire/host-journal.ts';
import { type Fault, faultyClients } from './counting-client.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

/** With how often: the client waits longest when it is refused. */
const FAULTS: readonly (readonly [Fault, number])[] = [
  ['cut', 3],
  ['cut after', 3],
  ['cut within', 3],
  ['error', 3],
  ['throttle', 11],
];
const LARGE = Array.from({ length: 60_000 }, (_, index) => Math.sin(index).toString(36)).join('');

describe.each(FAULTS)('fault %s in one of %i requests', (fault, every) => {
  test('stores everything once', async () => {
    const options = await aws.create();
    const clients = faultyClients(options.clients, (count) => (count % every === 0 ? fault : undefined));
    const store = openDynamoStore({ ...options, clients });
    const records = Array.from({ length: 60 }, (_, index) => message(index === 7 ? LARGE : `${index}`));
    await store.startRun({ runId: 'r', startedAt: 1, command: ['run'] });
    for (let at = 0; at < records.length; at += 6) await store.putRecords('r', at, records.slice(at, at + 6));
    const entries = Array.from({ length: 20 }, (_, index) => entry(index === 3 ? LARGE : `${index}`));
    for (const [sequence, each] of entries.entries())
      expect(await store.appendEntry('r', 'h', { sequence, entry: each })).toBe('stored');
    expect(await store.appendEntry('r', 'h', { sequence: 4, entry: entry('x', 'late') })).toBe('taken');
    await store.putFacts('h', dict([['a', 1]]), 5);
    expect(await store.recordHostKey('h', 'key')).toBe('key');
    await store.finishRun('r', { finishedAt: 9, exitCode: 0 });
    await expectAll(store, records, entries);
    await expectAll(openDynamoStore(options), records, entries);
  });
});

test('of two writers who both lose answers, one has each number, and both know which', async () => {
  const options = await aws.create();
  const faults: readonly (Fault | undefined)[] = [
    'cut after',
    undefined,
    'cut',
    'cut within',
    undefined,
    'error',
  ];
  const open = (shift: number): RunStore =>
    openDynamoStore({
      ...options,
      clients: faultyClients(options.clients, (count, attempt) =>
        attempt > 4 ? undefined : faults[(count + shift) % faults.length],
      ),
    });
  const stores = { one: open(0), two: open(3) };
  const numbers = Array.from({ length: 100 }, (_, sequence) => sequence);
  const append = (writer: 'one' | 'two', sequence: number): Promise<'stored' | 'taken'> =>
    stores[writer].appendEntry('r', 'h', { sequence, entry: entry(`${sequence}`, writer) });
  const answers = await Promise.all(
    numbers.map(async (sequence) => ({
      first: await append(sequence % 2 === 0 ? 'one' : 'two', sequence),
      second: await append(sequence % 2 === 0 ? 'two' : 'one', sequence),
    })),
  );
  expect(answers).toEqual(numbers.map(() => ({ first: 'stored', second: 'taken' })));
  const racing = await Promise.all(
    numbers.map(async (sequence) => {
      const [one, two] = await Promise.all([append('one', 100 + sequence), append('two', 100 + sequence)]);
      return { one, two };
    }),
  );
  const kept = await allOf(openDynamoStore(options).readEntries('r', 'h', 100));
  expect(kept).toHaveLength(100);
  for (const [index, { entry: winner }] of kept.entries())
    expect(racing[index]).toEqual(
      winner.writer === 'one' ? { one: 'stored', two: 'taken' } : { one: 'taken', two: 'stored' },
    );
});

test('an endless failure ends in a failure that may be tried again', async () => {
  const options = await aws.create();
  const store = openDynamoStore({ ...options, clients: faultyClients(options.clients, () => 'cut') });
  await expect(store.recordHostKey('h', 'key')).rejects.toMatchObject({
    failure: { kind: 'store-failed', retryable: true },
  });
});

async function expectAll(store: RunStore, records: RunRecord[], entries: HostEntry[]): Promise<void> {
  expect(await allOf(store.readRecords('r'))).toEqual(records);
  const kept = await allOf(store.readEntries('r', 'h', 0));
  expect(kept).toEqual(entries.map((each, sequence) => ({ sequence, entry: each })));
  expect(await store.listRuns(9)).toEqual([
    { runId: 'r', startedAt: 1, command: ['run'], finishedAt: 9, exitCode: 0 },
  ]);
  expect(await store.readFacts('h', 5)).toEqual(dict([['a', 1]]));
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function message(text: string): RunRecord {
  return { kind: 'message', level: 'plain', text };
}

function entry(text: string, writer = 'writer'): HostEntry {
  return {
    writer,
    batch: 0,
    start: 0,
    said: [{ order: [1], event: { kind: 'message', level: 'plain', text } }],
  };
}
