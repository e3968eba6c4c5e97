/** Ten times the hosts cost at most twelve times as much, and no execution comes near what AWS allows. */

import { expect, test } from 'vitest';
import { limits } from '../../../shared/base/limits.ts';
import type { Sealer } from '../../../shared/store/seal.ts';
import { type Simulated, simulate } from './simulated-cloud.ts';
import { simulatedHosts } from './simulated-hosts.ts';

const TASKS = 34;

/** A play of 34 tasks, with one that is run once for all. */
function run(hosts: number): Promise<Simulated> {
  const names = Array.from({ length: hosts }, (_, index) => `host${index + 1}.fleet.example.com`);
  const tasks = Array.from({ length: TASKS }, (_, index) => `    - name: task ${index}\n      debug:\n`);
  const play = `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`;
  return simulate({
    files: { '/project/hosts': `${names.join('\n')}\n`, '/project/site.yml': play },
    host: simulatedHosts({ tasks: TASKS, meetings: [{ before: 10, isOnce: true }] }),
    sealer,
  });
}

const sealer: Sealer = { seal: (bytes) => bytes, open: (sealed) => sealed };

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

const COSTS = [
  'operations',
  'durableBytes',
  'executions',
  'invocations',
  'storeWrites',
  'storeBytes',
] as const;

function costs({
  executions,
  invocations,
  store,
}: Simulated): Readonly<Record<(typeof COSTS)[number], number>> {
  return {
    operations: sum(executions.map(({ operations }) => operations)),
    durableBytes: sum(executions.map(({ bytes }) => bytes)),
    executions: executions.length,
    invocations,
    storeWrites: store.writes,
    storeBytes: store.bytes,
  };
}

test('from 1,000 to 10,000 hosts', async () => {
  const few = await run(1_000);
  const many = await run(10_000);
  expect([few.exitCode, many.exitCode]).toEqual([0, 0]);
  const before = costs(few);
  const after = costs(many);
  for (const what of COSTS) expect(after[what] / before[what], what).toBeLessThanOrEqual(12);
  for (const { bytes, operations } of many.executions) {
    expect(operations).toBeLessThanOrEqual(limits.hostsPerShard + 1);
    expect(bytes).toBeLessThan(10_000_000);
  }
});

test('hosts that each bring a change of the inventory, from 200 to 2,000', async () => {
  const few = await changing(200);
  const many = await changing(2_000);
  expect([lastBatch(few), lastBatch(many)]).toEqual([200, 2_000]);
  // Small answers are in the durable history, larger ones in the store.
  const written = (of: Simulated): number => costs(of).durableBytes + costs(of).storeBytes;
  expect(written(many) / written(few)).toBeLessThanOrEqual(12);
});

/** The hosts of a play form the group that the next one names. */
function changing(hosts: number): Promise<Simulated> {
  const names = Array.from({ length: hosts }, (_, index) => `host${index + 1}`);
  const site =
    '- hosts: all\n  gather_facts: false\n  tasks:\n    - group_by: key=grouped\n' +
    '- hosts: grouped\n  gather_facts: false\n  tasks:\n    - debug:\n';
  return simulate({
    files: { '/project/hosts': `${names.join('\n')}\n`, '/project/site.yml': site },
    host: simulatedHosts({
      tasks: 1,
      meetings: [{ before: 0, isOnce: false }],
      met: () => ({ changes: [new Map([['add_group', 'grouped']])] }),
    }),
    sealer,
  });
}

function lastBatch({ records }: Simulated): number {
  return records.flatMap((record) => (record.kind === 'batch' ? [record.hosts.length] : [])).at(-1) ?? 0;
}
