/** `sortie stop RUN`: ends a run in the cloud. */

import { systemClock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import { exitCodes } from '../../shared/wire/exit-code.ts';
import type { Command, CommandDeps } from '../command-deps.ts';
import { parseOptions } from '../option-parser.ts';
import { helpOption, reportUsage, usageError } from '../subcommand.ts';
import type { CloudAccess } from './cloud-access.ts';
import { cloudSettings } from './cloud-settings.ts';
import { stopRun } from './stop-run.ts';

const usage = {
  program: 'sortie stop',
  positionals: 'RUN',
  positionalHelp: 'id of the run, or a beginning of it that no other has; `sortie runs --on aws` lists them',
  description:
    'Stops a run in the cloud. Tasks that a host has in hand come to their end; nothing begins after them.',
  specs: [
    helpOption,
    { key: 'now', flags: ['--now'], help: 'do not wait for the run to end by itself, with its recap' },
  ],
};

/** The subcommand, over what opens the cloud. */
export function createStop(access: CloudAccess): Command {
  return async (argv, deps) => {
    const ended = reportUsage(usage, parseOptions(argv, usage.specs), deps);
    if (ended.kind === 'ended') return ended.exitCode;
    const { positionals, values } = ended.parsed;
    const [idPrefix] = positionals;
    if (idPrefix === undefined || positionals.length > 1)
      return usageError(usage, 'one run is required', deps);
    return stop(idPrefix, values.has('now'), { access, deps });
  };
}

type Stopping = { readonly access: CloudAccess; readonly deps: CommandDeps };

async function stop(idPrefix: string, isNow: boolean, { access, deps }: Stopping): Promise<number> {
  const settings = cloudSettings(deps);
  const store = await access.openStore(settings);
  try {
    const run = await store.findRun(idPrefix);
    if (run === undefined) {
      deps.err(`ERROR! there is no run ${idPrefix}, or more than one: see sortie runs --on aws\n`);
      return exitCodes.error;
    }
    if (run.finishedAt !== undefined) {
      deps.out(`${run.runId} has ended already\n`);
      return exitCodes.ok;
    }
    const controller = await access.openController(settings);
    try {
      const end = await stopRun(run.runId, isNow ? 0 : limits.stopPatienceMs, {
        store,
        controller,
        clock: systemClock,
      });
      deps.out(`${run.runId} ${end === 'ended' ? 'has ended' : 'was stopped'}\n`);
      return exitCodes.ok;
    } finally {
      controller.close();
    }
  } finally {
    await store.close();
  }
}
