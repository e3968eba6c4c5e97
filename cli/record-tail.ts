/** Reads a run's own records as they are appended. */

import type { RunStore } from '../shared/store/run-store.ts';
import type { RunRecord } from '../shared/wire/host-journal.ts';

export type RecordTail = {
  /** The next record; undefined when it is not there yet. */
  readonly take: () => Promise<RunRecord | undefined>;
  /** The same, and leaves it there. */
  readonly peek: () => Promise<RunRecord | undefined>;
};

/** A reader at the beginning of the run's stream; records are numbered without gaps. */
export function createRecordTail(store: Pick<RunStore, 'readRecords'>, runId: string): RecordTail {
  let ahead: RunRecord | undefined;
  let from = 0;
  let page: AsyncIterator<RunRecord> | undefined;
  const peek = async (): Promise<RunRecord | undefined> => {
    if (ahead !== undefined) return ahead;
    page ??= store.readRecords(runId, from)[Symbol.asyncIterator]();
    const { done, value } = await page.next();
    if (done === true) page = undefined;
    else {
      ahead = value;
      from += 1;
    }
    return ahead;
  };
  return {
    peek,
    take: async () => {
      const record = await peek();
      ahead = undefined;
      return record;
    },
  };
}
