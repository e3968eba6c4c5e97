/** The streams of hosts in the cloud's store: each host of a run has a partition of its own. */

import { limits } from '../base/limits.ts';
import type { HostEntry } from '../wire/host-journal.ts';
import type { CloudStore } from './cloud-store.ts';
import type { Item } from './dynamo-requests.ts';
import { itemKeys } from './dynamo-schema.ts';
import { numberValue, presentNumber } from './dynamo-values.ts';
import { entryOf, formatSaid } from './record-text.ts';
import type { HostStreams } from './run-store.ts';

type Numbered = { readonly sequence: number; readonly entry: HostEntry };

/** Said and sealed share an item. */
const PART_BYTES_MAX = Math.floor(limits.storeItemBytesMax / 2);

/** The part of the store that holds what hosts leave behind while they run. */
export function dynamoStreams(cloud: CloudStore): HostStreams {
  const { table } = cloud;
  return {
    appendEntry: async (runId, host, { sequence, entry }) => {
      const key = itemKeys.entry(runId, host, sequence);
      if (await table.put(key, await entryValues(cloud, sequence, entry), 'there')) return 'stored';
      const kept = await table.get(key);
      return kept?.writer?.S === entry.writer ? 'stored' : 'taken';
    },
    lastEntry: async (runId, host) => {
      const { pk } = itemKeys.entry(runId, host, 0);
      for await (const item of table.query({ pk, newestFirst: true, limit: 1 }))
        return numberedOf(cloud, item);
      return undefined;
    },
    readEntries: async function* (runId, host, from) {
      const { pk, sk } = itemKeys.entry(runId, host, from);
      for await (const item of table.query({ pk, sk: { from: sk } })) yield numberedOf(cloud, item);
    },
  };
}

async function entryValues(
  { values, expires }: CloudStore,
  sequence: number,
  entry: HostEntry,
): Promise<Item> {
  const { sealed } = entry;
  return {
    sequence: numberValue(sequence),
    writer: { S: entry.writer },
    batch: numberValue(entry.batch),
    start: numberValue(entry.start),
    ...(entry.said.length === 0
      ? {}
      : { said: await values.packText(formatSaid(entry.said), PART_BYTES_MAX) }),
    ...(sealed === undefined ? {} : { sealed: await values.packBytes(sealed, PART_BYTES_MAX) }),
    ...expires(),
  };
}

async function numberedOf({ values }: CloudStore, item: Item): Promise<Numbered> {
  const head = {
    writer: item.writer?.S ?? '',
    batch: presentNumber(item, 'batch'),
    start: presentNumber(item, 'start'),
  };
  const said = item.said === undefined ? '' : await values.unpackText(item.said);
  const sealed = item.sealed === undefined ? undefined : await values.unpackBytes(item.sealed);
  return { sequence: presentNumber(item, 'sequence'), entry: entryOf(head, said, sealed) };
}
