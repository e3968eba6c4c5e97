/** Reads the streams of a run's hosts: no more of them than is needed next, and many at a time. */

import { inParallel } from '../shared/base/in-parallel.ts';
import { limits } from '../shared/base/limits.ts';
import type { RunStore } from '../shared/store/run-store.ts';
import type { BatchRecord, Said } from '../shared/wire/host-journal.ts';

/** The streams of all hosts; each batch goes on where the one before ended. */
export type HostFeeds = { readonly open: (batch: BatchRecord) => BatchFeed };

export type BatchFeed = {
  /** What the host says next, as far as it was read. */
  readonly take: (host: string) => Said | 'ended' | 'unknown';
  readonly takeAll: (host: string) => readonly Said[];
  /**
   * Reads on for the host, and for those behind it that have nothing left. With `isLast` all is there, so that a
   * stream's end is the host's end. True when something new is known of the host.
   */
  readonly read: (host: string, isLast: boolean) => Promise<boolean>;
  /** Reads on for the next hosts in turn, all of them with `isLast`, and names them. */
  readonly readNext: (isLast: boolean) => Promise<readonly string[]>;
  /** All hosts have ended, and nothing is left. */
  readonly isExhausted: () => boolean;
};

type Feed = {
  readonly host: string;
  said: Said[];
  /** Of `said`, how much was taken. */
  taken: number;
  hasEnded: boolean;
};

/** Opens the streams of a run; `next` entries are remembered across batches. */
export function createHostFeeds(store: Pick<RunStore, 'readEntries'>, runId: string): HostFeeds {
  const cursors = new Map<string, number>();
  return {
    open: (batch) => {
      const perHost = Math.max(
        limits.feedEventsPerHostMin,
        Math.floor(limits.feedEventsMax / batch.hosts.length),
      );
      return createBatchFeed(batch.hosts, (feed, isLast) => readOn(feed, isLast));

      /** Reads up to `perHost` things of the host. */
      async function readOn(feed: Feed, isLast: boolean): Promise<boolean> {
        const from = cursors.get(feed.host) ?? 0;
        const before = feed.said.length;
        for await (const { entry, sequence } of store.readEntries(runId, feed.host, from)) {
          // An entry in between is on its way; once all is there, none is.
          if (!isLast && sequence !== (cursors.get(feed.host) ?? 0)) break;
          if (entry.batch > batch.batch) {
            feed.hasEnded = true;
            return true;
          }
          cursors.set(feed.host, sequence + 1);
          if (entry.batch < batch.batch) continue;
          for (const said of entry.said)
            if (said.order.length === 0) feed.hasEnded = true;
            else feed.said.push(said);
          if (feed.hasEnded || feed.said.length - before >= perHost) return true;
        }
        feed.hasEnded = isLast;
        return isLast || feed.said.length > before;
      }
    },
  };
}

function createBatchFeed(
  hosts: readonly string[],
  readOn: (feed: Feed, isLast: boolean) => Promise<boolean>,
): BatchFeed {
  const feeds = hosts.map((host): Feed => ({ host, said: [], taken: 0, hasEnded: false }));
  const places = new Map(hosts.map((host, index) => [host, index]));
  let width = 1;
  let turn = 0;
  const feedOf = (host: string): Feed => {
    const feed = feeds[places.get(host) ?? -1];
    if (feed === undefined) throw new Error(`${host} is not in this batch`);
    return feed;
  };
  return {
    take: (host) => {
      const feed = feedOf(host);
      const said = feed.said[feed.taken];
      if (said === undefined) return feed.hasEnded ? 'ended' : 'unknown';
      feed.taken += 1;
      if (feed.taken === feed.said.length) forget(feed);
      return said;
    },
    takeAll: (host) => {
      const feed = feedOf(host);
      const all = feed.said.slice(feed.taken);
      forget(feed);
      return all;
    },
    read: async (host, isLast) => {
      const from = places.get(host) ?? 0;
      const wanted = [feedOf(host)];
      for (let index = from + 1; index < feeds.length && wanted.length < width; index += 1) {
        const feed = feeds[index];
        if (feed !== undefined && isHungry(feed)) wanted.push(feed);
      }
      let isNew = false;
      await readAll(wanted, async (feed) => {
        if (await readOn(feed, isLast)) isNew ||= feed.host === host;
      });
      // One question while there is nothing new; many as soon as there is.
      width = isNew ? Math.min(width * 2, limits.feedReadsAtOnce) : 1;
      return isNew;
    },
    readNext: async (isLast) => {
      const hungry = feeds.filter(isHungry);
      const first = isLast ? 0 : hungry.findIndex((feed) => (places.get(feed.host) ?? 0) >= turn);
      const wanted = isLast
        ? hungry
        : hungry.slice(Math.max(first, 0)).slice(0, limits.feedFreeHostsPerRound);
      const last = wanted.at(-1);
      turn = last === undefined ? 0 : ((places.get(last.host) ?? 0) + 1) % feeds.length;
      await readAll(wanted, async (feed) => void (await readOn(feed, isLast)));
      return wanted.map((feed) => feed.host);
    },
    isExhausted: () => !feeds.some(isHungry),
  };
}

function readAll(feeds: readonly Feed[], read: (feed: Feed) => Promise<void>): Promise<void> {
  return inParallel(feeds, limits.feedReadsAtOnce, read);
}

function isHungry(feed: Feed): boolean {
  return !feed.hasEnded && feed.taken === feed.said.length;
}

function forget(feed: Feed): void {
  feed.said = [];
  feed.taken = 0;
}
