/** What outlives runs in the embedded store: blobs, facts, host keys and names of projects. */

import type { DatabaseSync } from 'node:sqlite';
import { formatJson } from '../base/json.ts';
import { blobHash, checkedBlob, missingBlob } from './blob-hash.ts';
import { parseFacts } from './record-text.ts';
import type { Blobs, Fleet } from './run-store.ts';
import type { WriteQueue } from './sqlite-write-queue.ts';

/** Bytes by their hash. */
export function sqliteBlobs(database: DatabaseSync, writes: WriteQueue): Blobs {
  return {
    putBlob: (bytes, kind) =>
      writes.add(() => {
        const hash = blobHash(bytes);
        database.prepare('INSERT OR IGNORE INTO blobs VALUES (?, ?, ?)').run(hash, kind, bytes);
        return hash;
      }),
    getBlob: async (hash, kind) => {
      writes.flush();
      const row = database.prepare('SELECT bytes FROM blobs WHERE hash = ? AND kind = ?').get(hash, kind);
      if (!(row?.bytes instanceof Uint8Array)) throw missingBlob(hash, kind);
      return checkedBlob(row.bytes, hash);
    },
    missingBlobs: async (hashes, kind) => {
      writes.flush();
      const find = database.prepare('SELECT 1 FROM blobs WHERE hash = ? AND kind = ?');
      return hashes.filter((hash) => find.get(hash, kind) === undefined);
    },
  };
}

/** What is known of hosts and projects. */
export function sqliteFleet(database: DatabaseSync, writes: WriteQueue): Fleet {
  return {
    putFacts: (host, facts, at) =>
      writes.add(() => {
        database
          .prepare(
            `INSERT INTO facts VALUES (?, ?, ?) ON CONFLICT DO UPDATE
             SET at = excluded.at, facts = excluded.facts WHERE excluded.at >= at`,
          )
          .run(host, at, formatJson(facts));
      }),
    readFacts: async (host, notBefore) => {
      writes.flush();
      const row = database.prepare('SELECT facts FROM facts WHERE host = ? AND at >= ?').get(host, notBefore);
      return row === undefined ? undefined : parseFacts(String(row.facts));
    },
    recordHostKey: (address, key) =>
      writes.add(() => {
        database.prepare('INSERT OR IGNORE INTO host_keys VALUES (?, ?)').run(address, key);
        return hostKey(database, address) ?? key;
      }),
    readHostKey: async (address) => {
      writes.flush();
      return hostKey(database, address);
    },
    nameProject: (name, manifest, at) =>
      writes.add(() => {
        database
          .prepare(
            `INSERT INTO projects VALUES (?, ?, ?) ON CONFLICT DO UPDATE
             SET manifest = excluded.manifest, at = excluded.at WHERE excluded.at >= at`,
          )
          .run(name, manifest, at);
      }),
    findProject: async (name) => {
      writes.flush();
      const row = database.prepare('SELECT manifest FROM projects WHERE name = ?').get(name);
      return row === undefined ? undefined : String(row.manifest);
    },
  };
}

function hostKey(database: DatabaseSync, address: string): string | undefined {
  const row = database.prepare('SELECT key FROM host_keys WHERE address = ?').get(address);
  return row === undefined ? undefined : String(row.key);
}
