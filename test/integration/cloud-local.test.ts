/** The local cloud runs durable functions as AWS does: real SDK clients, processes that die, time that jumps. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  type LocalCloud,
  type LocalCloudOptions,
  startLocalCloud,
} from '../../cli/cloud-local/local-cloud.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'sortie-local-cloud-'));
const file = path.join(directory, 'sample.cjs');
let cloud: LocalCloud;
let marks = '';

beforeAll(async () => {
  await build({
    entryPoints: ['test/integration/cloud-local-sample.ts'],
    outfile: file,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    logLevel: 'error',
  });
});
afterEach(async () => {
  await cloud.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function start(options: LocalCloudOptions = {}): Promise<void> {
  marks = mkdtempSync(path.join(directory, 'marks-'));
  cloud = await startLocalCloud({ jumpsOverWaits: true, concurrency: 4, ...options });
  const durable = { executionTimeoutSeconds: 86_400 };
  const common = { file, timeoutSeconds: 60, memoryMb: 512 };
  await cloud.addFunction({ ...common, name: 'sample', durable });
  await cloud.addFunction({ ...common, name: 'plain', exportName: 'plain' });
}

/** Starts an execution and waits for its end. */
async function run(event: Readonly<Record<string, unknown>>, executionName?: string): Promise<unknown> {
  const options = { type: 'Event', ...(executionName === undefined ? {} : { executionName }) } as const;
  const { executionArn = '' } = await cloud.invoke('sample', { marks, ...event }, options);
  const { error, result, status } = await cloud.executions.ended(executionArn);
  return status === 'SUCCEEDED' ? JSON.parse(result ?? 'null') : { status, error };
}

const count = (name: string): number => readFileSync(path.join(marks, name), 'utf8').length;

test('an execution runs its steps once each, and a wait of 40 minutes costs nothing', async () => {
  const jumps: number[] = [];
  await start({ onTimeJump: (now) => jumps.push(now) });
  const begin = cloud.now();
  expect(await run({ do: 'steps' })).toEqual({ first: 1, second: 1, hasWaited: true });
  expect(cloud.now() - begin).toBeGreaterThanOrEqual(40 * 60_000);
  expect(jumps).toHaveLength(1);
  const use = cloud.use('sample');
  expect(use).toMatchObject({ invocations: 2, coldStarts: 1 });
  expect(use.busyMs / (cloud.now() - begin)).toBeLessThan(0.02);
});

test('the real client finds the cloud by its environment variables alone', async () => {
  await start();
  const client = new LambdaClient({
    endpoint: cloud.endpoints.lambda,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const command = new InvokeCommand({ FunctionName: 'plain', Payload: JSON.stringify({ marks }) });
  const { Payload } = await client.send(command);
  expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({ count: 1 });
  client.destroy();
});
