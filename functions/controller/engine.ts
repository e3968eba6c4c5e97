/** The engine port: what carries invocations to hosts. The controller knows nothing else of them. */

import type { BatchWork } from '../../shared/plan/batch-work.ts';
import type { FactGift, HostOutcome, Reach, SharedEnd } from '../../shared/wire/host-outcome.ts';
import type { HostEvent, OrderKey } from '../../shared/wire/run-event.ts';

export type Engine = {
  /** Lets the hosts enter a play. */
  readonly begin: (work: BatchWork) => void;
  /** Tells the hosts of a change: of the inventory, or of who is still in the play. */
  readonly update: (work: BatchWork, at: { readonly order: OrderKey; readonly compare: Compare }) => void;
  readonly run: (host: string, reach: Reach) => Promise<HostOutcome>;
  /** Gives a host the result of a task that another one ran for all. */
  readonly adopt: (host: string, end: SharedEnd) => void;
  /** Gives a host what a task delegated to it found there. */
  readonly give: (gift: FactGift) => void;
  /** Whether the host goes on in a rescue or always section. */
  readonly isSheltered: (host: string) => boolean;
  /** Ends the play for a host. */
  readonly end: (host: string) => void;
  readonly clearFacts: (host: string) => void;
  /** What `--start-at-task` asked for, as long as no play has had it. */
  readonly missingStart: () => string | undefined;
  readonly close: () => Promise<void>;
};

export type Compare = (left: OrderKey, right: OrderKey) => number;

/** Where an engine's hosts report to. */
export type EngineEvents = {
  readonly emit: (event: HostEvent) => void;
  readonly arrive: (host: string, order: OrderKey) => void;
};
