/** A run is read from its streams in the order in which it happened, whatever came when. */

import { expect, test } from 'vitest';
import { type ReadableStore, readRun } from '../../../cli/stored-run.ts';
import { createLinearizer } from '../../../shared/report/linear-order.ts';
import type { HostEntry, RunRecord, Said } from '../../../shared/wire/host-journal.ts';
import { createOrderBook } from '../../../shared/wire/order-book.ts';
import type { OrderKey, RunEvent } from '../../../shared/wire/run-event.ts';

type Script = { readonly records: RunRecord[]; readonly streams: Map<string, HostEntry[]> };

/** A store whose content grows with each wait. */
function growingStore(script: Script): ReadableStore & { grow: (isRecord: boolean, host: string) => void } {
  const seen = { records: 0, entries: new Map<string, number>() };
  return {
    grow: (isRecord, host) => {
      if (isRecord) seen.records += 1;
      else seen.entries.set(host, (seen.entries.get(host) ?? 0) + 1);
    },
    readRecords: async function* (_run, from = 0) {
      yield* script.records.slice(from, seen.records);
    },
    readEntries: async function* (_run, host, from) {
      const stream = (script.streams.get(host) ?? []).slice(0, seen.entries.get(host) ?? 0);
      for (const [sequence, entry] of stream.entries()) if (sequence >= from) yield { sequence, entry };
    },
  };
}

const started: RunEvent = { kind: 'message', level: 'plain', text: 'started' };
const finished: RunEvent = { kind: 'run-finished', at: 9, exitCode: 0 };

function said(host: string, order: OrderKey, at: number): Said[] {
  const id = order.join('.');
  const task = { id, title: id, action: 'x', file: 'f', line: 1, isHandler: false, isCheckMode: false };
  const outcome = { host, status: 'ok', result: new Map() } as const;
  return [
    { order },
    { order, event: { kind: 'task-started', at, task: { ...task, isLoop: false, tags: [] } } },
    { order, event: { kind: 'task-finished', task: id, at, outcome } },
  ];
}

function text(event: RunEvent): string {
  if (event.kind === 'task-started') return `[${event.task.id}]`;
  if (event.kind === 'task-finished') return event.outcome.host;
  return event.kind === 'message' ? event.text : event.kind;
}

type Random = (below: number) => number;

function randomOf(seed: number): Random {
  let state = (seed * 2654435761) % 2147483648;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

const PLACES: readonly OrderKey[] = [[0], [1], [1, 'x.yml', 0], [1, 'y.yml', 0], [2], [3]];

/** Two batches over hosts that skip places at random, their words cut into entries at random. */
function randomScript(random: Random, hosts: readonly string[]): Script {
  const records: RunRecord[] = [started];
  const streams = new Map<string, HostEntry[]>(hosts.map((host) => [host, []]));
  for (const batch of [0, 1]) {
    records.push({ kind: 'batch', batch, hosts, isFree: false });
    for (const host of hosts) {
      const words = PLACES.filter(() => random(3) > 0).flatMap((order) => said(host, order, 0));
      const entries = streams.get(host) ?? [];
      const marksEnd = random(2) === 0;
      while (words.length > 0) {
        const cut = words.splice(0, 1 + random(5));
        const end: readonly Said[] = marksEnd && words.length === 0 ? [{ order: [] }] : [];
        entries.push({ writer: 'w', batch, start: 0, said: [...cut, ...end] });
      }
    }
    records.push({ kind: 'message', level: 'plain', text: `batch ${batch} over` });
  }
  return { records: [...records, finished], streams };
}

/** What the linearizer tells when it sits beside the hosts. */
function toldDirectly({ records, streams }: Script): string[] {
  return records.flatMap((record) => {
    if (record.kind !== 'batch') return [text(record)];
    const told: string[] = [];
    const line = createLinearizer(record.hosts, createOrderBook(), (event) => told.push(text(event)));
    for (const host of record.hosts) {
      for (const entry of streams.get(host) ?? []) {
        if (entry.batch !== record.batch) continue;
        for (const { event, order } of entry.said)
          if (order.length === 0) continue;
          else if (event === undefined) line.arrive(host, order);
          else line.take({ host, order, event });
      }
      line.end(host);
    }
    return told;
  });
}

async function collect(events: AsyncIterable<RunEvent>): Promise<string[]> {
  const told: string[] = [];
  for await (const event of events) told.push(text(event));
  return told;
}

/** All that a run appends, in an order that could have happened. */
function* interleaved(script: Script, random: Random): Generator<{ isRecord: boolean; host: string }> {
  const left = new Map(
    [...script.streams].map(([host, entries]) => [host, entries.map(({ batch }) => batch)]),
  );
  let batch = -1;
  for (const record of script.records) {
    const due = (): string[] => [...left].filter(([, rest]) => rest[0] === batch).map(([host]) => host);
    for (let hosts = due(); hosts.length > 0; hosts = due()) {
      const host = hosts[random(hosts.length)] ?? '';
      left.get(host)?.shift();
      yield { isRecord: false, host };
    }
    yield { isRecord: true, host: '' };
    if (record.kind === 'batch') batch = record.batch;
  }
}

test('followed live and read afterwards, a run is told as the linearizer tells it, whatever the timing', async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = randomOf(seed);
    const script = randomScript(random, ['a', 'b', 'c', 'd', 'e'].slice(0, 2 + random(4)));
    const expected = toldDirectly(script);
    const store = growingStore(script);
    const growth = interleaved(script, random);
    const wait = async (): Promise<boolean> => {
      for (let steps = 1 + random(6); steps > 0; steps -= 1) {
        const step = growth.next();
        if (step.done === true) return true;
        store.grow(step.value.isRecord, step.value.host);
      }
      return true;
    };
    expect(await collect(readRun(store, 'r', { wait }))).toEqual(expected);
    expect(await collect(readRun(store, 'r'))).toEqual(expected);
  }
});

