/** Has the tools do one work, checks that they did it, and gathers what it cost. */

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseRecap } from '../examples/recap.ts';
import { type Figures, figuresOf, type Run } from './figures.ts';
import { measure } from './measure.ts';
import type { Options } from './options.ts';
import type { Outcome } from './table.ts';
import type { Road, Targets } from './targets.ts';
import type { Tool, ToolName } from './tools.ts';
import type { Work } from './work.ts';

export type Bench = {
  readonly options: Options;
  readonly tools: readonly Tool[];
  readonly targets: Targets;
  /** The controller's side. */
  readonly directory: string;
  /** Raised when the user wants the end. */
  readonly interrupt: AbortSignal;
};

type Task = Bench & { readonly work: Work; readonly tool: Tool };

/** Every tool in turn; one that fails has a sentence instead of figures. */
export async function runWork(work: Work, bench: Bench): Promise<Outcome> {
  const results = new Map<ToolName, Figures>();
  const problems: string[] = [];
  for (const tool of bench.tools.filter(({ name }) => !work.without?.includes(name))) {
    if (bench.interrupt.aborted) break;
    try {
      const figures = await runTool({ ...bench, work, tool });
      if (figures !== undefined) results.set(tool.name, figures);
    } catch (error) {
      problems.push(`${tool.title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { work, results, problems };
}

async function runTool(task: Task): Promise<Figures | undefined> {
  const { options, targets, tool, work } = task;
  const isPeer = tool.name === 'ansible' || tool.name === 'mitogen';
  const isAlwaysRelayed = work.clock === 'first-connection' || work.roundTripMs !== undefined;
  const relayed = (): Promise<Road> => targets.relayed(work.roundTripMs ?? 0);
  const road = isAlwaysRelayed ? await relayed() : targets.direct;
  const timed: Run[] = [];
  for (let count = isPeer ? options.peerRuns : options.runs; count > 0; count--) {
    const run = await runOnce(task, road);
    if (run === undefined) return undefined;
    timed.push(run);
  }
  const mustCount = options.hasTraffic && !isAlwaysRelayed && work.hosts > 0;
  const counted = mustCount ? await runOnce(task, await relayed()) : undefined;
  return figuresOf(timed, counted === undefined ? [] : [counted]);
}

/** One run in directories of its own; undefined when the tool cannot do the work. */
async function runOnce(task: Task, road: Road): Promise<Run | undefined> {
  const { targets, tool, work } = task;
  const directory = path.join(task.directory, 'run');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const root = targets.newRoot();
  const job = work.prepare(directory, root);
  const command = tool.command(job, { directory, root, hosts: work.hosts, road, targets });
  if (command === undefined) return undefined;
  road.take?.();
  const done = await measure(command, { directory, interrupt: task.interrupt });
  const traffic = road.take?.();
  const problem =
    exitProblem(done) ??
    (tool.name === 'ssh' ? undefined : recapProblem(work, done.stdout)) ??
    work.problem({ tool: tool.name, stdout: done.stdout, directory, root });
  rmSync(root, { recursive: true, force: true });
  if (problem !== undefined) throw new Error(problem);
  if (work.clock === 'process') return { costs: done, seconds: done.seconds, traffic };
  if (traffic?.firstConnectionAtMs === undefined) throw new Error('has not turned to any host');
  return { costs: done, seconds: (traffic.firstConnectionAtMs - done.beganAtMs) / 1000, traffic };
}

type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

function exitProblem({ exitCode, stderr, stdout }: Ended): string | undefined {
  if (exitCode === 0) return undefined;
  const end = `${stdout}\n${stderr}`.trimEnd().split('\n').slice(-8).join('\n      ');
  return exitCode === null
    ? 'took too long or was interrupted'
    : `ended with exit code ${exitCode}:\n      ${end}`;
}

function recapProblem({ hosts, recap }: Work, stdout: string): string | undefined {
  if (recap === undefined) return undefined;
  const found = parseRecap(stdout);
  if (found.length !== hosts) return `the recap names ${found.length} hosts, not ${hosts}`;
  const wrong = found.find(
    (host) =>
      host.failed + host.unreachable > 0 ||
      host.ok !== recap.ok ||
      host.changed !== recap.changed ||
      host.skipped !== recap.skipped,
  );
  return wrong === undefined ? undefined : `unexpected recap: ${JSON.stringify(wrong)}`;
}
