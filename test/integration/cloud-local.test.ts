/** The local cloud runs durable functions as AWS does: steps, waits, chained functions, limits, idempotent starts. */

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LocalCloud } from '../../cli/cloud-local/local-cloud.ts';
import { prepareSample, type SampleClouds } from './cloud-local-setup.ts';

let sample: SampleClouds;
beforeAll(async () => {
  sample = await prepareSample();
});
afterEach(() => sample.closeAll());
afterAll(() => sample.remove());

const MINUTE_MS = 60_000;

test('an execution runs its steps once each, and a wait of 40 minutes costs nothing', async () => {
  const jumps: number[] = [];
  const { cloud, run } = await sample.start({ onTimeJump: (now) => jumps.push(now) });
  const begin = cloud.now();
  const { result } = await run({ do: 'steps' });
  expect(result).toEqual({ first: 1, second: 1, waitedMinutes: 40 });
  expect(cloud.now() - begin).toBeGreaterThanOrEqual(40 * MINUTE_MS);
  expect(jumps).toHaveLength(1);
  const use = cloud.use('sample');
  expect(use).toMatchObject({ invocations: 2, coldStarts: 1 });
  expect(use.busyMs / (cloud.now() - begin)).toBeLessThan(0.02);
});

test('a step that fails is tried again after its pause', async () => {
  const { cloud, run } = await sample.start();
  const begin = cloud.now();
  const { result } = await run({ do: 'flaky' });
  expect(result).toBe(3);
  expect(cloud.now() - begin).toBeGreaterThanOrEqual(3 * MINUTE_MS);
});

test('200 chained functions are invoked, wait and answer, over several pages of state', async () => {
  const { cloud, marks, run } = await sample.start({ pageOperations: 50 });
  const { result } = await run({ do: 'fan-out', count: 200, worker: 'sample:$LATEST' });
  expect(result).toBe(200);
  expect(marks('first')).toBe(200);
  expect(marks('second')).toBe(200);
  expect(cloud.executions.list()).toHaveLength(201);
  expect(cloud.executions.list().every(({ status }) => status === 'SUCCEEDED')).toBe(true);
});

test('starting twice under one name and payload is starting once', async () => {
  const { cloud, marks, run } = await sample.start();
  const first = await run({ do: 'steps' }, 'nightly');
  const second = await run({ do: 'steps' }, 'nightly');
  expect(second).toEqual(first);
  expect(marks('first')).toBe(1);
  const client = clientOf(cloud);
  const other = {
    FunctionName: 'sample:$LATEST',
    InvocationType: 'Event',
    DurableExecutionName: 'nightly',
  } as const;
  await expect(client.send(command({ ...other, Payload: '{"do":"flaky"}' }))).rejects.toMatchObject({
    name: 'DurableExecutionAlreadyStartedException',
    $metadata: { httpStatusCode: 409 },
  });
  client.destroy();
});

test('an unqualified name does not start a durable function, nor does waiting for what may take days', async () => {
  const { cloud } = await sample.start();
  const client = clientOf(cloud);
  await expect(client.send(command({ FunctionName: 'sample', InvocationType: 'Event' }))).rejects.toThrow(
    'unqualified ARN',
  );
  await expect(client.send(command({ FunctionName: 'sample:durable' }))).rejects.toThrow('15 minutes');
  await expect(client.send(command({ FunctionName: 'other' }))).rejects.toThrow('Function not found');
  client.destroy();
});

test('a synchronous start waits for the end of the execution', async () => {
  const { cloud, directory } = await sample.start({ executionTimeoutSeconds: 900 });
  const client = clientOf(cloud);
  const Payload = JSON.stringify({ do: 'flaky', marks: directory });
  const answer = await client.send(command({ FunctionName: 'sample:durable', Payload }));
  expect(answer.Payload?.transformToString()).toBe('3');
  expect(answer.DurableExecutionArn).toBe(cloud.executions.list()[0]?.arn);
  const failed = await client.send(command({ FunctionName: 'sample:durable', Payload: '{"do":"throw"}' }));
  expect(failed.FunctionError).toBe('Unhandled');
  expect(failed.Payload?.transformToString()).toContain('as asked');
  client.destroy();
});

test('an execution ends in time, or is stopped', async () => {
  const { cloud, run } = await sample.start({ executionTimeoutSeconds: 60 });
  expect(await run({ do: 'steps' })).toMatchObject({ status: 'TIMED_OUT' });
  const time = cloud.holdTime();
  const { executionArn = '' } = await cloud.invoke('sample', { do: 'steps' }, { type: 'Event' });
  cloud.executions.stop(executionArn);
  time();
  expect((await cloud.executions.ended(executionArn)).status).toBe('STOPPED');
});

test('what is larger than AWS takes is refused', async () => {
  const { cloud, run } = await sample.start();
  expect(await run({ do: 'big', count: 262_142 })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await run({ do: 'big', count: 262_143 })).toMatchObject({
    status: 'FAILED',
    error: expect.stringContaining('262144 bytes'),
  });
  expect(await run({ do: 'result', count: 6_400_000 })).toMatchObject({ status: 'SUCCEEDED' });
  // The execution itself is one operation.
  const { arn, error } = await run({ do: 'many', count: 3_000 });
  expect(error).toContain('3000 operations');
  expect(cloud.executions.operations(arn)).toHaveLength(3_000);
});

test('an event that fails is tried twice more, a minute and two minutes later', async () => {
  const { cloud, directory, marks } = await sample.start();
  const begin = cloud.now();
  await cloud.invoke('plain', { marks: directory, failures: 5 }, { type: 'Event' });
  await expect.poll(() => marks('plain')).toBe(3);
  expect(cloud.now() - begin).toBeGreaterThanOrEqual(3 * MINUTE_MS);
  const answer = await cloud.invoke('plain', { marks: directory, failures: 4 });
  expect(answer).toMatchObject({
    functionError: 'Unhandled',
    payload: expect.stringContaining('failure 4'),
  });
  expect((await cloud.invoke('plain', { marks: directory })).payload).toBe('{"count":5}');
});

function clientOf(cloud: LocalCloud): LambdaClient {
  return new LambdaClient({
    endpoint: cloud.endpoints.lambda,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

function command(input: ConstructorParameters<typeof InvokeCommand>[0]): InvokeCommand {
  return new InvokeCommand(input);
}
