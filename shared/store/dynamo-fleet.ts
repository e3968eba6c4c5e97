/** What outlives runs in the cloud's store: facts, host keys and names of projects. */

import { FailureError } from '../base/failure.ts';
import { formatJson } from '../base/json.ts';
import { limits } from '../base/limits.ts';
import type { Dict } from '../base/value.ts';
import type { CloudStore } from './cloud-store.ts';
import type { Item } from './dynamo-requests.ts';
import { itemKeys } from './dynamo-schema.ts';
import { numberOf, numberValue } from './dynamo-values.ts';
import { parseFacts } from './record-text.ts';
import type { Fleet } from './run-store.ts';
import type { Sealer } from './seal.ts';

/** The part of the store that knows hosts and projects. */
export function dynamoFleet(cloud: CloudStore): Fleet {
  const { table, expires } = cloud;
  const readHostKey = async (address: string): Promise<string | undefined> =>
    (await table.get(itemKeys.hostKey(address)))?.key?.S;
  return {
    putFacts: async (host, facts, at) => {
      const packed = await packFacts(cloud, host, facts);
      await table.put(itemKeys.facts(host), { at: numberValue(at), ...packed, ...expires() }, 'newer');
    },
    readFacts: async (host, notBefore) => {
      const item = await table.get(itemKeys.facts(host));
      if (item === undefined || (numberOf(item, 'at') ?? 0) < notBefore) return undefined;
      return unpackFacts(cloud, host, item);
    },
    recordHostKey: async (address, key) => {
      if (await table.put(itemKeys.hostKey(address), { key: { S: key } }, 'there')) return key;
      return (await readHostKey(address)) ?? key;
    },
    readHostKey,
    nameProject: async (name, manifest, at) => {
      await table.put(itemKeys.project(name), { at: numberValue(at), manifest: { S: manifest } }, 'newer');
    },
    findProject: async (name) => (await table.get(itemKeys.project(name)))?.manifest?.S,
  };
}

async function packFacts({ sealer, values }: CloudStore, host: string, facts: Dict): Promise<Item> {
  const text = formatJson(facts);
  if (sealer === undefined) return { facts: await values.packText(text, limits.storeItemBytesMax) };
  const bytes = (await sealer()).seal(Buffer.from(text), contextOf(host));
  return { sealed: await values.packBytes(bytes, limits.storeItemBytesMax) };
}

/** Facts become variables: where they are sealed, others are no facts. */
async function unpackFacts(
  { sealer, values }: CloudStore,
  host: string,
  item: Item,
): Promise<Dict | undefined> {
  if (sealer === undefined)
    return item.facts === undefined ? undefined : parseFacts(await values.unpackText(item.facts));
  if (item.sealed === undefined) return undefined;
  const sealed = await values.unpackBytes(item.sealed);
  const bytes = opened(await sealer(), sealed, host);
  return bytes && parseFacts(Buffer.from(bytes).toString());
}

/** A cache: what was sealed with a key that has been replaced is gathered again. */
function opened(sealer: Sealer, sealed: Uint8Array, host: string): Uint8Array | undefined {
  try {
    return sealer.open(sealed, contextOf(host));
  } catch (error) {
    if (error instanceof FailureError) return undefined;
    throw error;
  }
}

function contextOf(host: string): string {
  return `facts/${host}`;
}
