/**
 * Takes one serial batch of hosts through a play: stage by stage, as-if linear.
 *
 * Hosts run ahead on their own. When all have stopped, those that stand at the earliest meeting run just that task,
 * with everybody at rest; then they run ahead again.
 */

import type { Value } from '../../shared/base/value.ts';
import type { BatchWork } from '../../shared/plan/batch-work.ts';
import type { Inventory } from '../../shared/project/inventory/inventory.ts';
import type { ChangeReport } from '../../shared/project/inventory/result-changes.ts';
import type { HostEnd, HostOutcome, MetTask } from '../../shared/wire/host-outcome.ts';
import type { OrderBook } from '../../shared/wire/order-book.ts';
import type { OrderKey, RunEvent } from '../../shared/wire/run-event.ts';
import type { Engine } from './engine.ts';

export type BatchDeps = {
  readonly engine: Engine;
  readonly book: OrderBook;
  readonly isFree: boolean;
  readonly emit: (event: RunEvent) => void;
  /** The host says nothing more in this play. */
  readonly onEnd: (host: string) => void;
  readonly changeInventory: (inventory: Inventory, changes: readonly ChangeReport[]) => Inventory;
  readonly refreshInventory: () => Promise<Inventory>;
};

export type BatchResult = {
  readonly failed: readonly string[];
  /** Are kept from later plays, but do not count as failed in this one. */
  readonly dropped: readonly string[];
  readonly unreachable: readonly string[];
  /** A failure that ends the play for all hosts. */
  readonly isBroken: boolean;
  /** More hosts failed than max_fail_percentage allows. */
  readonly isAboveMax: boolean;
  /** `meta: end_play`: no further batch. */
  readonly isPlayOver: boolean;
  readonly inventory: Inventory;
};

type Waiting = Extract<HostOutcome, { kind: 'waiting' }>;

type Progress = {
  work: BatchWork;
  readonly waiting: Map<string, Waiting>;
  readonly ended: Map<string, HostEnd>;
  isBroken: boolean;
  isPlayOver: boolean;
};

/** Runs the batch to its end. */
export async function runBatch(work: BatchWork, deps: BatchDeps): Promise<BatchResult> {
  const progress: Progress = {
    work,
    waiting: new Map(),
    ended: new Map(),
    isBroken: false,
    isPlayOver: false,
  };
  deps.engine.begin(work, deps.isFree);
  await runAhead(work.hosts.batch, progress, deps);
  while (progress.waiting.size > 0 && !progress.isBroken) await runMeeting(progress, deps);
  progress.isBroken ||= isAboveMax(progress);
  if (progress.isBroken) endAll('failed', progress, deps);
  const ended = (how: HostEnd): readonly string[] =>
    work.hosts.batch.filter((host) => progress.ended.get(host) === how);
  return {
    failed: ended('failed'),
    dropped: ended('dropped'),
    unreachable: ended('unreachable'),
    isBroken: progress.isBroken,
    isAboveMax: isAboveMax(progress),
    isPlayOver: progress.isPlayOver,
    inventory: progress.work.inventory,
  };
}

/** Lets hosts run ahead until each ended or waits. */
async function runAhead(hosts: readonly string[], progress: Progress, deps: BatchDeps): Promise<void> {
  await deps.engine.run(hosts, 'ahead', (host, outcome) => take(host, outcome, progress, deps));
}

function take(host: string, outcome: HostOutcome, progress: Progress, deps: BatchDeps): void {
  switch (outcome.kind) {
    case 'ended':
      end(host, outcome.how, progress, deps);
      progress.isBroken ||= outcome.isFatalForAll;
      return;
    case 'waiting':
      progress.waiting.set(host, outcome);
      return;
    case 'paused':
      if (outcome.met.ended !== undefined) end(host, outcome.met.ended, progress, deps);
      return;
    default:
      outcome satisfies never;
  }
}

function end(host: string, how: HostEnd, progress: Progress, deps: BatchDeps): void {
  progress.ended.set(host, how);
  progress.waiting.delete(host);
  deps.onEnd(host);
}

/** Runs the task of the earliest meeting on those that stand there, and lets them go on. */
async function runMeeting(progress: Progress, deps: BatchDeps): Promise<void> {
  const { order, isOnce, width = Number.POSITIVE_INFINITY } = earliest(progress, deps);
  const hosts = progress.work.hosts.batch.filter((host) => {
    const at = progress.waiting.get(host)?.order;
    return at !== undefined && deps.book.compare(at, order) === 0;
  });
  refresh(progress, deps, order);
  for (const host of hosts) progress.waiting.delete(host);
  const met = await (isOnce
    ? meetOnce(hosts, progress, deps)
    : meetInTurns(hosts, width, (some) => meetAll(some, progress, deps)));
  if (isTooMuch(met, progress, deps)) {
    progress.isBroken = true;
    return;
  }
  refresh(progress, deps, order);
  await runAhead(
    hosts.filter((host) => !progress.ended.has(host)),
    progress,
    deps,
  );
}

