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
  // Without a name they are three.
  await Promise.all([run({ do: 'steps' }), run({ do: 'steps' })]);
  expect(cloud.executions.list()).toHaveLength(7);
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

test('executions come to their end whatever dies, freezes, is lost or arrives twice', async () => {
  const random = seededRandom(7);
  const { cloud, run } = await sample.start({
    onInvocation: ({ pid }) => {
      const draw = random();
      if (draw < 0.15) soon(random() * 60, () => cloud.environments.kill(pid));
      else if (draw < 0.22) {
        soon(random() * 40, () => {
          cloud.environments.freeze(pid);
          cloud.environments.abandon(pid);
          soon(random() * 100, () => cloud.environments.thaw(pid));
        });
      }
    },
  });
  cloud.setFaults(randomFaults(random));
  const chained = { do: 'fan-out', count: 8, worker: 'sample:$LATEST' };
  const ends = await Promise.all(Array.from({ length: 3 }, () => run(chained)));
  expect(ends.map(({ result }) => result)).toEqual([8, 8, 8]);
  const statuses = cloud.executions.list().map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set(['SUCCEEDED']));
});

function randomFaults(random: () => number): Faults {
  const requests: readonly RequestFault[] = [
    { kind: 'throttle' },
    { kind: 'fail' },
    { kind: 'lose-answer' },
    { kind: 'delay', ms: 10 },
  ];
  return {
    request: () => (random() < 0.06 ? requests[Math.floor(random() * requests.length)] : undefined),
    delivery: ({ kind }) => {
      if (kind === 'event' || random() > 0.1) return undefined;
      return random() < 0.5 ? { kind: 'drop' } : { kind: 'duplicate', copies: 3 };
    },
  };
}

/** What is gone in the meantime needs no disturbing. */
function soon(ms: number, disturb: () => void): void {
  setTimeout(() => {
    try {
      disturb();
    } catch (error) {
      if (!String(error).includes('no environment')) throw error;
    }
  }, ms);
}

/** A linear congruential generator: the same numbers each time. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
