/** Records of runs, what hosts said and facts, as the text that every store keeps. */

import { parseJson } from '../base/json.ts';
import { type Dict, isDict } from '../base/value.ts';
import { formatEvent, parseEvent } from '../wire/event-json.ts';
import type { HostEntry, RunRecord, Said } from '../wire/host-journal.ts';
import type { OrderKey } from '../wire/run-event.ts';

/** One line of JSON. */
export function formatRecord(record: RunRecord): string {
  return record.kind === 'batch' ? JSON.stringify(record) : formatEvent(record);
}

/** The record of a text that {@link formatRecord} made. */
export function parseRecord(text: string): RunRecord {
  return parseEvent(text);
}

/** A line for each: its place, and behind a tab its event. Neither can stand inside JSON. */
export function formatSaid(said: readonly Said[]): string {
  return said
    .map(({ order, event }) => `${JSON.stringify(order)}\t${event === undefined ? '' : formatEvent(event)}`)
    .join('\n');
}

/** What a text of {@link formatSaid} says. */
function parseSaid(text: string): Said[] {
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const [order = '', event = ''] = line.split('\t', 2);
    return { order: parseOrder(order), ...(event === '' ? {} : { event: parseEvent(event) }) };
  });
}

/** The entry of its parts; `sealed` is absent when there is none. */
export function entryOf(
  head: Pick<HostEntry, 'batch' | 'start' | 'writer'>,
  said: string,
  sealed: Uint8Array | undefined,
): HostEntry {
  return { ...head, said: parseSaid(said), ...(sealed === undefined ? {} : { sealed }) };
}

/** Facts of a text that a store keeps. */
export function parseFacts(text: string): Dict {
  const facts = parseJson(text);
  if (!isDict(facts)) throw new Error('stored facts are not a dict');
  return facts;
}

function parseOrder(text: string): OrderKey {
  return JSON.parse(text) as OrderKey;
}
