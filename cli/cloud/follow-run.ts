/** Follows a run in the cloud up to its end, as it would be printed if it ran here. */

import type { Clock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { RunEvent } from '../../shared/wire/run-event.ts';
import { readRun } from '../stored-run.ts';
import type { Controller, ExecutionState } from './controller-client.ts';
import type { FollowInterrupt } from './follow-interrupt.ts';

export type FollowDeps = {
  readonly store: Pick<RunStore, 'readEntries' | 'readRecords'>;
  readonly controller: Pick<Controller, 'find' | 'stateOf'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly interrupt: FollowInterrupt;
  readonly report: (event: RunEvent) => void;
};

/** `left`: the user stopped following. `lost`: the controller ended without saying how the run did. */
export type FollowEnd =
  | { readonly kind: 'finished'; readonly exitCode: number }
  | { readonly kind: 'left' }
  | { readonly kind: 'lost'; readonly how: string; readonly error?: string };

type Ended = Extract<ExecutionState, { kind: 'ended' }>;

/** Reports events as they come; the execution is looked after when nothing has come for a while. */
export async function followRun(
  runId: string,
  execution: string | undefined,
  deps: FollowDeps,
): Promise<FollowEnd> {
  const { clock, interrupt, report, store } = deps;
  const lookAfter = createLookout(runId, execution, deps);
  let ended: Ended | undefined;
  let hasLeft = false;
  const wait = async (ms: number): Promise<boolean> => {
    if (ended !== undefined || hasLeft) return false;
    await interrupt.during(clock.sleep(ms));
    hasLeft = await interrupt.asksToLeave();
    // Once more after its end: its last words may have come in between.
    if (!hasLeft) ended = await lookAfter.look();
    return !hasLeft;
  };
  for await (const event of readRun(store, runId, { wait })) {
    if (hasLeft) break;
    report(event);
    if (event.kind === 'run-finished') return { kind: 'finished', exitCode: event.exitCode };
    lookAfter.noteLife();
    hasLeft = await interrupt.asksToLeave();
  }
  if (hasLeft || ended === undefined) return { kind: 'left' };
  const { error, how } = ended;
  return { kind: 'lost', how, ...(error === undefined ? {} : { error }) };
}

type Lookout = {
  /** Tells how the execution ended, when it has; asks only after a time without life. */
  readonly look: () => Promise<Ended | undefined>;
  readonly noteLife: () => void;
};

function createLookout(runId: string, execution: string | undefined, deps: FollowDeps): Lookout {
  const { clock, controller } = deps;
  let name = execution;
  let nextAt = clock.now() + limits.executionCheckMs;
  return {
    look: async () => {
      if (clock.now() < nextAt) return undefined;
      nextAt = clock.now() + limits.executionCheckMs;
      name ??= await controller.find(runId);
      if (name === undefined) return { kind: 'ended', how: 'unknown to Lambda' };
      const state = await controller.stateOf(name);
      return state.kind === 'ended' ? state : undefined;
    },
    noteLife: () => {
      nextAt = clock.now() + limits.executionCheckMs;
    },
  };
}
