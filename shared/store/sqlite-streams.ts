/** The streams of hosts in the embedded store. */

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { limits } from '../base/limits.ts';
import type { HostEntry } from '../wire/host-journal.ts';
import { entryOf, formatSaid } from './record-text.ts';
import type { HostStreams } from './run-store.ts';
import type { WriteQueue } from './sqlite-write-queue.ts';

type Row = Record<string, SQLOutputValue>;
type Numbered = { readonly sequence: number; readonly entry: HostEntry };
type Stream = { readonly runId: string; readonly host: string; readonly from: number };

/** The part of the store that holds what hosts leave behind while they run. */
export function sqliteStreams(database: DatabaseSync, writes: WriteQueue): HostStreams {
  return {
    appendEntry: (runId, host, { sequence, entry }) =>
      writes.add(() => {
        database
          .prepare('INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
          .run(
            runId,
            host,
            sequence,
            entry.writer,
            entry.batch,
            entry.start,
            formatSaid(entry.said),
            entry.sealed ?? null,
          );
        const row = database
          .prepare('SELECT writer FROM entries WHERE run_id = ? AND host = ? AND sequence = ?')
          .get(runId, host, sequence);
        return row?.writer === entry.writer ? 'stored' : 'taken';
      }),
    lastEntry: async (runId, host) => {
      writes.flush();
      const row = database
        .prepare('SELECT * FROM entries WHERE run_id = ? AND host = ? ORDER BY sequence DESC LIMIT 1')
        .get(runId, host);
      return row === undefined ? undefined : numberedOf(row);
    },
    readEntries: (runId, host, from) => {
      writes.flush();
      return readEntries(database, { runId, host, from });
    },
  };
}

/** Pages, so that no statement stays open while the reader does something else. */
async function* readEntries(database: DatabaseSync, stream: Stream): AsyncGenerator<Numbered> {
  const page = database.prepare(
    'SELECT * FROM entries WHERE run_id = ? AND host = ? AND sequence >= ? ORDER BY sequence LIMIT ?',
  );
  let next = stream.from;
  for (;;) {
    const found = page.all(stream.runId, stream.host, next, limits.storePageRows).map(numberedOf);
    yield* found;
    const last = found.at(-1);
    if (last === undefined) return;
    next = last.sequence + 1;
  }
}

function numberedOf(row: Row): Numbered {
  const head = { writer: String(row.writer), batch: Number(row.batch), start: Number(row.start) };
  const sealed = row.sealed instanceof Uint8Array ? row.sealed : undefined;
  return { sequence: Number(row.sequence), entry: entryOf(head, String(row.said), sealed) };
}
