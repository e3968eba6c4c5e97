/** `sortie show RUN`: prints a stored run again, as it was printed when it ran. */

import { systemClock } from '../shared/base/clock.ts';
import { loadConfig } from '../shared/project/config/load-config.ts';
import { diskFiles } from '../shared/project/disk-files.ts';
import type { RunStore } from '../shared/store/run-store.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { RunEvent } from '../shared/wire/run-event.ts';
import { terminalAsk } from './ask.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { parseOptions } from './option-parser.ts';
import { openRunPlace, placeOption, type RunPlace } from './place-options.ts';
import { createRunReport } from './run-report.ts';
import { readRun } from './stored-run.ts';
import { helpOption, reportUsage, usageError } from './subcommand.ts';

const usage = {
  program: 'sortie show',
  positionals: 'RUN',
  positionalHelp: 'id of the run, or a beginning of it that no other has; `sortie runs` lists them',
  description: 'Prints a stored run again, as it was printed when it ran.',
  specs: [
    helpOption,
    { key: 'json', flags: ['--json'], help: 'print it as one JSON document' },
    {
      key: 'verbosity',
      flags: ['-v', '--verbose'],
      help: 'print more than the run did; repeat for even more',
    },
    placeOption,
    {
      key: 'follow',
      flags: ['-f', '--follow'],
      help: 'of a run that has not ended, print what is to come as well',
    },
  ],
};

/** Puts the run's events into a report; the exit code is the run's own. */
export const show: Command = async (argv, deps) => {
  const ended = reportUsage(usage, parseOptions(argv, usage.specs), deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const { positionals, values } = ended.parsed;
  const [idPrefix] = positionals;
  if (idPrefix === undefined || positionals.length > 1) {
    return usageError(usage, 'one run is required', deps);
  }
  const place = await openRunPlace(values.get('on')?.at(-1), deps);
  if (typeof place === 'string') return usageError(usage, place, deps);
  try {
    return await showRun(place, idPrefix, {
      deps,
      isJson: values.has('json'),
      moreVerbose: values.get('verbosity')?.length ?? 0,
      follows: values.has('follow'),
    });
  } finally {
    await place.store.close();
  }
};

type Showing = {
  readonly deps: CommandDeps;
  readonly isJson: boolean;
  readonly moreVerbose: number;
  readonly follows: boolean;
};

async function showRun(place: RunPlace, idPrefix: string, how: Showing): Promise<number> {
  const { deps, follows } = how;
  const { cloud, store } = place;
  const run = await store.findRun(idPrefix);
  if (run === undefined) {
    deps.err(`ERROR! there is no run ${idPrefix}, or more than one: see sortie runs\n`);
    return exitCodes.error;
  }
  const report = reportOf(how);
  if (follows && cloud !== undefined && run.finishedAt === undefined)
    return follow(run.runId, report, { deps, store, cloud });
  const wait = async (ms: number): Promise<boolean> => {
    await systemClock.sleep(ms);
    return true;
  };
  let exitCode = run.exitCode ?? exitCodes.ok;
  for await (const event of readRun(store, run.runId, follows ? { wait } : undefined)) {
    report(event);
    if (event.kind === 'run-finished') exitCode = event.exitCode;
  }
  return exitCode;
}

function reportOf({ deps, isJson, moreVerbose }: Showing): (event: RunEvent) => void {
  const { value: config } = loadConfig(diskFiles(deps));
  const report = createRunReport({ config, deps, isJson });
  return (event) => {
    if (event.kind === 'run-started') {
      const { options } = event;
      report({ ...event, options: { ...options, verbosity: options.verbosity + moreVerbose } });
    } else report(event);
  };
}

type CloudPlace = {
  readonly deps: CommandDeps;
  readonly store: RunStore;
  readonly cloud: NonNullable<RunPlace['cloud']>;
};

async function follow(
  runId: string,
  report: (event: RunEvent) => void,
  { cloud, deps, store }: CloudPlace,
): Promise<number> {
  const { followToTerminal } = await import('./cloud/follow-to-terminal.ts');
  const controller = await cloud.access.openController(cloud.settings);
  try {
    return await followToTerminal({ runId, report }, { deps, store, controller, ask: terminalAsk() });
  } finally {
    controller.close();
  }
}
