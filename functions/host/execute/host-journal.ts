/**
 * The journal of a host: every change of its state, in the order in which they hold. Played back, it leads to the same
 * state without running anything; so an invocation goes on where another one stopped.
 */

import type { Value } from '../../../shared/base/value.ts';
import type { HostAnswer, HostChange } from '../../../shared/wire/stage.ts';
import type { HostVars } from './host-state.ts';
import type { TaskEnd } from './task-end.ts';

export type StateChange =
  /** Enters a play with what earlier plays have left. */
  | {
      readonly kind: 'entered';
      /** The record of the stage in which it did, by content hash. */
      readonly work: string;
      readonly vars: HostVars;
      readonly startAt?: string;
      /** The last of the controller's orders that `vars` contain; -1 for none. */
      readonly lastOrder: number;
    }
  /** The task at `place` (see placeKey) ended; `notified` are the numbers of its handlers. */
  | {
      readonly kind: 'ended';
      readonly place: string;
      readonly end: TaskEnd;
      readonly notified: readonly number[];
      /** It was skipped on the target, when its role already counted as one that has run. */
      readonly hasRun?: true;
    }
  /** What is not pure was answered to the templates of the task at `place`; kept before a request built on it leaves. */
  | {
      readonly kind: 'answered';
      readonly place: string;
      readonly answers: readonly (readonly [question: string, answer: Value])[];
    }
  /** A pause of the task at `place` ends at this time, in ms since the epoch; `count` tells its pauses apart. */
  | { readonly kind: 'slept'; readonly place: string; readonly count: number; readonly until: number }
  /** The controller changed the state: another host's result, a gift of facts, facts cleared. */
  | { readonly kind: 'changed'; readonly order: number; readonly change: HostChange }
  /** An agent serves a connection of this host; without `agent` it was ended on purpose. */
  | { readonly kind: 'agent'; readonly way: string; readonly agent?: string }
  /** The host's part of a stage is over: the answer to give when it is asked for again. */
  | {
      readonly kind: 'answer';
      readonly stage: number;
      /** The stage's record, by content hash. */
      readonly work: string;
      readonly answer: HostAnswer;
      /** What is left for later plays; of hosts that have ended this one. */
      readonly left?: HostVars;
    };

/** Where a host's run takes note of its changes. */
export type HostJournal = {
  /**
   * Takes note, at once. What the host has emitted before is stored together with it, and not earlier: a task that
   * has not ended is told anew by whoever runs it again.
   */
  readonly note: (change: StateChange) => void;
  /** Resolves when all that was noted before is stored; in the order of the calls. Rejects when it cannot be stored. */
  readonly secured: () => Promise<void>;
};
