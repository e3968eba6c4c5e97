/**
 * What a host leaves behind while it goes through a run, as an append-only stream: what was said, for those who read,
 * and sealed, what its state is made of, for the invocation that goes on from there.
 */

import type { OrderKey, RunEvent } from './run-event.ts';

/**
 * One entry of a host's stream. Entries are numbered from 0 without gaps; the first to write a number wins. Whoever
 * finds a number taken by another writer has been replaced, and stops.
 */
export type HostEntry = {
  /** The invocation that wrote it: unique for each try. */
  readonly writer: string;
  /** The batch of the run that it belongs to; see {@link BatchRecord}. */
  readonly batch: number;
  /** The number of the entry in which the host entered its present play: the state is made from there on. */
  readonly start: number;
  /** What was said, in order. */
  readonly said: readonly Said[];
  /** Changes of the state, sealed; oldest first. */
  readonly sealed?: Uint8Array;
};

/**
 * Something that a host said at a place of its play. Without an event it has only arrived there. At no place, `[]`, it has
 * ended its play: it says nothing more in this batch, and readers need not wait for it.
 */
export type Said = { readonly order: OrderKey; readonly event?: RunEvent };

/**
 * Stands in the run's own stream where the hosts of a batch say what they have to say. What follows it in that stream
 * was written when the batch was over.
 */
export type BatchRecord = {
  readonly kind: 'batch';
  readonly batch: number;
  readonly hosts: readonly string[];
  /** Told as it comes, not in linear order. */
  readonly isFree: boolean;
};

/** What the run's own stream holds. On a laptop these are all events, in their final order. */
export type RunRecord = BatchRecord | RunEvent;
