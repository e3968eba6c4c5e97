/** The run store on a laptop: one SQLite file, written in batches beside the run. */

import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FailureError } from '../base/failure.ts';
import { limits } from '../base/limits.ts';
import type { RunStore } from './run-store.ts';
import { sqliteBlobs, sqliteFleet } from './sqlite-fleet.ts';
import { sqliteHistory } from './sqlite-history.ts';
import { updateSchema } from './sqlite-schema.ts';
import { sqliteStreams } from './sqlite-streams.ts';
import { createWriteQueue } from './sqlite-write-queue.ts';

const FILE = 'sortie.db';

/**
 * Opens, and creates when needed, the store in `directory`. Directory and file are for their owner only, because
 * results hold what the tasks printed. Throws FailureError when the directory cannot be used.
 */
export function openSqliteStore(directory: string): RunStore {
  const database = openDatabase(directory);
  const writes = createWriteQueue(database);
  return {
    ...sqliteHistory(database, writes),
    ...sqliteStreams(database, writes),
    ...sqliteBlobs(database, writes),
    ...sqliteFleet(database, writes),
    close: async () => {
      writes.flush();
      database.close();
    },
  };
}

function openDatabase(directory: string): DatabaseSync {
  const path = join(directory, FILE);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(path, { timeout: limits.storeLockTimeoutMs });
    chmodSync(path, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    updateSchema(database, path);
    return database;
  } catch (error) {
    if (error instanceof FailureError || !(error instanceof Error)) throw error;
    throw new FailureError({
      kind: 'store-failed',
      message: `cannot use ${path} as the run store: ${error.message}; set SORTIE_HOME to a directory that is writable`,
      retryable: false,
    });
  }
}
