/**
 * Puts the events of hosts that run ahead of each other into the order of `strategy: linear`: task by task, and within
 * a task host by host.
 *
 * For each task it goes over the hosts once, and waits at the first one that may still have something to say there;
 * so the work is proportional to hosts × tasks, and the order does not depend on timing.
 */

import type { OrderBook } from '../wire/order-book.ts';
import type { HostEvent, OrderKey, RunEvent } from '../wire/run-event.ts';

export type Linearizer = {
  /** An event of a host, at or after the place at which it arrived last. */
  readonly take: (event: HostEvent) => void;
  /** The host is at `order`: it has said all that comes before. */
  readonly arrive: (host: string, order: OrderKey) => void;
  /** The host says nothing more. */
  readonly end: (host: string) => void;
  /** The host without which nothing more can be told; undefined when all is told. */
  readonly waitsFor: () => string | undefined;
};

type Lane = {
  queue: HostEvent[];
  /** Where the host is; undefined before its first task. */
  at: OrderKey | undefined;
  hasEnded: boolean;
};

type Search = { readonly kind: 'search'; index: number; best: OrderKey | undefined };
type Telling = { readonly kind: 'telling'; index: number; readonly order: OrderKey };

/** A linearizer over the hosts of one batch, in their order. */
export function createLinearizer(
  hosts: readonly string[],
  book: OrderBook,
  emit: (event: RunEvent) => void,
): Linearizer {
  const lanes = new Map<string, Lane>(
    hosts.map((host) => [host, { queue: [], at: undefined, hasEnded: false }]),
  );
  const names = [...lanes.keys()];
  const order = [...lanes.values()];
  const banners = new Set<string>();
  const includes = new Map<string, RunEvent>();
  let step: Search | Telling = { kind: 'search', index: 0, best: undefined };

  const tell = (event: RunEvent): void => {
    if (event.kind === 'task-started') {
      if (banners.has(event.task.id)) return;
      banners.add(event.task.id);
    }
    if (event.kind === 'task-finished' && event.isInclude === true) {
      includes.set(`${event.outcome.host}\n`, event);
      return;
    }
    if (event.kind !== 'file-included') {
      emit(event);
      return;
    }
    let key = `${event.file}\n${event.label ?? ''}`;
    // A host that includes the same once more is told of in a line of its own.
    while (event.hosts.some((host) => hostsOf(includes.get(key)).includes(host))) key += '\n';
    const known = includes.get(key);
    includes.set(
      key,
      known?.kind !== 'file-included' ? event : { ...event, hosts: [...known.hosts, ...event.hosts] },
    );
  };

  /** Tells what the lane has to say at `place`. True when it has nothing more to say there. */
  const tellLane = (lane: Lane, place: OrderKey): boolean => {
    let isOver = false;
    while (lane.queue[0] !== undefined && book.compare(lane.queue[0].order, place) === 0) {
      const { event } = lane.queue[0];
      lane.queue.shift();
      isOver = event.kind === 'task-finished';
      tell(event);
    }
    return (
      isOver ||
      lane.hasEnded ||
      lane.queue.length > 0 ||
      (lane.at !== undefined && book.compare(lane.at, place) > 0)
    );
  };

  const search = (search_: Search): Search | Telling | undefined => {
    for (; search_.index < order.length; search_.index += 1) {
      const lane = order[search_.index];
      const next = lane === undefined ? undefined : (lane.queue[0]?.order ?? lane.at);
      if (lane === undefined || (next === undefined && lane.hasEnded)) continue;
      if (next === undefined) return undefined;
      if (search_.best === undefined || book.compare(search_.best, next) > 0) search_.best = next;
    }
    return search_.best === undefined ? undefined : { kind: 'telling', index: 0, order: search_.best };
  };

  const telling = (now: Telling): Search | undefined => {
    for (; now.index < order.length; now.index += 1) {
      const lane = order[now.index];
      if (lane !== undefined && !tellLane(lane, now.order)) return undefined;
      // What the host does next is not known before it arrives there.
      if (lane?.at !== undefined && lane.queue.length === 0 && book.compare(lane.at, now.order) === 0)
        lane.at = undefined;
    }
    for (const event of includes.values()) emit(event);
    includes.clear();
    return { kind: 'search', index: 0, best: undefined };
  };

  const pump = (): void => {
    for (;;) {
      const next = step.kind === 'search' ? search(step) : telling(step);
      if (next === undefined) return;
      step = next;
    }
  };

  const laneOf = (host: string): Lane => {
    const lane = lanes.get(host);
    if (lane === undefined) throw new Error(`${host} is not in this batch`);
    return lane;
  };

  return {
    take: (event) => {
      laneOf(event.host).queue.push(event);
      pump();
    },
    arrive: (host, place) => {
      laneOf(host).at = place;
      pump();
    },
    end: (host) => {
      const lane = laneOf(host);
      lane.hasEnded = true;
      lane.at = undefined;
      pump();
    },
    waitsFor: () => {
      pump();
      return names[step.index];
    },
  };
}

function hostsOf(event: RunEvent | undefined): readonly string[] {
  return event?.kind === 'file-included' ? event.hosts : [];
}
