/** `sortie show RUN`: prints a stored run again, as it was printed when it ran. */

import { loadConfig } from '../shared/project/config/load-config.ts';
import { diskFiles } from '../shared/project/disk-files.ts';
import type { RunStore } from '../shared/store/run-store.ts';
import { openSqliteStore } from '../shared/store/sqlite-store.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { parseOptions } from './option-parser.ts';
import { createRunReport } from './run-report.ts';
import { storeDirectory } from './store-directory.ts';
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
  ],
};

/** Replays the run's events into a report; the exit code is the run's own. */
export const show: Command = async (argv, deps) => {
  const ended = reportUsage(usage, parseOptions(argv, usage.specs), deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const { positionals, values } = ended.parsed;
  const [idPrefix] = positionals;
  if (idPrefix === undefined || positionals.length > 1) {
    return usageError(usage, 'one run is required', deps);
  }
  const store = openSqliteStore(storeDirectory(deps));
  try {
    return await replay(store, idPrefix, {
      deps,
      isJson: values.has('json'),
      moreVerbose: values.get('verbosity')?.length ?? 0,
    });
  } finally {
    await store.close();
  }
};

type Replay = { readonly deps: CommandDeps; readonly isJson: boolean; readonly moreVerbose: number };

async function replay(store: RunStore, idPrefix: string, how: Replay): Promise<number> {
  const { deps, isJson, moreVerbose } = how;
  const run = await store.findRun(idPrefix);
  if (run === undefined) {
    deps.err(`ERROR! there is no run ${idPrefix}, or more than one: see sortie runs\n`);
    return exitCodes.error;
  }
  const { value: config } = loadConfig(diskFiles(deps));
  const report = createRunReport({ config, deps, isJson });
  for await (const event of readRun(store, run.runId)) {
    if (event.kind === 'run-started') {
      const { options } = event;
      report({ ...event, options: { ...options, verbosity: options.verbosity + moreVerbose } });
    } else report(event);
  }
  return run.exitCode ?? exitCodes.ok;
}
