/** `sortie runs`: the stored runs, newest first. */

import type { RunSummary } from '../shared/store/run-store.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { Command } from './command-deps.ts';
import { parseOptions } from './option-parser.ts';
import { openRunPlace, placeOption } from './place-options.ts';
import { helpOption, reportUsage, usageError } from './subcommand.ts';

const DEFAULT_COUNT = '20';

const usage = {
  program: 'sortie runs',
  positionals: '',
  description: 'Lists the runs of this directory, or those in the cloud, newest first.',
  specs: [
    helpOption,
    placeOption,
    {
      key: 'count',
      flags: ['-n', '--count'],
      value: 'COUNT',
      isInt: true,
      help: `list at most so many (default: ${DEFAULT_COUNT})`,
    },
  ],
};

/** Prints id, start, duration, outcome and command of each run. */
export const runs: Command = async (argv, deps) => {
  const outcome = parseOptions(argv, usage.specs);
  const ended = reportUsage(usage, outcome, deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const count = Number(ended.parsed.values.get('count')?.at(-1) ?? DEFAULT_COUNT);
  const place = await openRunPlace(ended.parsed.values.get('on')?.at(-1), deps);
  if (typeof place === 'string') return usageError(usage, place, deps);
  const { store } = place;
  try {
    for (const run of await store.listRuns(count)) deps.out(`${runLine(run)}\n`);
  } finally {
    await store.close();
  }
  return exitCodes.ok;
};

function runLine(run: RunSummary): string {
  const start = new Date(run.startedAt).toISOString().replace('T', ' ').slice(0, 19);
  const unfinished = run.stopRequestedAt === undefined ? 'not finished' : 'stopping';
  const outcome = run.exitCode === undefined ? unfinished : `exit ${run.exitCode}`;
  return `${run.runId}  ${start}  ${duration(run).padStart(8)}  ${outcome.padEnd(12)}  ${run.command.join(' ')}`;
}

function duration({ finishedAt, startedAt }: RunSummary): string {
  if (finishedAt === undefined) return '-';
  const seconds = (finishedAt - startedAt) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  return `${Math.floor(seconds / 60)}m${String(Math.floor(seconds % 60)).padStart(2, '0')}s`;
}
