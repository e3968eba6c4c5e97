/** What other hosts' tasks have set, read from their journals. */

import { limits } from '../../shared/base/limits.ts';
import { type Dict, isDict } from '../../shared/base/value.ts';
import { Suspension } from '../../shared/template/template-error.ts';
import type { OrderKey } from '../../shared/wire/run-event.ts';
import type { StageOrder, StageWork } from '../../shared/wire/stage.ts';
import { untilThere } from './execute/call-run.ts';
import type { StateChange } from './execute/host-journal.ts';
import { HostRun } from './execute/host-run.ts';
import { type HostVars, noVars } from './execute/host-state.ts';
import type { PlayContext } from './execute/play-context.ts';
import type { HostPast } from './host-stream.ts';

export type OtherHostsDeps = {
  readonly stage: StageWork;
  readonly read: (host: string) => Promise<HostPast>;
  /** The play's hosts, in their order. */
  readonly peers: () => Promise<readonly string[]>;
  /** The context of the play in which a stage, named by its hash, ran. */
  readonly contextOf: (work: string) => Promise<PlayContext>;
  readonly readFacts: (host: string) => Promise<Dict | undefined>;
  /** Whether a place is the meeting's or behind it. */
  readonly isReached: (order: OrderKey) => boolean;
  /** Ports of a run that only plays its journal back. */
  readonly silent: ConstructorParameters<typeof HostRun>[1];
};

/**
 * Reads hosts' variables when templates ask for them: the first question suspends, the next one is answered. Who asks
 * for one host after the other asks for all, so with each question more of those that follow are read ahead: a template
 * over all hosts would else be rendered as often as there are hosts.
 */
export function otherHosts(deps: OtherHostsDeps): (host: string) => HostVars {
  const known = new Map<string, HostVars>();
  const asked = new Map<string, Promise<void>>();
  const ask = (host: string): Promise<void> => {
    const arriving =
      asked.get(host) ??
      varsAtMeeting(host, deps).then((found) => {
        known.set(host, found);
      });
    asked.set(host, arriving);
    return arriving;
  };
  const askAhead = async (host: string, count: number): Promise<void> => {
    const peers = await deps.peers();
    const next = peers.indexOf(host) + 1;
    // Whoever comes to need one that cannot be read is told then.
    for (const peer of peers.slice(next, next + count)) ask(peer).catch(() => undefined);
  };
  let ahead = 0;
  return (host) => {
    const vars = known.get(host);
    if (vars !== undefined) return vars;
    const arriving = ask(host);
    if (ahead > 0) askAhead(host, ahead).catch(() => undefined);
    ahead = Math.min(Math.max(ahead * 2, 1), limits.hostsReadAheadMax);
    throw new Suspension(arriving, `what ${host} has set`);
  };
}

async function varsAtMeeting(host: string, deps: OtherHostsDeps): Promise<HostVars> {
  const past = await deps.read(host);
  if (past.batch !== deps.stage.batch) return varsLeft(host, past, deps);
  const run = await playedBack(host, past, deps);
  return run.varsAt(deps.isReached);
}

/** What a host brings into a play, or shows to others when it has no part in theirs. */
export async function varsLeft(host: string, past: HostPast, deps: OtherHostsDeps): Promise<HostVars> {
  const answer = past.changes.findLast((change) => change.kind === 'answer');
  if (answer?.left !== undefined) return withOrders(answer.left, host, { past, deps });
  if (past.start === undefined) {
    const facts = await deps.readFacts(host);
    const vars = isDict(facts) ? { ...noVars, facts: [facts] } : noVars;
    return withOrders(vars, host, { past, deps });
  }
  const run = await playedBack(host, past, deps);
  return run.snapshot();
}

/** The host as it stands: its journal played back, and what the controller has asked of it since. */
async function playedBack(host: string, past: HostPast, deps: OtherHostsDeps): Promise<HostRun> {
  const run = new HostRun(host, deps.silent);
  await run.restore(await deps.contextOf(workOf(past.changes)), past.changes);
  for (const { change } of openOrders(deps.stage.orders, host, past.changes))
    await untilThere(() => run.change(change));
  return run;
}

function withOrders(
  vars: HostVars,
  host: string,
  { past, deps }: { readonly past: HostPast; readonly deps: OtherHostsDeps },
): HostVars {
  return openOrders(deps.stage.orders, host, past.changes).reduce(
    (before, { change }) => HostRun.changedVars(before, change),
    vars,
  );
}

/** The controller's orders to a host that its journal does not hold yet. */
export function openOrders(
  orders: readonly StageOrder[],
  host: string,
  changes: readonly StateChange[],
): readonly StageOrder[] {
  const last = lastOrder(changes);
  return orders.filter(({ hosts, id }) => id > last && hosts.includes(host));
}

/** The last of the controller's orders that a journal holds; -1 when there is none. */
export function lastOrder(changes: readonly StateChange[]): number {
  return changes.reduce((last, change) => {
    if (change.kind === 'entered') return Math.max(last, change.lastOrder);
    return change.kind === 'changed' ? Math.max(last, change.order) : last;
  }, -1);
}

function workOf(changes: readonly StateChange[]): string {
  const latest = changes.findLast((change) => change.kind === 'answer' || change.kind === 'entered');
  if (latest?.kind !== 'answer' && latest?.kind !== 'entered')
    throw new Error('a journal without a beginning');
  return latest.work;
}
