/** What controller and host functions say to each other: a stage of a play, one host's part of it, and how it went. */

import type { Dict } from '../base/value.ts';
import type { FactGift, HostOutcome, Reach, SharedEnd } from './host-outcome.ts';
import type { HostTally } from './recap.ts';
import type { OrderKey } from './run-event.ts';
import type { RunRequest } from './run-request.ts';

/** Starts a run: the event of the controller function. */
export type RunInvocation = {
  readonly kind: 'run';
  readonly runId: string;
  /** The project's manifest, by content hash. */
  readonly project: string;
  /** Paths are relative to the project's root. */
  readonly request: RunRequest;
  /** As it is shown in the list of runs. */
  readonly command: readonly string[];
  /** What an execution that ran out of operations has learnt, by content hash: this one goes on from there. */
  readonly past?: string;
};

/** A part of a stage's hosts, for an execution of the controller function of its own. */
export type ShardInvocation = {
  readonly kind: 'shard';
  readonly runId: string;
  /** The {@link StageWork}, by content hash. */
  readonly stage: string;
  /** The names of the hosts that the stage runs, by content hash: 10,000 of them are too much for an event. */
  readonly hosts: string;
  /** Of these, from one index to before another. */
  readonly from: number;
  readonly to: number;
  /** How many may run at a time. */
  readonly width: number;
};

export type ControllerInvocation = RunInvocation | ShardInvocation;

/** One host's part of a stage: the event of the host function. The same event again changes nothing. */
export type HostInvocation = { readonly runId: string; readonly stage: string; readonly host: string };

/** All that the hosts of a stage have in common; lies in the store by content hash. */
export type StageWork = {
  readonly runId: string;
  readonly project: string;
  readonly request: RunRequest;
  /** Counts the run's stages, from 0. */
  readonly stage: number;
  /** Counts the run's batches, from 0. */
  readonly batch: number;
  /** Indices in the project. */
  readonly play: { readonly playbook: number; readonly play: number };
  /** The batch's first stage: its hosts enter the play. */
  readonly isFirst: boolean;
  readonly startAtTask?: string;
  readonly reach: Reach;
  readonly isDiff: boolean;
  readonly verbosity: number;
  readonly gathersFacts: boolean;
  readonly isLockStep: boolean;
  readonly promptVars: Dict;
  /** What add_host and group_by have made of the inventory so far, oldest first. */
  readonly changes: readonly { readonly host: string; readonly result: Dict }[];
  /** {@link StageHosts}, by content hash: the same for all stages of a batch. */
  readonly hosts: string;
  /** Those of the play that have failed or cannot be reached. */
  readonly lost: readonly string[];
  readonly batchSize: number;
  readonly maxFailPercentage?: number;
  /** Where all have met, for reading what other hosts had set there; absent while they run ahead from the start. */
  readonly meeting?: OrderKey;
  /** What hosts that may be read or run in this stage have not taken over yet, in order. */
  readonly orders: readonly StageOrder[];
};

export type StageHosts = {
  /** All hosts of the play. */
  readonly all: readonly string[];
  /** Those of the serial batch when it began. */
  readonly batch: readonly string[];
};

/** A change of hosts' states that the controller asks for. `id` counts over the run: a host takes each over once. */
export type StageOrder = {
  readonly id: number;
  readonly hosts: readonly string[];
  readonly change: HostChange;
};

export type HostChange =
  | { readonly kind: 'adopt'; readonly end: SharedEnd }
  | { readonly kind: 'clear-facts' }
  | { readonly kind: 'give'; readonly gift: FactGift };

/** How a host's part of a stage went, with what it counted in this stage alone. */
export type HostAnswer = HostTally & {
  readonly outcome: HostOutcome;
  /** Goes on in a rescue or always section. */
  readonly isSheltered: boolean;
  /** Found the task to start at; true when none was asked for. */
  readonly hasStarted: boolean;
};

/** An error that ends the run, raised on a host. */
export type HostAbort = { readonly abort: string; readonly isParserError: boolean };

/** The host's function could not be brought to an end, and why. */
export type HostLost = { readonly lost: string };

/** The run was asked to stop, and the host has begun nothing since. */
export type HostStopped = { readonly stopped: true };

export type StageAnswer = HostAbort | HostAnswer | HostLost | HostStopped;
