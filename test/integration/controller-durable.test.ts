/** The controller under the real durable SDK: the same as in memory, whatever happens to its invocations. */

import { expect, test } from 'vitest';
import type { HostRecap } from '../../shared/wire/run-event.ts';
import { type Simulation, simulate } from '../unit/controller/simulated-cloud.ts';
import { simulatedHosts } from '../unit/controller/simulated-hosts.ts';
import { type InProcessRun, runInProcess } from './in-process-lambda.ts';

const PLAY = '- hosts: all\n  gather_facts: false\n  tasks:\n    - debug:\n';

const MEETINGS = [
  { before: 2, isOnce: true },
  { before: 3, isOnce: false },
];

function simulation(hosts: number, plays = 1): Simulation {
  const names = Array.from({ length: hosts }, (_, index) => `web${index + 1}`);
  return {
    files: { '/project/hosts': `${names.join('\n')}\n`, '/project/site.yml': PLAY.repeat(plays) },
    host: simulatedHosts({ tasks: 5, meetings: MEETINGS }),
  };
}

function recapOf({ records }: Pick<InProcessRun, 'records'>): readonly HostRecap[] {
  return records.flatMap((record) => (record.kind === 'playbook-finished' ? record.recap : []));
}

test('a few hosts are invoked by the run itself', async () => {
  const run = await runInProcess(simulation(3, 2));
  expect(run.end).toMatchObject({ status: 'SUCCEEDED', result: '0' });
  expect(run.operations).toHaveLength(1);
  expect(recapOf(run).map(({ ok }) => ok)).toEqual([10, 8, 8]);
});

test.each([200, 1000])('%i hosts are shared out, with as many operations as were counted', async (count) => {
  const hosts = simulation(count);
  const counted = await simulate(simulation(count));
  const run = await runInProcess(hosts);
  expect(run.end).toMatchObject({ status: 'SUCCEEDED', result: '0' });
  expect(run.operations.map((operations) => operations.length).toSorted(numeric)).toEqual(
    counted.executions.map(({ operations }) => operations).toSorted(numeric),
  );
  expect(recapOf(run)).toEqual(recapOf(counted));
});

test('a controller that is killed at any checkpoint goes on, and invokes no host twice', async () => {
  const whole = await runInProcess(simulation(4));
  let checkpoint = 0;
  for (let isBehindTheEnd = false; !isBehindTheEnd; ) {
    checkpoint += 1;
    isBehindTheEnd = true;
    const calls = new Map<string, number>();
    const run = await runInProcess(simulation(4), {
      kills: (number) => {
        if (number !== checkpoint) return undefined;
        isBehindTheEnd = false;
        return checkpoint % 2 === 0 ? 'after' : 'before';
      },
      failing: (host, count) => {
        calls.set(host, count);
        return undefined;
      },
    });
    expect(run.end).toMatchObject({ status: 'SUCCEEDED', result: '0' });
    expect(recapOf(run)).toEqual(recapOf(whole));
    expect(run.records.map(({ kind }) => kind)).toEqual(whole.records.map(({ kind }) => kind));
    // Ahead, the task of one for all, ahead, the task of all, ahead.
    expect([...calls.values()]).toEqual([5, 4, 4, 4]);
  }
  expect(checkpoint).toBeGreaterThan(10);
});

test('calls that are throttled are made again, calls that fail make the host unreachable', async () => {
  const run = await runInProcess(simulation(30), {
    failing: (host, calls) => {
      if (host === 'web7') return calls <= 2 ? 'Rate Exceeded.' : undefined;
      return host === 'web9' ? 'Function timed out' : undefined;
    },
  });
  expect(run.end).toMatchObject({ status: 'SUCCEEDED', result: '4' });
  expect(recapOf(run).filter(({ unreachable }) => unreachable > 0)).toMatchObject([{ host: 'web9' }]);
  const names = run.operations.flat().flatMap(({ type, name }) => (type === 'WAIT' ? [name] : []));
  expect(names).toEqual(['web7 throttled', 'web7 throttled']);
});

test('a run longer than one execution ends in another', async () => {
  const meetings = Array.from({ length: 24 }, (_, before) => ({ before, isOnce: false }));
  const host = simulatedHosts({ tasks: 24, meetings });
  const run = await runInProcess({ ...simulation(20), host });
  expect(run.end).toMatchObject({ status: 'SUCCEEDED', result: '0' });
  expect(run.operations).toHaveLength(2);
  expect(recapOf(run)[0]?.ok).toBe(24);
});

function numeric(left: number, right: number): number {
  return left - right;
}
