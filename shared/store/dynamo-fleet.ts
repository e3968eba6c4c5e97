/** What outlives runs in the cloud's store: facts, host keys and names of projects. */

import { formatJson } from '../base/json.ts';
import { limits } from '../base/limits.ts';
import type { CloudStore } from './cloud-store.ts';
import { itemKeys } from './dynamo-schema.ts';
import { numberOf, numberValue } from './dynamo-values.ts';
import { parseFacts } from './record-text.ts';
import type { Fleet } from './run-store.ts';

/** The part of the store that knows hosts and projects. */
export function dynamoFleet(cloud: CloudStore): Fleet {
  const { table, values, expires } = cloud;
  const readHostKey = async (address: string): Promise<string | undefined> =>
    (await table.get(itemKeys.hostKey(address)))?.key?.S;
  return {
    putFacts: async (host, facts, at) => {
      const packed = await values.packText(formatJson(facts), limits.storeItemBytesMax);
      await table.put(itemKeys.facts(host), { at: numberValue(at), facts: packed, ...expires() }, 'newer');
    },
    readFacts: async (host, notBefore) => {
      const item = await table.get(itemKeys.facts(host));
      if (item === undefined || (numberOf(item, 'at') ?? 0) < notBefore) return undefined;
      return parseFacts(await values.unpackText(item.facts));
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
