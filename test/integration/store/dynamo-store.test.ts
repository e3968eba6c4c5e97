/** The cloud's store against emulators: the contract of all stores, and what is its own. */

import { randomBytes } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dict } from '../../../shared/base/value.ts';
import { openDynamoStore } from '../../../shared/store/dynamo-store.ts';
import type { RunStore } from '../../../shared/store/run-store.ts';
import { createSealer } from '../../../shared/store/seal.ts';
import { testRunStore } from '../../contract/run-store.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

testRunStore('DynamoDB and S3', async () => {
  const options = await aws.create();
  return {
    store: openDynamoStore(options),
    again: async () => openDynamoStore(options),
    remove: async () => undefined,
  };
});

const LARGE = Array.from({ length: 60_000 }, (_, index) => Math.sin(index).toString(36)).join('');

test('what belongs to a run has an end, what outlives it has none', async () => {
  const options = await aws.create();
  const store = openDynamoStore(options);
  await fill(store);
  const items = await itemsOf(options);
  const expiresAt = Math.floor((options.now() + 90 * 86_400_000) / 1000);
  const kinds = items.map(({ pk, expires }) => `${pk?.S?.split('#')[0]} ${expires?.N ?? 'stays'}`);
  expect(new Set(kinds)).toEqual(
    new Set(
      ['entries', 'facts', 'run', 'runs']
        .map((kind) => `${kind} ${expiresAt}`)
        .concat('host-key stays', 'project stays'),
    ),
  );
});

test('facts are sealed where there is a key, and then no others are read', async () => {
  const options = await aws.create();
  const sealed = openDynamoStore({
    ...options,
    sealer: async () => createSealer(Buffer.alloc(32, 1), randomBytes),
  });
  const facts = dict([['secret', 'hunter2']]);
  await sealed.putFacts('h', facts, 1);
  expect(await sealed.readFacts('h', 0)).toEqual(facts);
  const [item] = await itemsOf(options);
  expect(Object.keys(item ?? {}).sort()).toEqual(['at', 'expires', 'pk', 'sealed', 'sk']);
  expect(Buffer.from(item?.sealed?.B ?? []).includes('hunter2')).toBe(false);
  const other = openDynamoStore({
    ...options,
    sealer: async () => createSealer(Buffer.alloc(32, 2), randomBytes),
  });
  expect(await other.readFacts('h', 0)).toBeUndefined();
  await openDynamoStore(options).putFacts('h', dict([['secret', 'mine']]), 2);
  expect(await sealed.readFacts('h', 0)).toBeUndefined();
});

test('large values lie in the bucket, below the prefix of their kind', async () => {
  const options = await aws.create();
  const store = openDynamoStore(options);
  await store.putRecords('r', 0, [{ kind: 'message', level: 'plain', text: LARGE }]);
  await store.putBlob(Buffer.from('a file'), 'project');
  expect(JSON.stringify(await itemsOf(options)).length).toBeLessThan(500);
  const s3 = new S3Client(options.clients.s3);
  const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: options.bucket }));
  const places = objects.map(({ Key: key = '' }) => key.replace(/[0-9a-f]{64}$/, 'HASH'));
  expect(places.sort()).toEqual(['projects/HASH', 'runs/HASH']);
});

test('a blob that is not what its name says is refused', async () => {
  const options = await aws.create();
  const store = openDynamoStore(options);
  const hash = await store.putBlob(Buffer.from('a file'), 'project');
  const s3 = new S3Client(options.clients.s3);
  await s3.send(new PutObjectCommand({ Bucket: options.bucket, Key: `projects/${hash}`, Body: 'another' }));
  await expect(store.getBlob(hash, 'project')).rejects.toThrow(/was changed or cut off/);
});

test('a run is found and listed though it began months ago, and not when it is older than runs get', async () => {
  const options = await aws.create();
  const day = 86_400_000;
  const now = Date.UTC(2026, 10, 22);
  const store = openDynamoStore({ ...options, now: () => now });
  const ages = [0, 1, 40, 89, 200];
  for (const age of ages)
    await store.startRun({ runId: `run${900 - age}`, startedAt: now - age * day, command: ['run'] });
  expect((await store.listRuns(10)).map(({ runId }) => runId)).toEqual([
    'run900',
    'run899',
    'run860',
    'run811',
  ]);
  expect((await store.findRun('run81'))?.runId).toBe('run811');
  expect(await store.findRun('run8')).toBeUndefined();
});

test.each([
  { what: 'table', says: /table nowhere failed: it does not exist/ },
  { what: 'bucket', says: /bucket nowhere failed: it does not exist/ },
])('a missing $what is named', async ({ what, says }) => {
  const store = openDynamoStore({ ...(await aws.create()), [what]: 'nowhere' });
  await expect(store.putRecords('r', 0, [{ kind: 'message', level: 'plain', text: LARGE }])).rejects.toThrow(
    says,
  );
});

test('a service that cannot be reached may be tried again', async () => {
  const options = await aws.create();
  const clients = {
    ...options.clients,
    dynamo: { ...options.clients.dynamo, endpoint: 'http://127.0.0.1:9' },
  };
  const reading = openDynamoStore({ ...options, clients }).readHostKey('h');
  await expect(reading).rejects.toMatchObject({ failure: { kind: 'store-failed', retryable: true } });
  await expect(reading).rejects.toThrow(/cannot be reached/);
});

test('a store that was never used closes', async () => {
  await openDynamoStore(await aws.create()).close();
});

async function fill(store: RunStore): Promise<void> {
  const event = { kind: 'message', level: 'plain', text: 't' } as const;
  await store.startRun({ runId: 'r', startedAt: 1, command: ['run'] });
  await store.putRecords('r', 0, [event]);
  await store.appendEntry('r', 'h', {
    sequence: 0,
    entry: { writer: 'w', batch: 0, start: 0, said: [{ order: [0], event }] },
  });
  await store.finishRun('r', { finishedAt: 2, exitCode: 0 });
  await store.putFacts('h', dict([['a', 1]]), 5);
  await store.recordHostKey('h', 'key');
  await store.nameProject('shop', 'hash', 5);
}

async function itemsOf(
  options: Awaited<ReturnType<LocalAws['create']>>,
): Promise<Record<string, AttributeValue>[]> {
  const dynamo = new DynamoDBClient(options.clients.dynamo);
  return (await dynamo.send(new ScanCommand({ TableName: options.table }))).Items ?? [];
}
