/**
 * Reads a stored run in the order in which it is told: the run's own records, and where hosts speak in streams of their
 * own, these put together. What is read later is told in the same order as while it happened.
 */

import { limits } from '../shared/base/limits.ts';
import { createFreeOrder } from '../shared/report/free-order.ts';
import { createLinearizer } from '../shared/report/linear-order.ts';
import type { RunStore } from '../shared/store/run-store.ts';
import type { BatchRecord, Said } from '../shared/wire/host-journal.ts';
import { createOrderBook } from '../shared/wire/order-book.ts';
import type { RunEvent } from '../shared/wire/run-event.ts';
import { createHostFeeds, type HostFeeds } from './host-feeds.ts';
import { createRecordTail, type RecordTail } from './record-tail.ts';

export type ReadableStore = Pick<RunStore, 'readEntries' | 'readRecords'>;

/** Waits for what is not there yet. */
export type Following = {
  /** Resolves after about so many milliseconds; false when nothing more is worth waiting for. */
  readonly wait: (ms: number) => Promise<boolean>;
};

/** The run's events in their final order; without `following` those that are there now, else up to the run's end. */
export async function* readRun(
  store: ReadableStore,
  runId: string,
  following?: Following,
): AsyncGenerator<RunEvent> {
  const patience = createPatience(following);
  const records = createRecordTail(store, runId);
  const feeds = createHostFeeds(store, runId);
  for (;;) {
    const record = await records.take();
    if (record === undefined) {
      if (await patience.wait()) continue;
      return;
    }
    patience.reset();
    if (record.kind === 'batch') {
      yield* record.isFree
        ? readFreely(record, { records, feeds, patience })
        : readInOrder(record, { records, feeds, patience });
      continue;
    }
    yield record;
    if (record.kind === 'run-finished') return;
  }
}

type Patience = {
  /** Waits, longer each time; false when it is of no use. */
  readonly wait: () => Promise<boolean>;
  /** Something came. */
  readonly reset: () => void;
};

function createPatience(following: Following | undefined): Patience {
  let waitMs: number = limits.pollMsMin;
  let mayWait = following !== undefined;
  return {
    wait: async () => {
      mayWait = mayWait && following !== undefined && (await following.wait(waitMs));
      waitMs = Math.min(waitMs * 1.5, limits.pollMsMax);
      return mayWait;
    },
    reset: () => {
      waitMs = limits.pollMsMin;
    },
  };
}

type BatchReading = {
  readonly records: RecordTail;
  readonly feeds: HostFeeds;
  readonly patience: Patience;
};

/**
 * Gives the linearizer one thing at a time, always of the host that it waits for. So the order depends on nothing but
 * what was said, and of a slow host's followers nothing is read before it can be told.
 */
async function* readInOrder(batch: BatchRecord, reading: BatchReading): AsyncGenerator<RunEvent> {
  const told: RunEvent[] = [];
  const line = createLinearizer(batch.hosts, createOrderBook(), (event) => told.push(event));
  const feed = reading.feeds.open(batch);
  const isOver = endOf(reading);
  for (let host = line.waitsFor(); host !== undefined; host = line.waitsFor()) {
    const said = feed.take(host);
    if (said === 'ended') line.end(host);
    else if (said === 'unknown') await look();
    else if (said.event === undefined) line.arrive(host, said.order);
    else line.take({ host, order: said.order, event: said.event });
    yield* told.splice(0);
  }

  async function look(): Promise<void> {
    const wanted = line.waitsFor();
    if (wanted === undefined) return;
    const isLast = isOver.known();
    if (await feed.read(wanted, isLast)) reading.patience.reset();
    else if (!isLast && !(await isOver.ask())) await isOver.wait();
  }
}

type BatchEnd = {
  readonly known: () => boolean;
  /** Looks whether the run has gone on behind the batch. */
  readonly ask: () => Promise<boolean>;
  /** Waits for more; when that is of no use, what is there counts as all. */
  readonly wait: () => Promise<void>;
};

function endOf({ patience, records }: BatchReading): BatchEnd {
  let isOver = false;
  return {
    known: () => isOver,
    ask: async () => {
      isOver = (await records.peek()) !== undefined;
      return isOver;
    },
    wait: async () => {
      isOver = !(await patience.wait());
    },
  };
}

type Timed = { readonly host: string; readonly at: number; readonly said: Said };

/**
 * Hosts that run freely are told as they come: in rounds over all of them, and in each round by time. A run that has
 * ended is told in few, large rounds, so that time decides throughout unless the batch is very large.
 */
async function* readFreely(batch: BatchRecord, reading: BatchReading): AsyncGenerator<RunEvent> {
  const told: RunEvent[] = [];
  const tell = createFreeOrder((event) => told.push(event));
  const feed = reading.feeds.open(batch);
  const isOver = endOf(reading);
  await isOver.ask();
  for (;;) {
    const isLast = isOver.known();
    const news: Timed[] = [];
    for (const host of await feed.readNext(isLast)) news.push(...timed(host, feed.takeAll(host)));
    news.sort((left, right) => left.at - right.at);
    for (const { host, said } of news)
      if (said.event !== undefined) tell({ host, order: said.order, event: said.event });
    yield* told.splice(0);
    if (news.length > 0) reading.patience.reset();
    else if (isLast) {
      if (feed.isExhausted()) return;
    } else if (!(await isOver.ask())) await isOver.wait();
  }
}

/** What says no time happened with what came after it. */
function timed(host: string, all: readonly Said[]): readonly Timed[] {
  let next = Number.POSITIVE_INFINITY;
  return all
    .toReversed()
    .map((said) => {
      const { event } = said;
      if (event !== undefined && 'at' in event) next = event.at;
      return { host, at: next, said };
    })
    .reverse();
}
