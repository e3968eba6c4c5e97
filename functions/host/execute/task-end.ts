/** How a task starts and ends, for all that run tasks, show them, or go on from them. */

import type { Dict } from '../../../shared/base/value.ts';
import type { ActionCall, LocalAction, Remote, RemoteAction } from '../actions/action.ts';
import type { TaskKeywords } from './task-keywords.ts';

/** What became of one item (or of a task without a loop). */
export type ItemEnd = {
  readonly result: Dict;
  readonly noLog: boolean;
  readonly keywords: TaskKeywords | undefined;
  /** Of loop items: the printed label. */
  readonly label: string | undefined;
  /** Of delegated work: the other host's `ansible_host`. */
  readonly delegatedAddress?: string | undefined;
  /** Its loop ends with it, and it is all that remains of that. */
  readonly endsLoop?: true;
};

export type TaskEnd = ItemEnd & {
  readonly items: readonly ItemEnd[] | undefined;
};

/** A started task: over, or on its way. With `isWhole` nothing of it waits to be sent. */
export type TaskStart =
  | {
      readonly kind: 'on-the-way';
      readonly end: Promise<TaskEnd | 'discarded'>;
      readonly isWhole: boolean;
    }
  | { readonly kind: 'over'; readonly end: TaskEnd };

/** How a background job is doing: seen while waiting for it, or over. */
export type JobProgress =
  | {
      readonly kind: 'async-polled';
      readonly job: string;
      readonly started: number;
      readonly finished: number;
    }
  | { readonly kind: 'async-finished'; readonly job: string; readonly hasFailed: boolean };

/** A call among those of its task. */
export type CallPlace = {
  readonly isLast: boolean;
  readonly isLoop: boolean;
  /** Of the item, from 0. */
  readonly item: number;
  /** From 1: `until` tries again. */
  readonly attempt: number;
};

/** What running a task needs from the executor. */
export type TaskPorts = {
  readonly local: (name: string) => LocalAction | undefined;
  readonly remote: (name: string) => RemoteAction;
  /** The way to the target for one call of the task. */
  readonly connect: (call: ActionCall, of: CallPlace) => Remote;
  /**
   * Whether all calls go the same way to the target. Throws Suspension when what is on the way must end first:
   * another connection, or one without the agent.
   */
  readonly isOneWay: (calls: readonly ActionCall[]) => boolean;
  readonly onRetry: (end: ItemEnd, attemptsLeft: number) => void;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onItem: (end: ItemEnd) => void;
  readonly sleep: (ms: number) => Promise<void>;
};
