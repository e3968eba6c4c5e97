/** The engine port: what carries invocations to hosts. The controller knows nothing else of them. */

import type { BatchWork } from '../../shared/plan/batch-work.ts';
import type { FactGift, HostOutcome, Reach, SharedEnd } from '../../shared/wire/host-outcome.ts';
import type { HostTally } from '../../shared/wire/recap.ts';
import type { HostEvent, OrderKey } from '../../shared/wire/run-event.ts';

export type Engine = {
  /** Lets the hosts enter a play. `isFree`: what they say is told as it comes, not in linear order. */
  readonly begin: (work: BatchWork, isFree: boolean) => void;
  /** Tells the hosts of a change: of the inventory, or of who is still in the play. */
  readonly update: (work: BatchWork, at: { readonly order: OrderKey; readonly compare: Compare }) => void;
  /** Runs the hosts' part of a stage. Each is told of when it ended, or all at the end, in the order of `hosts`. */
  readonly run: (hosts: readonly string[], reach: Reach, take: TakeOutcome) => Promise<void>;
  /** Gives hosts the result of a task that the host that ran last has run for all. */
  readonly adopt: (hosts: readonly string[], end: SharedEnd) => void;
  /** Gives a host what a task delegated to it found there. */
  readonly give: (gift: FactGift) => void;
  /** Whether the host goes on in a rescue or always section. */
  readonly isSheltered: (host: string) => boolean;
  /** Ends the play for hosts. */
  readonly end: (hosts: readonly string[]) => void;
  readonly clearFacts: (hosts: readonly string[]) => void;
  /** What `--start-at-task` asked for, as long as no play has had it. */
  readonly missingStart: () => string | undefined;
  readonly close: () => Promise<void>;
};

export type Compare = (left: OrderKey, right: OrderKey) => number;

export type TakeOutcome = (host: string, outcome: HostOutcome) => void;

/**
 * Where an engine's hosts report to. Hosts in this process say what happens while it happens, and are counted by it;
 * those elsewhere say it to readers of their own, and are counted stage by stage.
 */
export type EngineEvents = {
  readonly emit: (event: HostEvent) => void;
  readonly arrive: (host: string, order: OrderKey) => void;
  /** What the hosts of a stage count and what set_stats gave them, in the order of the hosts. */
  readonly tally: (tallies: readonly HostTally[]) => void;
};
