/** Runs and their records in the embedded store. */

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { limits } from '../base/limits.ts';
import type { RunRecord } from '../wire/host-journal.ts';
import { formatRecord, parseRecord } from './record-text.ts';
import type { RunHistory, RunSummary } from './run-store.ts';
import type { WriteQueue } from './sqlite-write-queue.ts';

type Row = Record<string, SQLOutputValue>;

/** The part of the store that holds runs. */
export function sqliteHistory(database: DatabaseSync, writes: WriteQueue): Omit<RunHistory, 'close'> {
  const putRecord = database.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?)');
  return {
    startRun: (run) => writes.add(() => insertRun(database, run)),
    putRecords: (runId, firstSequence, records) =>
      writes.add(() => {
        for (const [index, record] of records.entries()) {
          putRecord.run(runId, firstSequence + index, formatRecord(record));
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
    requestStop: (runId, at) =>
      writes.add(() => {
        database
          .prepare('UPDATE runs SET stop_requested_at = coalesce(stop_requested_at, ?) WHERE run_id = ?')
          .run(at, runId);
      }),
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
    readRecords: (runId, from = 0) => {
      writes.flush();
      return readRecords(database, runId, from);
    },
  };
}

function insertRun(database: DatabaseSync, run: RunSummary): void {
  database
    .prepare('INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?)')
    .run(
      run.runId,
      run.startedAt,
      run.finishedAt ?? null,
      run.exitCode ?? null,
      JSON.stringify(run.command),
      run.stopRequestedAt ?? null,
    );
}

function findRun(database: DatabaseSync, idPrefix: string): RunSummary | undefined {
  const rows = database
    .prepare('SELECT * FROM runs WHERE substr(run_id, 1, length(?1)) = ?1 ORDER BY run_id LIMIT 2')
    .all(idPrefix);
  const [first, second] = rows.map(parseRun);
  return second === undefined || first?.runId === idPrefix ? first : undefined;
}

/** Pages, so that no statement stays open while the reader does something else. */
async function* readRecords(database: DatabaseSync, runId: string, from: number): AsyncGenerator<RunRecord> {
  const page = database.prepare(
    'SELECT sequence, event FROM events WHERE run_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?',
  );
  let next = from;
  for (;;) {
    const rows = page.all(runId, next, limits.storePageRows);
    if (rows.length === 0) return;
    for (const row of rows) {
      if (row.sequence !== next) return;
      yield parseRecord(String(row.event));
      next += 1;
    }
  }
}

function parseRun(row: Row): RunSummary {
  return {
    runId: String(row.run_id),
    startedAt: Number(row.started_at),
    ...(row.finished_at === null ? {} : { finishedAt: Number(row.finished_at) }),
    ...(row.exit_code === null ? {} : { exitCode: Number(row.exit_code) }),
    command: JSON.parse(String(row.command)) as string[],
    ...(row.stop_requested_at === null ? {} : { stopRequestedAt: Number(row.stop_requested_at) }),
  };
}
