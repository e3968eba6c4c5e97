/** The embedded store: the contract of all stores, and what is its own. */

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { FailureError } from '../../../shared/base/failure.ts';
import { openSqliteStore } from '../../../shared/store/sqlite-store.ts';
import { testRunStore } from '../../contract/run-store.ts';

testRunStore('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sortie-store-'));
  return {
    store: openSqliteStore(directory),
    again: async () => openSqliteStore(directory),
    remove: async () => rmSync(directory, { recursive: true }),
  };
});

test('the file and its directory are for their owner only', () =>
  inDirectory(async (directory) => {
    const home = join(directory, 'home');
    const store = openSqliteStore(home);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(statSync(join(home, 'sortie.db')).mode & 0o777).toBe(0o600);
    await store.close();
  }));

test('a file of a newer Sortie is refused', () =>
  inDirectory(async (directory) => {
    await openSqliteStore(directory).close();
    const database = new DatabaseSync(join(directory, 'sortie.db'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openSqliteStore(directory)).toThrow(/written by a newer Sortie \(schema 99/);
  }));

test('a file of an older Sortie is brought up to date, with what is in it', () =>
  inDirectory(async (directory) => {
    const database = new DatabaseSync(join(directory, 'sortie.db'));
    database.exec(`
      CREATE TABLE runs (run_id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, finished_at INTEGER, exit_code INTEGER,
        command TEXT NOT NULL) WITHOUT ROWID, STRICT;
      CREATE INDEX runs_by_start ON runs (started_at);
      CREATE TABLE events (run_id TEXT NOT NULL, sequence INTEGER NOT NULL, event TEXT NOT NULL,
        PRIMARY KEY (run_id, sequence)) WITHOUT ROWID, STRICT;
      CREATE TABLE facts (host TEXT PRIMARY KEY, at INTEGER NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID, STRICT;
      INSERT INTO runs VALUES ('r', 1, 2, 0, '["run","site.yml"]');
      PRAGMA user_version = 1;`);
    database.close();
    const store = openSqliteStore(directory);
    const kept = { runId: 'r', startedAt: 1, finishedAt: 2, exitCode: 0, command: ['run', 'site.yml'] };
    expect(await store.findRun('r')).toEqual(kept);
    expect(await store.recordHostKey('h', 'key')).toBe('key');
    await store.close();
  }));

test('a directory that cannot be used is a failure that names it', () =>
  inDirectory(async (directory) => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => openSqliteStore(join(directory, 'file'))).toThrow(FailureError);
    expect(() => openSqliteStore(join(directory, 'file'))).toThrow(/set SORTIE_HOME/);
  }));

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sortie-store-'));
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
