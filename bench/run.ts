/** Compares Sortie with Ansible, Mitogen and plain ssh on the same work. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { judge } from './budget.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { runWork } from './run-work.ts';
import { formatOutcome, type Outcome } from './table.ts';
import { startTargets } from './targets.ts';
import { findTools } from './tools.ts';
import type { Work } from './work.ts';
import { works } from './works.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options !== 'help') return await compare(options);
    say(usage);
    return 0;
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

/** Runs the chosen works one after the other; 1 when one of them was not done. */
async function compare(options: Options): Promise<number> {
  const chosen = choose(options);
  const { missing, tools } = findTools(options.hasPeers);
  const [load = 0] = loadavg();
  say(`${availableParallelism()} × ${cpus()[0]?.model ?? 'processor'}, Node ${process.version}, `);
  say(`load ${load.toFixed(1)}; median of ${options.runs}, of ${options.peerRuns} for Ansible and Mitogen\n`);
  for (const sentence of missing) say(`${sentence}\n`);
  say('\n');
  const directory = mkdtempSync(path.join(tmpdir(), 'sortie-bench-'));
  const targets = await startTargets(Math.max(1, ...chosen.map((work) => work.hosts)));
  const interrupt = interruptSignal();
  const outcomes: Outcome[] = [];
  try {
    for (const work of chosen) {
      if (interrupt.aborted) break;
      const outcome = await runWork(work, { options, tools, targets, directory, interrupt });
      outcomes.push(outcome);
      say(formatOutcome(outcome, tools));
    }
  } finally {
    await targets.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, jsonOf(outcomes));
  return interrupt.aborted || outcomes.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

function choose({ isSlow, only }: Options): Work[] {
  const unknown = only.find((name) => !works.some((work) => work.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no work ${unknown}; there are: ${works.map((work) => work.name).join(', ')}`);
  }
  return works.filter((work) => (only.length > 0 ? only.includes(work.name) : isSlow || !work.isSlow));
}

/** Raised by Ctrl-C and by `kill`, so that nothing stays behind that was started here. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

function jsonOf(outcomes: readonly Outcome[]): string {
  const data = outcomes.map(({ work, results, problems }) => ({
    name: work.name,
    title: work.title,
    hosts: work.hosts,
    tools: Object.fromEntries(results),
    budgets: work.budgets.map((budget) => judge(budget, results)),
    problems,
  }));
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

function say(text: string): void {
  process.stdout.write(text);
}
