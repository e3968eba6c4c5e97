/** The cloud's table, as the store uses it: four kinds of requests, none of which changes anything when it is repeated. */

import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { DynamoRequests, Item } from './dynamo-requests.ts';
import type { ItemKey } from './dynamo-schema.ts';
import { storeFailure } from './store-failure.ts';

export type TableOptions = {
  readonly table: string;
  /** Settings of the SDK's client beyond the store's own. */
  readonly config?: DynamoDBClientConfig;
};

/** Keys of one partition, as a stretch or by their beginning. */
export type KeyRange = {
  readonly pk: string;
  readonly sk?:
    | { readonly from: string; readonly to: string }
    | { readonly from: string }
    | { readonly prefix: string };
  readonly newestFirst?: boolean;
  readonly limit?: number;
};

export type Table = {
  /** False when the condition does not hold; also when this very item was put by a try whose answer got lost. */
  readonly put: (key: ItemKey, values: Item, unless: PutCondition) => Promise<boolean>;
  /** Sets attributes that have no value yet. Gives the item; undefined when it had to be there and is not. */
  readonly setOnce: (key: ItemKey, values: Item, isThere?: boolean) => Promise<Item | undefined>;
  /** As it is now, not as some replica had it. */
  readonly get: (key: ItemKey) => Promise<Item | undefined>;
  /** In the order of their keys. */
  readonly query: (range: KeyRange) => AsyncGenerator<Item>;
  readonly close: () => Promise<void>;
};

/** `there`: an item has the key; `newer`: that, and a larger `at`. */
export type PutCondition = 'newer' | 'there';

/** The table by its name; the client is made with the first request. */
export function openTable({ table, config = {} }: TableOptions): Table {
  let loaded: Promise<DynamoRequests> | undefined;
  const load = async (): Promise<DynamoRequests> =>
    (await import('./dynamo-requests.ts')).createDynamoRequests(config);
  const ask = async <Answer>(
    action: string,
    request: (requests: DynamoRequests) => Promise<Answer>,
  ): Promise<Answer> => {
    loaded ??= load();
    const requests = await loaded;
    try {
      return await request(requests);
    } catch (error) {
      throw isRefused(error)
        ? error
        : storeFailure(error, { action: `dynamodb:${action}`, resource: `table ${table}` });
    }
  };
  return {
    put: async (key, values, unless) => {
      const item = { ...keyItem(key), ...values };
      const input = { TableName: table, Item: item, ...putCondition(values, unless) };
      const done = ask('PutItem', (requests) => requests.putItem(input)).then(() => true);
      return (await unlessRefused(done)) ?? false;
    },
    setOnce: (key, values, isThere = false) => {
      const input = { TableName: table, Key: keyItem(key), ...onceExpression(values, isThere) };
      return unlessRefused(ask('UpdateItem', (requests) => requests.updateItem(input)));
    },
    get: (key) => {
      const input = { TableName: table, Key: keyItem(key), ConsistentRead: true };
      return ask('GetItem', (requests) => requests.getItem(input));
    },
    query: async function* (range) {
      let left = range.limit ?? Number.POSITIVE_INFINITY;
      let next: Item | undefined;
      do {
        const input = { TableName: table, ...rangeInput(range, next) };
        const page = await ask('Query', (requests) => requests.query(input));
        yield* page.items.slice(0, left);
        left -= page.items.length;
        next = page.next;
      } while (next !== undefined && left > 0);
    },
    close: async () => (await loaded)?.close(),
  };
}

type Expression = {
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, Item[string]>;
};

function putCondition(
  values: Item,
  unless: PutCondition,
): { readonly ConditionExpression: string } & Expression {
  const isNew = 'attribute_not_exists(#pk)';
  if (unless === 'there' || values.at === undefined)
    return { ConditionExpression: isNew, ExpressionAttributeNames: { '#pk': 'pk' } };
  return {
    ConditionExpression: `${isNew} OR #at <= :at`,
    ExpressionAttributeNames: { '#pk': 'pk', '#at': 'at' },
    ExpressionAttributeValues: { ':at': values.at },
  };
}

function onceExpression(
  values: Item,
  isThere: boolean,
): { readonly UpdateExpression: string; readonly ConditionExpression?: string } & Expression {
  const names = Object.keys(values);
  return {
    UpdateExpression: `SET ${names.map((name) => `#${name} = if_not_exists(#${name}, :${name})`).join(', ')}`,
    ...(isThere ? { ConditionExpression: 'attribute_exists(#pk)' } : {}),
    ExpressionAttributeNames: Object.fromEntries(
      [...names, ...(isThere ? ['pk'] : [])].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`:${name}`, value]),
    ),
  };
}

function rangeInput(
  range: KeyRange,
  next: Item | undefined,
): Expression & {
  readonly KeyConditionExpression: string;
  readonly ConsistentRead: true;
  readonly ScanIndexForward: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
} {
  const { condition, values } = sortCondition(range.sk);
  return {
    KeyConditionExpression: `#pk = :pk${condition}`,
    ExpressionAttributeNames: { '#pk': 'pk', ...(condition === '' ? {} : { '#sk': 'sk' }) },
    ExpressionAttributeValues: { ':pk': { S: range.pk }, ...values },
    ConsistentRead: true,
    ScanIndexForward: range.newestFirst !== true,
    ...(range.limit === undefined ? {} : { Limit: range.limit }),
    ...(next === undefined ? {} : { ExclusiveStartKey: next }),
  };
}

function sortCondition(sk: KeyRange['sk']): { readonly condition: string; readonly values: Item } {
  if (sk === undefined) return { condition: '', values: {} };
  if ('prefix' in sk) {
    return { condition: ' AND begins_with(#sk, :prefix)', values: { ':prefix': { S: sk.prefix } } };
  }
  if ('to' in sk) {
    const values = { ':from': { S: sk.from }, ':to': { S: sk.to } };
    return { condition: ' AND #sk BETWEEN :from AND :to', values };
  }
  return { condition: ' AND #sk >= :from', values: { ':from': { S: sk.from } } };
}

function keyItem({ pk, sk }: ItemKey): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: pk }, sk: { S: sk } };
}

async function unlessRefused<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
