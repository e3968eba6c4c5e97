/** DynamoDB and S3 on this machine, in this process, with a table and a bucket in them. */

import { createServer, type RequestListener } from 'node:http';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { openObjectService } from '../../../cli/cloud-local/object-service.ts';
import { openTableService } from '../../../cli/cloud-local/table-service.ts';
import { dynamoTable } from '../../../shared/store/dynamo-schema.ts';
import type { DynamoStoreOptions } from '../../../shared/store/dynamo-store.ts';

export type LocalAws = {
  /** For stores in a new table and a new bucket. */
  readonly create: () => Promise<DynamoStoreOptions & { readonly clients: LocalClients }>;
  readonly close: () => Promise<void>;
};

type LocalClients = { readonly dynamo: ClientConfig; readonly s3: ClientConfig };
type ClientConfig = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/** Starts both services on loopback. */
export async function startLocalAws(): Promise<LocalAws> {
  const tables = await openTableService(undefined);
  const objects = await openObjectService(undefined);
  const tableFront = await listen(tables.handle);
  const objectFront = await listen(objects.handle);
  const clients = { dynamo: clientConfig(tableFront.endpoint), s3: clientConfig(objectFront.endpoint) };
  let count = 0;
  return {
    create: async () => {
      count += 1;
      const names = { table: `runs-${count}`, bucket: `bucket-${count}` };
      await createParts(names, clients);
      return { ...names, clients, now: () => 1_000_000, sleep: async () => undefined, retentionDays: 90 };
    },
    close: async () => {
      for (const close of [tableFront.close, objectFront.close, tables.close, objects.close]) await close();
    },
  };
}

async function createParts(
  { table, bucket }: { readonly table: string; readonly bucket: string },
  clients: LocalClients,
): Promise<void> {
  const dynamo = new DynamoDBClient(clients.dynamo);
  await dynamo.send(new CreateTableCommand(dynamoTable(table)));
  dynamo.destroy();
  const s3 = new S3Client(clients.s3);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  s3.destroy();
}

function clientConfig(endpoint: string): ClientConfig {
  return { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

async function listen(
  handle: RequestListener,
): Promise<{ readonly endpoint: string; readonly close: () => Promise<void> }> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listens nowhere');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
