/**
 * What the controller has to say of a run, kept until a step stores it. The number of each record is its place, so a
 * controller that is replayed says the same under the same numbers, and the store keeps what came first.
 */

import type { RunRecord } from '../../shared/wire/host-journal.ts';

export type RunRecords = {
  readonly add: (record: RunRecord) => void;
  /** What was added since the last time, and the number of the first. */
  readonly take: () => TakenRecords;
};

export type TakenRecords = { readonly first: number; readonly records: readonly RunRecord[] };

/** No records yet. */
export function createRunRecords(): RunRecords {
  let first = 0;
  let kept: RunRecord[] = [];
  return {
    add: (record) => {
      kept.push(record);
    },
    take: () => {
      const taken = { first, records: kept };
      first += kept.length;
      kept = [];
      return taken;
    },
  };
}
