/** Looks whether the cloud's table and bucket are there and as they should be. */

import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { GetPublicAccessBlockCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Failure, FailureError } from '../base/failure.ts';
import { limits } from '../base/limits.ts';
import { storeFailure } from './store-failure.ts';

/** What was seen, or why nothing could be seen. */
export type Probed<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'unseen'; readonly failure: Failure };

export type TableFacts = {
  /** AWS's own word, such as `ACTIVE`. */
  readonly status: string;
  /** Names and types of the key's attributes, as `pk HASH S`. */
  readonly keys: readonly string[];
  /** The attribute by which items expire; undefined when none do. */
  readonly expiryAttribute: Probed<string | undefined>;
  readonly hasRecovery: Probed<boolean>;
};

export type BucketFacts = { readonly isPublicBlocked: Probed<boolean> };

type Place = { readonly name: string; readonly region: string | undefined };

/** Looks at a table. */
export async function probeTable({ name, region }: Place): Promise<Probed<TableFacts>> {
  const client = new DynamoDBClient({ ...(region !== undefined && { region }), maxAttempts: 2 });
  const at = { abortSignal: AbortSignal.timeout(limits.doctorLookTimeoutMs) };
  const see = <T>(action: string, look: () => Promise<T>): Promise<Probed<T>> =>
    probe({ action: `dynamodb:${action}`, resource: `table ${name}` }, look);
  const [table, expiryAttribute, hasRecovery] = await Promise.all([
    see('DescribeTable', () => client.send(new DescribeTableCommand({ TableName: name }), at)),
    see('DescribeTimeToLive', async () => {
      const answer = await client.send(new DescribeTimeToLiveCommand({ TableName: name }), at);
      const { AttributeName: attribute, TimeToLiveStatus: status } = answer.TimeToLiveDescription ?? {};
      return status === 'ENABLED' || status === 'ENABLING' ? attribute : undefined;
    }),
    see('DescribeContinuousBackups', async () => {
      const answer = await client.send(new DescribeContinuousBackupsCommand({ TableName: name }), at);
      const recovery = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      return recovery?.PointInTimeRecoveryStatus === 'ENABLED';
    }),
  ]);
  client.destroy();
  if (table.kind === 'unseen') return table;
  const { AttributeDefinitions = [], KeySchema = [], TableStatus = '' } = table.value.Table ?? {};
  const typeOf = (attribute: string | undefined): string =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === attribute)?.AttributeType ?? '';
  const keys = KeySchema.map(
    ({ AttributeName, KeyType }) => `${AttributeName} ${KeyType} ${typeOf(AttributeName)}`,
  );
  return { kind: 'seen', value: { status: TableStatus, keys, expiryAttribute, hasRecovery } };
}

/** Looks at a bucket. */
export async function probeBucket({ name, region }: Place): Promise<Probed<BucketFacts>> {
  const client = new S3Client({ ...(region !== undefined && { region }), maxAttempts: 2 });
  const at = { abortSignal: AbortSignal.timeout(limits.doctorLookTimeoutMs) };
  const see = <T>(action: string, look: () => Promise<T>): Promise<Probed<T>> =>
    probe({ action: `s3:${action}`, resource: `bucket ${name}` }, look);
  const [bucket, isPublicBlocked] = await Promise.all([
    see('ListBucket', () => client.send(new HeadBucketCommand({ Bucket: name }), at)),
    see('GetBucketPublicAccessBlock', async () => {
      const answer = await client.send(new GetPublicAccessBlockCommand({ Bucket: name }), at);
      const block = answer.PublicAccessBlockConfiguration;
      return [block?.BlockPublicAcls, block?.BlockPublicPolicy, block?.IgnorePublicAcls].every(
        (isBlocked) => isBlocked === true,
      );
    }),
  ]);
  client.destroy();
  return bucket.kind === 'unseen' ? bucket : { kind: 'seen', value: { isPublicBlocked } };
}

/** Looks once; what AWS refuses becomes a failure that says what to do. */
export async function probe<T>(
  request: { readonly action: string; readonly resource: string },
  look: () => Promise<T>,
): Promise<Probed<T>> {
  try {
    return { kind: 'seen', value: await look() };
  } catch (error) {
    const { failure } = error instanceof FailureError ? error : storeFailure(error, request);
    return { kind: 'unseen', failure };
  }
}