test('a run that has not ended is shown as far as it is there', async () => {
  const script: Script = {
    records: [started, { kind: 'batch', batch: 0, hosts: ['a', 'b'], isFree: false }],
    streams: new Map([['b', [{ writer: 'w', batch: 0, start: 0, said: said('b', [0], 0) }]]]),
  };
  const store = growingStore(script);
  for (const isRecord of [true, true, false]) store.grow(isRecord, 'b');
  expect(await collect(readRun(store, 'r'))).toEqual(['started', '[0]', 'b']);
  expect(await collect(readRun(store, 'r', { wait: async () => false }))).toEqual(['started', '[0]', 'b']);
});

test('a host that has ended is not waited for', async () => {
  const script: Script = {
    records: [started, { kind: 'batch', batch: 0, hosts: ['a', 'b'], isFree: false }],
    streams: new Map([
      ['a', [{ writer: 'w', batch: 0, start: 0, said: [...said('a', [0], 0), { order: [] }] }]],
      ['b', [{ writer: 'w', batch: 0, start: 0, said: [...said('b', [0], 0), ...said('b', [1], 0)] }]],
    ]),
  };
  const store = growingStore(script);
  for (const host of ['', '', 'a', 'b']) store.grow(host === '', host);
  const told: string[] = [];
  const following = readRun(store, 'r', { wait: () => Promise.reject(new Error('waits')) });
  await expect(
    (async () => {
      for await (const event of following) told.push(text(event));
    })(),
  ).rejects.toThrow('waits');
  expect(told).toEqual(['started', '[0]', 'a', 'b', '[1]', 'b']);
});

test('an entry that is seen before the one in front of it waits for that', async () => {
  const entries = [said('a', [0], 0), said('a', [1], 0)].map((words) => ({
    writer: 'w',
    batch: 0,
    start: 0,
    said: words,
  }));
  let waits = 0;
  const store: ReadableStore = {
    readRecords: async function* (_run, from = 0) {
      const records: RunRecord[] = [{ kind: 'batch', batch: 0, hosts: ['a'], isFree: false }, finished];
      yield* records.slice(from, waits < 3 ? 1 : 2);
    },
    readEntries: async function* (_run, _host, from) {
      for (const [sequence, entry] of entries.entries())
        if (sequence >= from && (sequence === 1 || waits > 1)) yield { sequence, entry };
    },
  };
  const wait = async (): Promise<boolean> => {
    waits += 1;
    return true;
  };
  expect(await collect(readRun(store, 'r', { wait }))).toEqual(['[0]', 'a', '[1]', 'a', 'run-finished']);
});

test('hosts that run freely are told by time', async () => {
  const entry = (host: string, batch: number, words: readonly Said[]): [string, HostEntry[]] => [
    host,
    [{ writer: 'w', batch, start: 0, said: words }],
  ];
  const script: Script = {
    records: [started, { kind: 'batch', batch: 0, hosts: ['a', 'b'], isFree: true }, finished],
    streams: new Map([
      entry('a', 0, [...said('a', [0], 1), ...said('a', [1], 4)]),
      entry('b', 0, [...said('b', [0], 2), ...said('b', [1], 3)]),
    ]),
  };
  const store = growingStore(script);
  for (const host of ['', '', '', 'a', 'b']) store.grow(host === '', host);
  const expected = ['started', '[0]', 'a', '[0]', 'b', '[1]', 'b', '[1]', 'a', 'run-finished'];
  expect(await collect(readRun(store, 'r'))).toEqual(expected);
});

test('following asks little while a slow host is waited for', async () => {
  const hosts = Array.from({ length: 1_000 }, (_, index) => `h${index}`);
  const script: Script = {
    records: [started, { kind: 'batch', batch: 0, hosts, isFree: false }, finished],
    streams: new Map(
      hosts.map((host) => [host, [{ writer: 'w', batch: 0, start: 0, said: said(host, [0], 0) }]]),
    ),
  };
  const store = growingStore(script);
  let reads = 0;
  const counting: ReadableStore = {
    readRecords: store.readRecords,
    readEntries: (run, host, from) => {
      reads += 1;
      return store.readEntries(run, host, from);
    },
  };
  for (const host of ['', '', ...hosts.slice(1)]) store.grow(host === '', host);
  let waits = 0;
  const wait = async (): Promise<boolean> => {
    waits += 1;
    if (waits === 100) {
      store.grow(false, 'h0');
      store.grow(true, '');
    }
    return true;
  };
  const told = await collect(readRun(counting, 'r', { wait }));
  expect(told.length).toBe(1_003);
  expect(reads).toBeLessThan(2 * 1_000 + 2 * 100);
});
