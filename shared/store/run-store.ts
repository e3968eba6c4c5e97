/** The store port: what a run leaves behind. Put-once records, keyed so that no counter is ever contended. */

import type { Dict } from '../base/value.ts';
import type { RunEvent } from '../wire/run-event.ts';

export type RunSummary = {
  readonly runId: string;
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  readonly command: readonly string[];
};

export type RunStore = {
  readonly startRun: (run: RunSummary) => Promise<void>;
  /** Puts events under their sequence number in the run; putting the same number again changes nothing. */
  readonly putEvents: (runId: string, firstSequence: number, events: readonly RunEvent[]) => Promise<void>;
  readonly finishRun: (
    runId: string,
    end: { readonly finishedAt: number; readonly exitCode: number },
  ) => Promise<void>;
  /** Newest first. */
  readonly listRuns: (limit: number) => Promise<readonly RunSummary[]>;
  /** A run by its id or a unique beginning of it. */
  readonly findRun: (idPrefix: string) => Promise<RunSummary | undefined>;
  readonly readEvents: (runId: string) => AsyncIterable<RunEvent>;
  /** The facts cache, across runs. */
  readonly putFacts: (host: string, facts: Dict, at: number) => Promise<void>;
  readonly readFacts: (host: string, notBefore: number) => Promise<Dict | undefined>;
  readonly close: () => Promise<void>;
};
