/** What a host function answers its controller: where the host stands, and what concerns the others. */

import type { Dict } from '../base/value.ts';
import type { OrderKey } from './run-event.ts';

/** Where a host stopped. */
export type HostOutcome =
  /** With `isFatalForAll` by a failure that would end the play for other hosts as well. */
  | { readonly kind: 'ended'; readonly how: HostEnd; readonly isFatalForAll: boolean }
  /** Stands before a task at which hosts meet; see Meeting. */
  | {
      readonly kind: 'waiting';
      readonly order: OrderKey;
      readonly reason: string;
      readonly isOnce: boolean;
      readonly width?: number;
    }
  /** Ran the one task at which all met. */
  | { readonly kind: 'paused'; readonly met: MetTask };

/** Dropped: went through its play, but an include that failed keeps it from later ones, although it was rescued. */
export type HostEnd = 'done' | 'dropped' | 'failed' | 'unreachable';

/** The end of a task at which hosts met. */
export type MetTask = {
  readonly status: 'failed' | 'ignored' | 'ok' | 'rescued' | 'unreachable';
  /** `any_errors_fatal`, or run once for all: a failure ends the play. */
  readonly isFatalForAll: boolean;
  /** For the hosts that take over the result of a run_once; absent for meta tasks. */
  readonly shared?: SharedEnd;
  /** `delegate_facts`: what belongs to other hosts. */
  readonly gifts: readonly FactGift[];
  /** Of add_host and group_by: the results that change the inventory. */
  readonly changes: readonly Dict[];
  /** Of meta tasks: what it asks of the whole play. */
  readonly effect?: MetaEffect;
  /** How the host went on; undefined while it goes on. */
  readonly ended: HostEnd | undefined;
};

/** Facts that a delegated task found for the host it ran on. `action` says what kind of facts. */
export type FactGift = { readonly host: string; readonly action: string; readonly result: Dict };

/** A task's end as another host takes it over. */
export type SharedEnd = { readonly result: Dict; readonly items: readonly Dict[] | undefined };

/** What a meta action asks for beyond the state of its own host. */
export type MetaEffect =
  | 'clear_facts'
  | 'clear_host_errors'
  | 'end_batch'
  | 'end_play'
  | 'refresh_inventory'
  | 'reset_connection';

/** How far a host goes: ahead until hosts must meet, or just the one task at which all have met. */
export type Reach = 'ahead' | 'one';