function earliest(progress: Progress, deps: BatchDeps): Waiting {
  const inOrder = progress.work.hosts.batch.flatMap((host) => progress.waiting.get(host) ?? []);
  const [first, ...rest] = inOrder;
  if (first === undefined) throw new Error('nobody waits');
  return rest.reduce((best, next) => (deps.book.compare(best.order, next.order) > 0 ? next : best), first);
}

/** Tells the hosts who is left and what the inventory is now. */
function refresh(progress: Progress, deps: BatchDeps, order: OrderKey): void {
  const isLeft = (host: string): boolean => {
    const how = progress.ended.get(host);
    return how === undefined || how === 'done';
  };
  const { hosts } = progress.work;
  const left = { all: hosts.all, active: hosts.active.filter(isLeft), batch: hosts.batch.filter(isLeft) };
  progress.work = { ...progress.work, hosts: { ...left, batch: left.batch } };
  deps.engine.update(progress.work, { order, compare: deps.book.compare });
}

/** At most `width` hosts run the task at a time. */
async function meetInTurns(
  hosts: readonly string[],
  width: number,
  meet: (some: readonly string[]) => Promise<readonly MetTask[]>,
): Promise<readonly MetTask[]> {
  const met: MetTask[] = [];
  for (let from = 0; from < hosts.length; from += width)
    met.push(...(await meet(hosts.slice(from, from + width))));
  return met;
}

async function meetAll(
  hosts: readonly string[],
  progress: Progress,
  deps: BatchDeps,
): Promise<readonly MetTask[]> {
  const met: MetTask[] = [];
  const changes: ChangeReport[] = [];
  await deps.engine.run(hosts, 'one', (host, outcome) => {
    take(host, outcome, progress, deps);
    if (outcome.kind !== 'paused') return;
    met.push(outcome.met);
    for (const gift of outcome.met.gifts) deps.engine.give(gift);
    for (const result of outcome.met.changes) changes.push({ host, result });
  });
  const { work } = progress;
  progress.work = { ...work, inventory: deps.changeInventory(work.inventory, changes) };
  return met;
}

/** One host runs the task; the others take its result over. */
async function meetOnce(
  hosts: readonly string[],
  progress: Progress,
  deps: BatchDeps,
): Promise<readonly MetTask[]> {
  const [first, ...others] = hosts;
  if (first === undefined) return [];
  const [met] = await meetAll([first], progress, deps);
  if (met === undefined) return [];
  await applyEffect(met, others, progress, deps);
  if (met.shared !== undefined && met.status !== 'unreachable') deps.engine.adopt(others, met.shared);
  return [met];
}

/** What a meta action does to the whole play; the `others` stood at it too. */
async function applyEffect(
  met: MetTask,
  others: readonly string[],
  progress: Progress,
  deps: BatchDeps,
): Promise<void> {
  const everybody = progress.work.hosts.batch;
  switch (met.effect) {
    case undefined:
    case 'reset_connection':
      return;
    case 'clear_facts':
      deps.engine.clearFacts(everybody);
      break;
    case 'clear_host_errors':
      for (const [host, how] of progress.ended) if (how !== 'done') progress.ended.delete(host);
      break;
    case 'refresh_inventory':
      progress.work = { ...progress.work, inventory: await deps.refreshInventory() };
      break;
    case 'end_batch':
    case 'end_play':
      progress.isPlayOver ||= met.effect === 'end_play';
      endAll('done', progress, deps);
      return;
    default:
      met.effect satisfies never;
  }
  deps.engine.adopt(others, { result: new Map<Value, Value>(), items: undefined });
}

/**
 * A failure at a meeting that ends the play: fatal for all, or above max_fail_percentage. Hosts that go on in a rescue
 * or always section are spared what is fatal for all.
 */
function isTooMuch(met: readonly MetTask[], progress: Progress, deps: BatchDeps): boolean {
  const isBad = ({ status }: MetTask): boolean => status === 'failed' || status === 'unreachable';
  const hosts = progress.work.hosts.batch;
  if (met.some((task) => task.isFatalForAll && isBad(task)) && !hosts.every(deps.engine.isSheltered))
    return true;
  return isAboveMax(progress);
}

function isAboveMax(progress: Progress): boolean {
  const { maxFailPercentage } = progress.work;
  if (maxFailPercentage === undefined) return false;
  const failed = [...progress.ended.values()].filter((how) => how === 'dropped' || how === 'failed').length;
  return (failed / progress.work.batchSize) * 100 > maxFailPercentage;
}

/** Ends the play for all that were still in it. */
function endAll(how: HostEnd, progress: Progress, deps: BatchDeps): void {
  const hosts = progress.work.hosts.batch.filter((host) => !progress.ended.has(host));
  deps.engine.end(hosts);
  for (const host of hosts) end(host, how, progress, deps);
}
