/** Collects writes to the embedded store and makes them in one transaction a moment later. */

import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../base/limits.ts';

export type WriteQueue = {
  /** Resolves with what the write gave when it is in the file. */
  readonly add: <Result>(write: () => Result) => Promise<Result>;
  readonly flush: () => void;
};

type Waiting = {
  readonly write: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Without this each result would wait for a transaction of its own, on the thread that talks to the hosts. Whoever
 * reads flushes first.
 */
export function createWriteQueue(database: DatabaseSync): WriteQueue {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      inTransaction(database, () => {
        for (const { write } of batch) write();
      });
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return {
    add: <Result>(write: () => Result) =>
      new Promise<Result>((resolve, reject) => {
        let give: () => void;
        waiting.push({
          write: () => {
            const result = write();
            give = () => resolve(result);
          },
          resolve: () => give(),
          reject,
        });
        timer ??= setTimeout(flush, limits.storeFlushMs);
      }),
    flush,
  };
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
