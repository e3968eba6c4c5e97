/** Counts outcomes into the lines of PLAY RECAP. */

import { type Dict, isDict, type Value } from '../base/value.ts';
import type { HostRecap, OrderKey, RunEvent, TaskOutcome } from './run-event.ts';

type Counts = { -readonly [Key in Exclude<keyof HostRecap, 'host'>]: number };

/** What a set_stats task gave, as its result holds it, and where in its play. */
export type GivenStats = { readonly order: OrderKey; readonly host: string; readonly stats: Dict };

/** What a host counted in a stage; absent when nothing happened. */
export type HostTally = { readonly recap?: HostRecap; readonly customStats?: readonly GivenStats[] };

export type Recap = {
  readonly count: (event: RunEvent) => void;
  /** Takes what was counted elsewhere; what set_stats gave, in the order of `given`. */
  readonly add: (lines: readonly HostRecap[], given: readonly GivenStats[]) => void;
  /** Sorted by host name, as Ansible prints them. */
  readonly lines: () => readonly HostRecap[];
  /** What set_stats gave: `_run` and hosts, each a dict. */
  readonly customStats: () => Dict;
};

const INCLUDE = /(^|\.)(include|include_tasks|include_role)$/;

/** An empty recap. */
export function createRecap(): Recap {
  const hosts = new Map<string, Counts>();
  const stats: Dict = new Map();
  const includes = new Set<string>();
  const countsOf = (host: string): Counts => {
    const known = hosts.get(host) ?? {
      ok: 0,
      changed: 0,
      unreachable: 0,
      failed: 0,
      skipped: 0,
      rescued: 0,
      ignored: 0,
    };
    hosts.set(host, known);
    return known;
  };
  return {
    count: (event) => {
      switch (event.kind) {
        case 'task-started':
          if (INCLUDE.test(event.task.action)) includes.add(event.task.id);
          return;
        case 'file-included':
          for (const host of event.hosts) countsOf(host).ok += 1;
          return;
        case 'task-finished':
          // An include counts by the files that it brings in.
          if (includes.has(event.task) && event.outcome.status === 'ok') return;
          if (event.outcome.isUncounted === true) return;
          add(countsOf(event.outcome.host), event.outcome);
          addStats(stats, event.outcome.host, event.outcome.result.get('ansible_stats'));
          return;
        default:
      }
    },
    add: (lines, given) => {
      for (const { host, ...counts } of lines) addCounts(countsOf(host), counts);
      for (const { host, stats: added } of given) addStats(stats, host, added);
    },
    customStats: () => stats,
    lines: () =>
      [...hosts]
        .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([host, counts]) => ({ host, ...counts })),
  };
}

/** What set_stats gave with an event, for a {@link HostTally}. */
export function givenStats(event: RunEvent, order: OrderKey): readonly GivenStats[] {
  if (event.kind !== 'task-finished' || event.outcome.isUncounted === true) return [];
  const { host, result } = event.outcome;
  const stats = result.get('ansible_stats');
  return isDict(stats) ? [{ order, host, stats }] : [];
}

function addCounts(counts: Counts, more: Counts): void {
  counts.ok += more.ok;
  counts.changed += more.changed;
  counts.unreachable += more.unreachable;
  counts.failed += more.failed;
  counts.skipped += more.skipped;
  counts.rescued += more.rescued;
  counts.ignored += more.ignored;
}

function add(counts: Counts, { status, ignored, rescued, result }: TaskOutcome): void {
  switch (status) {
    case 'ok':
      counts.ok += 1;
      return;
    case 'changed':
      counts.ok += 1;
      counts.changed += 1;
      return;
    case 'skipped':
      counts.skipped += 1;
      return;
    case 'unreachable':
      if (ignored !== true) counts.unreachable += 1;
      else {
        counts.ok += 1;
        counts.ignored += 1;
      }
      return;
    case 'failed':
      if (ignored === true) {
        counts.ok += 1;
        counts.ignored += 1;
        counts.changed += result.get('changed') === true ? 1 : 0;
      } else if (rescued === true) counts.rescued += 1;
      else counts.failed += 1;
      return;
    default:
      status satisfies never;
  }
}

/** Adds what a set_stats task gave: numbers add up, lists and dicts join, anything else is replaced. */
function addStats(stats: Dict, host: string, given: Value | undefined): void {
  if (!isDict(given)) return;
  const data = given.get('data');
  const owner = given.get('per_host') === true ? host : '_run';
  const known = stats.get(owner);
  const mine: Dict = isDict(known) ? known : new Map();
  stats.set(owner, mine);
  for (const [name, value] of isDict(data) ? data : [])
    mine.set(name, given.get('aggregate') === false ? value : joined(mine.get(name), value));
}

function joined(before: Value | undefined, value: Value): Value {
  if (typeof before === 'number' && typeof value === 'number') return before + value;
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value];
  if (isDict(before) && isDict(value)) return new Map([...before, ...value]);
  return typeof before === 'string' && typeof value === 'string' ? before + value : value;
}
