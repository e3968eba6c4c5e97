/** The stores of the local cloud answer the real clients, and functions see what functions in AWS see. */

import { readdirSync } from 'node:fs';
import {
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetDurableExecutionCommand,
  GetFunctionCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ServiceName } from '../../cli/cloud-local/faults.ts';
import type { LocalCloud } from '../../cli/cloud-local/local-cloud.ts';
import { prepareSample, type SampleClouds } from './cloud-local-setup.ts';

let sample: SampleClouds;
beforeAll(async () => {
  sample = await prepareSample();
});
afterEach(() => sample.closeAll());
afterAll(() => sample.remove());

function settings(cloud: LocalCloud, name: ServiceName) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { endpoint: cloud.endpoints[name], region: 'eu-central-1', credentials, maxAttempts: 1 };
}

test('the table takes an item once, and finds it', async () => {
  const { cloud } = await sample.start({ table: 'runs' });
  const client = new DynamoDBClient(settings(cloud, 'dynamodb'));
  const Item = { pk: { S: 'run#1' }, sk: { S: 'a' }, expires: { N: '1' } };
  const put = { TableName: 'runs', Item, ConditionExpression: 'attribute_not_exists(pk)' };
  await client.send(new PutItemCommand(put));
  await expect(client.send(new PutItemCommand(put))).rejects.toThrow('conditional request failed');
  const found = await client.send(
    new QueryCommand({
      TableName: 'runs',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'run#1' } },
    }),
  );
  expect(found.Items).toEqual([Item]);
  cloud.setFaults({ request: ({ action }) => (action === 'Query' ? { kind: 'throttle' } : undefined) });
  await expect(
    client.send(new PutItemCommand({ ...put, Item: { ...Item, sk: { S: 'b' } } })),
  ).resolves.toBeDefined();
  await expect(client.send(new QueryCommand({ TableName: 'runs' }))).rejects.toMatchObject({
    name: 'ProvisionedThroughputExceededException',
  });
  client.destroy();
});

