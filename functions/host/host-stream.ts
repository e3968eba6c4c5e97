/**
 * A host's stream in the store, as its invocation reads and writes it: entries that were stored are opened and folded,
 * what happens is put together and stored as the next entry.
 */

import type { RunStore } from '../../shared/store/run-store.ts';
import type { Sealer } from '../../shared/store/seal.ts';
import type { HostEntry, Said } from '../../shared/wire/host-journal.ts';
import { decodeChanges, encodeChanges } from './execute/change-json.ts';
import type { HostJournal, StateChange } from './execute/host-journal.ts';

export type StreamPlace = { readonly runId: string; readonly host: string };

export type StreamDeps = {
  readonly store: Pick<RunStore, 'appendEntry' | 'lastEntry' | 'readEntries'>;
  readonly sealer: Sealer;
};

/** A host's past in its present play. */
export type HostPast = {
  /** The number of the next entry. */
  readonly next: number;
  /** Where the fold begins; undefined before the host has entered a play. */
  readonly start: number | undefined;
  readonly batch: number | undefined;
  readonly changes: readonly StateChange[];
  /** What was said since the host last answered its controller. */
  readonly saidSinceAnswer: readonly Said[];
};

/** Reads what is stored since the host entered its present play. */
export async function readPast(place: StreamPlace, deps: StreamDeps): Promise<HostPast> {
  const { runId, host } = place;
  const last = await deps.store.lastEntry(runId, host);
  if (last === undefined)
    return { next: 0, start: undefined, batch: undefined, changes: [], saidSinceAnswer: [] };
  const changes: StateChange[] = [];
  let said: Said[] = [];
  for await (const { entry, sequence } of deps.store.readEntries(runId, host, last.entry.start)) {
    if (sequence > last.sequence) break;
    const opened = openChanges(entry, sealedAt(place, sequence), deps.sealer);
    changes.push(...opened);
    said.push(...entry.said);
    if (opened.at(-1)?.kind === 'answer') said = [];
  }
  const { batch, start } = last.entry;
  return { next: last.sequence + 1, start, batch, changes, saidSinceAnswer: said };
}

function openChanges(entry: HostEntry, place: string, sealer: Sealer): readonly StateChange[] {
  if (entry.sealed === undefined) return [];
  return decodeChanges(Buffer.from(sealer.open(entry.sealed, place)).toString('utf8'));
}

/** Sealed for its number: entries that somebody has moved do not open. */
function sealedAt({ runId, host }: StreamPlace, sequence: number): string {
  return `${runId}/${host}/${sequence}`;
}

/** Another invocation goes on with this host: this one must stop, and has nothing to say. */
class Replaced extends Error {
  constructor(host: string) {
    super(`another invocation has taken over ${host}`);
    this.name = 'Replaced';
  }
}

export type HostWriter = HostJournal & {
  readonly say: (said: Said) => void;
  /** Stores what was noted, without waiting for more. */
  readonly flush: () => Promise<void>;
  /** The same; gives the number of the last entry, which is greater than that of anybody who wrote before. */
  readonly claim: () => Promise<number>;
  /** Stops storing: what comes now belongs to nobody. */
  readonly stop: () => void;
};

export type WriterOptions = {
  readonly place: StreamPlace;
  readonly past: Pick<HostPast, 'next' | 'start'>;
  readonly batch: number;
  /** Unique for each try. */
  readonly writer: string;
  /** How long changes may be kept back to be stored together, in ms. */
  readonly delayMs: number;
};

/** What will be the next entry. */
type Waiting = { readonly changes: readonly StateChange[]; readonly said: readonly Said[] };

/** Writes the stream on from its past. `entered` begins a new fold; it is the first thing that a writer notes. */
export function openWriter(options: WriterOptions, deps: StreamDeps): HostWriter {
  const { place, batch, writer, delayMs } = options;
  let { next } = options.past;
  let start = options.past.start ?? next;
  let told: Said[] = [];
  let said: Said[] = [];
  let changes: StateChange[] = [];
  let stored: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let hasStopped = false;

  const store = async ({ changes, said }: Waiting): Promise<void> => {
    const sequence = next;
    if (changes[0]?.kind === 'entered') start = sequence;
    const content = Buffer.from(encodeChanges(changes), 'utf8');
    const sealed = deps.sealer.seal(content, sealedAt(place, sequence));
    const numbered = { sequence, entry: { writer, batch, start, said, sealed } };
    if ((await deps.store.appendEntry(place.runId, place.host, numbered)) === 'taken')
      throw new Replaced(place.host);
    next += 1;
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (hasStopped || changes.length === 0) return stored;
    const waiting = { changes, said };
    changes = [];
    said = [];
    stored = stored.then(() => store(waiting));
    // Told apart from the awaited promise: a failure is seen by whoever waits next.
    stored.catch(() => undefined);
    return stored;
  };
  return {
    say: (one) => {
      told.push(one);
    },
    note: (change) => {
      if (hasStopped) return;
      said.push(...told);
      told = [];
      changes.push(change);
      timer ??= setTimeout(() => void flush(), delayMs);
    },
    secured: flush,
    flush,
    claim: () => flush().then(() => next - 1),
    stop: () => {
      hasStopped = true;
      clearTimeout(timer);
    },
  };
}
