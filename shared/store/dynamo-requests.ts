/** The requests to DynamoDB that the store makes. A file of its own, loaded with the first request: the client takes 60 ms. */

import {
  type AttributeValue,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { limits } from '../base/limits.ts';
import { clientDefaults } from './client-defaults.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

export type DynamoRequests = {
  readonly putItem: (input: PutItemCommandInput) => Promise<void>;
  /** The item as it is afterwards. */
  readonly updateItem: (input: UpdateItemCommandInput) => Promise<Item>;
  readonly getItem: (input: GetItemCommandInput) => Promise<Item | undefined>;
  readonly query: (
    input: QueryCommandInput,
  ) => Promise<{ readonly items: readonly Item[]; readonly next?: Item }>;
  readonly close: () => void;
};

/** A client with the store's own settings, and those of `config` over them. */
export function createDynamoRequests(config: DynamoDBClientConfig): DynamoRequests {
  const { storeTableTimeoutMs } = limits;
  const client = new DynamoDBClient({
    ...clientDefaults(storeTableTimeoutMs, storeTableTimeoutMs),
    ...config,
  });
  return {
    putItem: async (input) => {
      await client.send(new PutItemCommand(input));
    },
    updateItem: async (input) =>
      (await client.send(new UpdateItemCommand({ ...input, ReturnValues: 'ALL_NEW' }))).Attributes ?? {},
    getItem: async (input) => (await client.send(new GetItemCommand(input))).Item,
    query: async (input) => {
      const { Items: items = [], LastEvaluatedKey: next } = await client.send(new QueryCommand(input));
      return { items, ...(next === undefined ? {} : { next }) };
    },
    close: () => client.destroy(),
  };
}
