/** The run store on a laptop: one SQLite file, written in batches beside the run. */

import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { FailureError } from '../base/failure.ts';
import { formatJson, parseJson } from '../base/json.ts';
import { limits } from '../base/limits.ts';
import { type Dict, isDict } from '../base/value.ts';
import { formatEvent, parseEvent } from '../wire/event-json.ts';
import type { RunEvent } from '../wire/run-event.ts';
import type { RunStore, RunSummary } from './run-store.ts';
import { updateSchema } from './sqlite-schema.ts';

type Row = Record<string, SQLOutputValue>;
type Write = () => void;

const FILE = 'sortie.db';

/**
 * Opens, and creates when needed, the store in `directory`. Directory and file are for their owner only, because
 * results hold what the tasks printed. Throws FailureError when the directory cannot be used.
 */
export function openSqliteStore(directory: string): RunStore {
  const database = openDatabase(directory);
  const writes = createWriteQueue(database);
  const putEvent = database.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?)');
  return {
    startRun: (run) => writes.add(() => insertRun(database, run)),
    putEvents: (runId, firstSequence, events) =>
      writes.add(() => {
        for (const [index, event] of events.entries()) {
          putEvent.run(runId, firstSequence + index, formatEvent(event));
        }
      }),
    finishRun: (runId, { finishedAt, exitCode }) => {
      const written = writes.add(() => {
        database
          .prepare('UPDATE runs SET finished_at = ?, exit_code = ? WHERE run_id = ? AND finished_at IS NULL')
          .run(finishedAt, exitCode, runId);
      });
      // Nothing comes after it, and the command waits for it to end.
      writes.flush();
      return written;
    },
    listRuns: async (limit) => {
      writes.flush();
      const rows = database
        .prepare('SELECT * FROM runs ORDER BY started_at DESC, run_id DESC LIMIT ?')
        .all(limit);
      return rows.map(parseRun);
    },
    findRun: async (idPrefix) => {
      writes.flush();
      return findRun(database, idPrefix);
    },
    readEvents: (runId) => {
      writes.flush();
      return readEvents(database, runId);
    },
    putFacts: (host, facts, at) =>
      writes.add(() => {
        database.prepare('INSERT OR REPLACE INTO facts VALUES (?, ?, ?)').run(host, at, formatJson(facts));
      }),
    readFacts: async (host, notBefore) => {
      writes.flush();
      const row = database.prepare('SELECT facts FROM facts WHERE host = ? AND at >= ?').get(host, notBefore);
      return row === undefined ? undefined : parseFacts(row);
    },
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

type WriteQueue = {
  /** Resolves when the write is in the file. */
  readonly add: (write: Write) => Promise<void>;
  readonly flush: () => void;
};

/**
 * Collects writes and makes them in one transaction a moment later. Without this each result would wait for a
 * transaction of its own, on the thread that talks to the hosts.
 */
function createWriteQueue(database: DatabaseSync): WriteQueue {
  let waiting: { readonly write: Write; readonly done: PromiseWithResolvers<void> }[] = [];
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
      for (const { done } of batch) done.resolve();
    } catch (error) {
      for (const { done } of batch) done.reject(error);
    }
  };
  return {
    add: (write) => {
      const done = Promise.withResolvers<void>();
      waiting.push({ write, done });
      timer ??= setTimeout(flush, limits.storeFlushMs);
      return done.promise;
    },
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

function insertRun(database: DatabaseSync, run: RunSummary): void {
  database
    .prepare('INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?)')
    .run(run.runId, run.startedAt, run.finishedAt ?? null, run.exitCode ?? null, JSON.stringify(run.command));
}

function findRun(database: DatabaseSync, idPrefix: string): RunSummary | undefined {
  const rows = database
    .prepare('SELECT * FROM runs WHERE substr(run_id, 1, length(?1)) = ?1 ORDER BY run_id LIMIT 2')
    .all(idPrefix);
  const [first, second] = rows.map(parseRun);
  return second === undefined || first?.runId === idPrefix ? first : undefined;
}

/** Pages, so that no statement stays open while the reader does something else. */
async function* readEvents(database: DatabaseSync, runId: string): AsyncGenerator<RunEvent> {
  const page = database.prepare(
    'SELECT sequence, event FROM events WHERE run_id = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  );
  let after = -1;
  for (;;) {
    const rows = page.all(runId, after, limits.storePageRows);
    for (const row of rows) yield parseEvent(String(row.event));
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last.sequence);
  }
}

function parseRun(row: Row): RunSummary {
  return {
    runId: String(row.run_id),
    startedAt: Number(row.started_at),
    ...(row.finished_at === null ? {} : { finishedAt: Number(row.finished_at) }),
    ...(row.exit_code === null ? {} : { exitCode: Number(row.exit_code) }),
    command: JSON.parse(String(row.command)) as string[],
  };
}

function parseFacts(row: Row): Dict {
  const facts = parseJson(String(row.facts));
  if (!isDict(facts)) throw new Error('stored facts are not a dict');
  return facts;
}
