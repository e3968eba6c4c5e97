/** The local cloud's functions die, freeze, are throttled and invoked twice, and executions come to the same end. */

import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Faults, RequestFault } from '../../cli/cloud-local/faults.ts';
import { prepareSample, type SampleClouds } from './cloud-local-setup.ts';

let sample: SampleClouds;
beforeAll(async () => {
  sample = await prepareSample();
});
afterEach(() => sample.closeAll());
afterAll(() => sample.remove());

test('a function killed amid a step is invoked again and goes on from its last checkpoint', async () => {
  const { cloud, marks, run } = await sample.start();
  const running = run({ do: 'slow-step' });
  await expect.poll(() => marks('slow')).toBe(1);
  const [environment] = cloud.environments.list();
  cloud.environments.kill(environment?.pid ?? 0);
  expect(await running).toMatchObject({ status: 'SUCCEEDED', result: { times: 2 } });
  expect(marks('done')).toBe(1);
  expect(cloud.use('sample')).toMatchObject({ invocations: 2, coldStarts: 2 });
});

test('a zombie that thaws after its invocation was given up can write nothing', async () => {
  const refused: string[] = [];
  const { cloud, directory, marks, run } = await sample.start({
    onLog: (_, text) => refused.push(text),
  });
  const running = run({ do: 'zombie' });
  await expect.poll(() => marks('zombie')).toBe(1);
  const pid = cloud.environments.list()[0]?.pid ?? 0;
  cloud.environments.freeze(pid);
  cloud.environments.abandon(pid);
  expect(await running).toMatchObject({ status: 'SUCCEEDED', result: 'second' });
  writeFileSync(`${directory}/go`, '');
  cloud.environments.thaw(pid);
  await expect.poll(() => refused.join('')).toContain('Invalid Checkpoint Token');
  const { result } = cloud.executions.list()[0] ?? {};
  expect(result).toBe('"second"');
});

test('a function that takes too long is killed and invoked again', async () => {
  const { marks, run } = await sample.start({ timeoutSeconds: 2 });
  expect(await run({ do: 'hang' })).toMatchObject({ status: 'SUCCEEDED', result: 2 });
  expect(marks('hang')).toBe(2);
});

test('a function that takes too much memory is killed and invoked again', async () => {
  const { cloud, run } = await sample.start({ memoryMb: 256 });
  expect(await run({ do: 'hog' })).toMatchObject({ status: 'SUCCEEDED', result: 0 });
  expect(cloud.use('sample').coldStarts).toBe(2);
});

test('an execution whose function always dies is given up in the end', async () => {
  const { cloud, run } = await sample.start({ crashesMax: 3 });
  cloud.setFaults({ delivery: ({ kind }) => (kind === 'invocation' ? { kind: 'drop' } : undefined) });
  expect(await run({ do: 'steps' })).toMatchObject({ status: 'FAILED', error: 'Invocation lost' });
});

test('an event delivered three times under one name runs once', async () => {
  const faults: Faults = {
    delivery: ({ kind }) => (kind === 'event' ? { kind: 'duplicate', copies: 3 } : undefined),
  };
  const { cloud, marks, run } = await sample.start({ faults });
  expect(await run({ do: 'steps' }, 'once')).toMatchObject({ status: 'SUCCEEDED' });
  expect(cloud.executions.list()).toHaveLength(1);
  expect(marks('first')).toBe(1);
});

test('an invocation delivered three times at once writes its steps once', async () => {
  const faults: Faults = {
    delivery: ({ kind }) => (kind === 'invocation' ? { kind: 'duplicate', copies: 3 } : undefined),
  };
  const { cloud, run } = await sample.start({ faults });
  const { arn, status } = await run({ do: 'steps' });
  expect(status).toBe('SUCCEEDED');
  expect(cloud.executions.operations(arn)).toHaveLength(5);
});

test('checkpoints that are throttled, fail, are late or lose their answers lose nothing', async () => {
  const kinds: readonly RequestFault[] = [
    { kind: 'throttle' },
    { kind: 'fail' },
    { kind: 'delay', ms: 5 },
    { kind: 'lose-answer' },
  ];
  let requests = 0;
  const faults: Faults = {
    request: ({ action }) => {
      if (action !== 'CheckpointDurableExecution' || requests++ % 2 === 1) return undefined;
      return kinds[(requests >> 1) % kinds.length];
    },
  };
  const { marks, run } = await sample.start({ faults });
  expect(await run({ do: 'many', count: 20 })).toMatchObject({ result: 20 });
  expect(await run({ do: 'steps' })).toMatchObject({ status: 'SUCCEEDED' });
  expect(marks('second')).toBe(1);
  expect(requests).toBeGreaterThan(20);
});

test('environments that are frozen when idle, or never used again, give the same results', async () => {
  const frozen = await sample.start({ freezesIdle: true });
  expect((await frozen.run({ do: 'steps' })).result).toMatchObject({ second: 1 });
  expect(frozen.cloud.use('sample').coldStarts).toBe(1);
  const cold = await sample.start({ keepsWarm: false });
  expect((await cold.run({ do: 'steps' })).result).toMatchObject({ second: 1 });
  expect(cold.cloud.use('sample').coldStarts).toBe(2);
});
