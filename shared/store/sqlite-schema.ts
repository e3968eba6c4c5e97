/** The tables of the embedded store, and the steps that bring an older file up to date. */

import type { DatabaseSync } from 'node:sqlite';
import { FailureError } from '../base/failure.ts';

/** Step n leads from version n to n + 1; steps are only ever added. */
const STEPS: readonly string[] = [
  `CREATE TABLE runs (
     run_id TEXT PRIMARY KEY,
     started_at INTEGER NOT NULL,
     finished_at INTEGER,
     exit_code INTEGER,
     command TEXT NOT NULL
   ) WITHOUT ROWID, STRICT;
   CREATE INDEX runs_by_start ON runs (started_at);
   CREATE TABLE events (
     run_id TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     event TEXT NOT NULL,
     PRIMARY KEY (run_id, sequence)
   ) WITHOUT ROWID, STRICT;
   CREATE TABLE facts (
     host TEXT PRIMARY KEY,
     at INTEGER NOT NULL,
     facts TEXT NOT NULL
   ) WITHOUT ROWID, STRICT;`,
  `ALTER TABLE runs ADD COLUMN stop_requested_at INTEGER;
   CREATE TABLE entries (
     run_id TEXT NOT NULL,
     host TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     writer TEXT NOT NULL,
     batch INTEGER NOT NULL,
     start INTEGER NOT NULL,
     said TEXT NOT NULL,
     sealed BLOB,
     PRIMARY KEY (run_id, host, sequence)
   ) WITHOUT ROWID, STRICT;
   CREATE TABLE blobs (
     hash TEXT NOT NULL,
     kind TEXT NOT NULL,
     bytes BLOB NOT NULL,
     PRIMARY KEY (hash, kind)
   ) STRICT;
   CREATE TABLE host_keys (
     address TEXT PRIMARY KEY,
     key TEXT NOT NULL
   ) WITHOUT ROWID, STRICT;
   CREATE TABLE projects (
     name TEXT PRIMARY KEY,
     manifest TEXT NOT NULL,
     at INTEGER NOT NULL
   ) WITHOUT ROWID, STRICT;`,
];

/** Creates or updates the tables; refuses a file that a newer Sortie wrote. */
export function updateSchema(database: DatabaseSync, path: string): void {
  if (versionOf(database) === STEPS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    if (version > STEPS.length) throw newerSchema(path, version);
    for (const step of STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${STEPS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

function newerSchema(path: string, version: number): FailureError {
  return new FailureError({
    kind: 'store-failed',
    message: `${path} was written by a newer Sortie (schema ${version}, this one knows ${STEPS.length}): update Sortie, or set SORTIE_HOME to another directory`,
    retryable: false,
  });
}
