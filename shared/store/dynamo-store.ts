/** The run store in the cloud: a DynamoDB table for what is small, an S3 bucket for what is large. */

import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Clock } from '../base/clock.ts';
import { dynamoFleet } from './dynamo-fleet.ts';
import { dynamoHistory } from './dynamo-history.ts';
import { dynamoStreams } from './dynamo-streams.ts';
import { openTable } from './dynamo-table.ts';
import { createValuePacker, numberValue } from './dynamo-values.ts';
import type { RunStore } from './run-store.ts';
import { openS3Blobs } from './s3-blobs.ts';
import type { Sealer } from './seal.ts';

export type DynamoStoreOptions = Pick<Clock, 'now' | 'sleep'> & {
  readonly table: string;
  readonly bucket: string;
  /** How long runs and facts are kept; the bucket's lifecycle says the same of its objects. */
  readonly retentionDays: number;
  /** With it facts are kept sealed, and none but sealed ones are read; functions have it, laptops need no facts. */
  readonly sealer?: () => Promise<Sealer>;
  /** Settings of the SDK's clients beyond the store's own: an endpoint, a region, credentials. */
  readonly clients?: { readonly dynamo?: DynamoDBClientConfig; readonly s3?: S3ClientConfig };
};

const DAY_MS = 86_400_000;

/** Opens the store. Nothing is loaded or asked before it is used. */
export function openDynamoStore(options: DynamoStoreOptions): RunStore {
  const { table: tableName, bucket, clients = {}, now, sleep, retentionDays } = options;
  const table = openTable({ table: tableName, ...(clients.dynamo && { config: clients.dynamo }) });
  const { close: closeBlobs, ...blobs } = openS3Blobs({
    bucket,
    sleep,
    ...(clients.s3 && { config: clients.s3 }),
  });
  const keptMs = retentionDays * DAY_MS;
  const cloud = {
    table,
    values: createValuePacker(blobs),
    now,
    keptMs,
    ...(options.sealer && { sealer: options.sealer }),
    expires: () => ({ expires: numberValue(Math.floor((now() + keptMs) / 1000)) }),
  };
  const history = dynamoHistory(cloud);
  const streams = dynamoStreams(cloud);
  return {
    ...history,
    ...streams,
    ...blobs,
    ...dynamoFleet(cloud),
    close: async () => {
      await table.close();
      await closeBlobs();
    },
  };
}
