/**
 * What a run over many hosts costs its controller: the controller's real code under the real durable SDK, with AWS's
 * side and the hosts imitated in this process. Prints the table of docs/scale.md.
 */

import type { Operation } from '../cli/cloud-local/operation.ts';
import { limits } from '../shared/base/limits.ts';
import { type InProcessRun, runInProcess } from '../test/integration/in-process-lambda.ts';
import type { Simulation } from '../test/unit/controller/simulated-cloud.ts';
import { simulatedHosts } from '../test/unit/controller/simulated-hosts.ts';

const PLAYS = 3;
const TASKS = 100;

const sizes = process.argv.slice(2).map(Number);

process.stdout.write(`${header()}\n`);
for (const hosts of sizes.length === 0 ? [200, 1_000, 10_000] : sizes)
  for (const meetings of [0, 1]) process.stdout.write(`${await line(hosts, meetings)}\n`);

function header(): string {
  const names = [
    'hosts',
    'meetings per play',
    'stages',
    'executions',
    'operations of the run',
    'most of one execution',
    'all operations',
    'KB of the run',
    'most KB of one',
    'all MB',
    'blobs and records',
    'their MB',
    'invocations',
    'CPU s',
  ];
  return `| ${names.join(' | ')} |\n|${' --- |'.repeat(names.length)}`;
}

async function line(hosts: number, meetings: number): Promise<string> {
  const before = process.cpuUsage();
  const run = await runInProcess(work(hosts, meetings));
  const cpu = process.cpuUsage(before);
  if (run.end.result !== '0') throw new Error(`the run ended with ${JSON.stringify(run.end)}`);
  checkRecap(run, hosts);
  const operations = run.operations.map(({ length }) => length);
  const bytes = run.operations.map(writtenBytes);
  const { store } = run.world;
  const cells = [
    hosts,
    meetings,
    run.world.stages.size,
    operations.length,
    operations[0] ?? 0,
    Math.max(...operations),
    sum(operations),
    kilo(bytes[0] ?? 0),
    kilo(Math.max(...bytes)),
    mega(sum(bytes)),
    store.writes,
    mega(store.bytes),
    run.invocations,
    ((cpu.user + cpu.system) / 1e6).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Three plays of 100 tasks in all; in each, one task may be run by one host for all. */
function work(hosts: number, meetings: number): Simulation {
  const names = Array.from({ length: hosts }, (_, index) => `host${index + 1}.fleet.example.com`);
  const each = Math.ceil(TASKS / PLAYS);
  const tasks = Array.from({ length: each }, (_, index) => `    - name: task ${index}\n      debug:\n`);
  const play = `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`;
  const before = Array.from({ length: meetings }, (_, index) => ({ before: 10 * (index + 1), isOnce: true }));
  return {
    files: { '/project/hosts': `${names.join('\n')}\n`, '/project/site.yml': play.repeat(PLAYS) },
    host: simulatedHosts({ tasks: each, meetings: before }),
  };
}

function checkRecap(run: InProcessRun, hosts: number): void {
  const recap = run.records.flatMap((record) => (record.kind === 'playbook-finished' ? record.recap : []));
  if (recap.length !== hosts) throw new Error(`the recap has ${recap.length} hosts`);
  const most = Math.max(...run.operations.map(({ length }) => length));
  if (most > limits.hostsPerShard + limits.runOperationsMax)
    throw new Error(`an execution has ${most} operations`);
}

/** What an execution has written: events of calls, and results. */
function writtenBytes(operations: readonly Operation[]): number {
  return sum(operations.map(({ input = '', result = '' }) => input.length + result.length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function kilo(bytes: number): string {
  return (bytes / 1e3).toFixed(1);
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
