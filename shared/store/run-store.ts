/**
 * The store port: what a run leaves behind, and what its functions share. Put-once records, keyed so that no counter is
 * ever contended. All methods may be repeated: the second time changes nothing. They reject with FailureError
 * (`store-failed`, retryable or not) when the store cannot be used.
 */

import type { Dict } from '../base/value.ts';
import type { HostEntry, RunRecord } from '../wire/host-journal.ts';

export type RunSummary = {
  readonly runId: string;
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly exitCode?: number;
  readonly command: readonly string[];
  /** Somebody asked the run to stop. */
  readonly stopRequestedAt?: number;
};

export type RunStore = RunHistory & HostStreams & Blobs & Fleet;

/** Runs, with the events that reports are made from. */
export type RunHistory = {
  readonly startRun: (run: RunSummary) => Promise<void>;
  /** Puts records under their sequence number in the run; putting the same number again changes nothing. */
  readonly putRecords: (runId: string, firstSequence: number, records: readonly RunRecord[]) => Promise<void>;
  readonly finishRun: (
    runId: string,
    end: { readonly finishedAt: number; readonly exitCode: number },
  ) => Promise<void>;
  readonly requestStop: (runId: string, at: number) => Promise<void>;
  /** Newest first. */
  readonly listRuns: (limit: number) => Promise<readonly RunSummary[]>;
  /** A run by its id or a unique beginning of it. */
  readonly findRun: (idPrefix: string) => Promise<RunSummary | undefined>;
  /** From a sequence number on; ends with what is there now: before the first number that is missing. */
  readonly readRecords: (runId: string, from?: number) => AsyncIterable<RunRecord>;
  readonly close: () => Promise<void>;
};

/** One append-only stream for each host of a run. */
export type HostStreams = {
  /**
   * Puts the entry under its number. `taken`: another writer's entry is there. The same writer's entry counts as stored,
   * since an answer may have been lost.
   */
  readonly appendEntry: (
    runId: string,
    host: string,
    numbered: { readonly sequence: number; readonly entry: HostEntry },
  ) => Promise<'stored' | 'taken'>;
  readonly lastEntry: (
    runId: string,
    host: string,
  ) => Promise<{ readonly sequence: number; readonly entry: HostEntry } | undefined>;
  /** From a number on, in order; ends with what is there now. */
  readonly readEntries: (
    runId: string,
    host: string,
    from: number,
  ) => AsyncIterable<{ readonly sequence: number; readonly entry: HostEntry }>;
};

/** Bytes by what they hold. */
export type Blobs = {
  /** Stores the bytes and gives their hash: SHA-256, in hex. `kind` says how long they are kept. */
  readonly putBlob: (bytes: Uint8Array, kind: BlobKind) => Promise<string>;
  /** Rejects when there are none. */
  readonly getBlob: (hash: string, kind: BlobKind) => Promise<Uint8Array>;
  /** Those of the hashes that are not there. */
  readonly missingBlobs: (hashes: readonly string[], kind: BlobKind) => Promise<readonly string[]>;
};

/** `project`: files, manifests and modules, kept; `run`: of one run, gone with it. */
export type BlobKind = 'project' | 'run';

/** What outlives runs. */
export type Fleet = {
  /** The facts cache. */
  readonly putFacts: (host: string, facts: Dict, at: number) => Promise<void>;
  readonly readFacts: (host: string, notBefore: number) => Promise<Dict | undefined>;
  /** First use: keeps the key unless one is kept for the address already; gives the one that is kept. */
  readonly recordHostKey: (address: string, key: string) => Promise<string>;
  readonly readHostKey: (address: string) => Promise<string | undefined>;
  /** The newest manifest that was pushed under a name. */
  readonly nameProject: (name: string, manifest: string, at: number) => Promise<void>;
  readonly findProject: (name: string) => Promise<string | undefined>;
};
