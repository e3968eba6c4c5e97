/** The engine of the command line: every host's run lives in this process. */

import type { Compare, Engine, EngineEvents } from '../functions/controller/engine.ts';
import type { HostPorts } from '../functions/host/execute/host-ports.ts';
import { HostRun } from '../functions/host/execute/host-run.ts';
import type { HostVars } from '../functions/host/execute/host-state.ts';
import type { PlayContext } from '../functions/host/execute/play-context.ts';
import type { BatchWork } from '../shared/plan/batch-work.ts';
import type { OrderKey } from '../shared/wire/run-event.ts';

export type InProcessDeps = Omit<HostPorts, 'arrive' | 'emit'> & {
  /** How many hosts run at a time. */
  readonly forks: number;
  /** The first task to run, by its name or a glob. */
  readonly startAtTask?: string | undefined;
  /** What the hosts of a batch need to know of the play; `varsOf` reads another host as it was at the meeting. */
  readonly contextOf: (work: BatchWork, varsOf: (host: string) => HostVars) => PlayContext;
};

/** An engine whose hosts keep their state, sessions and caches between invocations. */
export function createInProcessEngine(deps: InProcessDeps, events: EngineEvents): Engine {
  const runs = new Map<string, HostRun>();
  const runOf = (host: string): HostRun => {
    const known =
      runs.get(host) ??
      new HostRun(host, {
        connect: deps.connect,
        modules: deps.modules,
        clock: deps.clock,
        factCache: deps.factCache,
        emit: events.emit,
        arrive: (order) => events.arrive(host, order),
      });
    runs.set(host, known);
    return known;
  };
  let startAt = deps.startAtTask;
  const context = (work: BatchWork, varsOf: (host: string) => HostVars): PlayContext =>
    deps.contextOf(work, varsOf);
  return {
    begin: (work) => {
      const now = context(work, (host) => runOf(host).state.vars);
      for (const run of runs.values()) run.rest();
      const haveStarted = work.hosts.batch.map((host) => runOf(host).enterPlay(now, startAt));
      if (haveStarted.includes(true)) startAt = undefined;
    },
    update: (work, { order, compare }) => {
      const isReached = reachedFrom(order, compare);
      const now = context(work, (host) => runOf(host).varsAt(isReached));
      for (const host of work.hosts.batch) runOf(host).update(now);
    },
    run: (hosts, reach, take) =>
      inParallel(hosts, deps.forks, async (host) => take(host, await runOf(host).run(reach))),
    adopt: (hosts, end) => {
      for (const host of hosts) runOf(host).change({ kind: 'adopt', end });
    },
    give: (gift) => runOf(gift.host).change({ kind: 'give', gift }),
    isSheltered: (host) => runOf(host).isSheltered(),
    end: (hosts) => {
      for (const host of hosts) runOf(host).end();
    },
    clearFacts: (hosts) => {
      for (const host of hosts) runOf(host).change({ kind: 'clear-facts' });
    },
    missingStart: () => startAt,
    close: async () => {
      await Promise.all([...runs.values()].map((run) => run.close()));
    },
  };
}

/** Whether a place is the meeting's or behind it. */
function reachedFrom(meeting: OrderKey, compare: Compare): (order: OrderKey) => boolean {
  return (order) => compare(order, meeting) >= 0;
}

/** Runs `work` on all items, at most `width` at a time; the first error wins. */
async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