test('the bucket is found by its name in the path, without a word to the client', async () => {
  const { cloud } = await sample.start({ bucket: 'projects' });
  const client = new S3Client(settings(cloud, 's3'));
  const place = { Bucket: 'projects', Key: 'blobs/ab c/ä' };
  const Body = Buffer.alloc(300_000, 'x');
  await client.send(new PutObjectCommand({ ...place, Body }));
  const { Body: found } = await client.send(new GetObjectCommand(place));
  expect(Buffer.compare(Buffer.from((await found?.transformToByteArray()) ?? []), Body)).toBe(0);
  await expect(client.send(new GetObjectCommand({ ...place, Key: 'other' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
  cloud.setFaults({ request: () => ({ kind: 'throttle' }) });
  await expect(client.send(new GetObjectCommand(place))).rejects.toMatchObject({ name: 'SlowDown' });
  client.destroy();
});

test('who looks for what the template switches on finds it', async () => {
  const { cloud } = await sample.start({ table: 'runs', bucket: 'projects' });
  const tables = new DynamoDBClient(settings(cloud, 'dynamodb'));
  const objects = new S3Client(settings(cloud, 's3'));
  expect(await tables.send(new DescribeTimeToLiveCommand({ TableName: 'runs' }))).toMatchObject({
    TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' },
  });
  expect(await tables.send(new DescribeContinuousBackupsCommand({ TableName: 'runs' }))).toMatchObject({
    ContinuousBackupsDescription: {
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    },
  });
  expect(await objects.send(new GetPublicAccessBlockCommand({ Bucket: 'projects' }))).toMatchObject({
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
  });
  await expect(objects.send(new HeadBucketCommand({ Bucket: 'other' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  tables.destroy();
  objects.destroy();
});

test('parameters are read by name and by path, sealed unless decryption is asked for', async () => {
  const { cloud } = await sample.start({ throttlesParameters: true });
  const client = new SSMClient(settings(cloud, 'ssm'));
  const put = (Name: string, Value: string) =>
    client.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
  await put('/sortie/local/ssh-key', 'k');
  await put('/sortie/local/vault-ids/a', 'v');
  await expect(put('/sortie/local/ssh-key', 'k')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  const Names = ['/sortie/local/ssh-key', '/sortie/local/none'];
  const some = await client.send(new GetParametersCommand({ Names, WithDecryption: true }));
  expect(some.Parameters).toMatchObject([{ Name: '/sortie/local/ssh-key', Value: 'k', Version: 1 }]);
  expect(some.InvalidParameters).toEqual(['/sortie/local/none']);
  const sealed = await client.send(new GetParameterCommand({ Name: '/sortie/local/ssh-key' }));
  expect(sealed.Parameter?.Value).not.toBe('k');
  await expect(client.send(new GetParameterCommand({ Name: '/x' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  const Path = '/sortie/local';
  const deep = await client.send(new GetParametersByPathCommand({ Path, Recursive: true, MaxResults: 1 }));
  expect(deep).toMatchObject({ Parameters: [{ Name: '/sortie/local/ssh-key' }], NextToken: '1' });
  expect((await client.send(new GetParametersByPathCommand({ Path }))).Parameters).toHaveLength(1);
  const burst = Array.from({ length: 90 }, () => client.send(new GetParameterCommand({ Name: Names[0] })));
  const refused = (await Promise.allSettled(burst)).filter(({ status }) => status === 'rejected');
  expect(refused[0]).toMatchObject({ reason: { name: 'ThrottlingException' } });
  client.destroy();
});

test('secrets are read one by one and in batches', async () => {
  const { cloud } = await sample.start();
  const client = new SecretsManagerClient(settings(cloud, 'secretsmanager'));
  const { ARN } = await client.send(new CreateSecretCommand({ Name: 'become', SecretString: 's3cret' }));
  expect(await client.send(new GetSecretValueCommand({ SecretId: ARN }))).toMatchObject({
    Name: 'become',
    SecretString: 's3cret',
  });
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'x' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  const batch = await client.send(new BatchGetSecretValueCommand({ SecretIdList: ['become', 'x'] }));
  expect(batch.SecretValues).toMatchObject([{ Name: 'become' }]);
  expect(batch.Errors).toMatchObject([{ SecretId: 'x', ErrorCode: 'ResourceNotFoundException' }]);
  client.destroy();
});

test('executions are listed, described and stopped over the API', async () => {
  const { cloud, run } = await sample.start();
  const client = new LambdaClient(settings(cloud, 'lambda'));
  const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: 'sample:durable' }));
  expect(Configuration).toMatchObject({ MemorySize: 512, DurableConfig: { ExecutionTimeout: 86_400 } });
  const { arn } = await run({ do: 'steps' }, 'one');
  await run({ do: 'throw' }, 'two');
  const list = new ListDurableExecutionsByFunctionCommand({ FunctionName: 'sample', Statuses: ['FAILED'] });
  expect((await client.send(list)).DurableExecutions).toMatchObject([{ DurableExecutionName: 'two' }]);
  const one = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn: arn }));
  expect(one).toMatchObject({ Status: 'SUCCEEDED', DurableExecutionName: 'one', Version: '$LATEST' });
  expect(one.EndTimestamp?.getTime()).toBeGreaterThan(one.StartTimestamp?.getTime() ?? 0);
  const stop = new StopDurableExecutionCommand({ DurableExecutionArn: `${arn}x` });
  await expect(client.send(stop)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  client.destroy();
});

test('a function sees the variables of a function, and its bundle alone', async () => {
  const { cloud, run } = await sample.start();
  const { result } = await run({ do: 'look' });
  expect(result).toMatchObject({ files: ['sample.cjs'] });
  const variables = Object.keys(cloud.environment);
  expect(result).toHaveProperty(
    'variables',
    expect.arrayContaining([...variables, 'AWS_LAMBDA_FUNCTION_NAME']),
  );
  expect(result).toHaveProperty('variables', expect.not.arrayContaining(['HOME', 'USER', 'NODE_CHANNEL_FD']));
});

test.runIf(process.getuid?.() === 0)(
  'an isolated function writes to /tmp only, and sees no checkout',
  async () => {
    const { cloud, run } = await sample.start({ isolate: { hidden: [process.cwd()] } });
    const { result } = await run({ do: 'look', at: process.cwd() });
    expect(result).toMatchObject({
      directory: '/mnt/task',
      files: ['sample.cjs'],
      seen: [],
      mayWriteHere: false,
      mayWriteRoot: false,
      mayWriteTmp: true,
    });
    expect(readdirSync('/mnt')).not.toContain('task');
    await cloud.environments.retire();
    expect(cloud.environments.list()).toEqual([]);
  },
);
