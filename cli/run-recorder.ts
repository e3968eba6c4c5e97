/** Takes a run's events in their final order: prints them at once, stores them in the background. */

import type { RunStore } from '../shared/store/run-store.ts';
import type { RunEvent } from '../shared/wire/run-event.ts';

export type RunRecorder = {
  readonly emit: (event: RunEvent) => void;
  /** Resolves when all events are stored; throws the first error of the store. */
  readonly settled: () => Promise<void>;
};

/** A recorder for one run; sequence numbers count from 0. */
export function createRunRecorder(
  runId: string,
  store: RunStore,
  report: (event: RunEvent) => void,
): RunRecorder {
  let sequence = 0;
  let failure: unknown;
  let hasFailed = false;
  let last: Promise<void> = Promise.resolve();
  const noteFailure = (error: unknown): void => {
    failure = hasFailed ? failure : error;
    hasFailed = true;
  };
  return {
    emit: (event) => {
      report(event);
      last = store.putRecords(runId, sequence, [event]).catch(noteFailure);
      sequence += 1;
    },
    settled: async () => {
      await last;
      if (hasFailed) throw failure;
    },
  };
}
