/** Follows a run for somebody at a terminal: prints it, asks at Ctrl-C what is meant, and gives the run's exit code. */

import { systemClock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import { exitCodes } from '../../shared/wire/exit-code.ts';
import type { RunEvent } from '../../shared/wire/run-event.ts';
import type { Ask } from '../ask.ts';
import type { CommandDeps } from '../command-deps.ts';
import type { Controller } from './controller-client.ts';
import { createFollowInterrupt } from './follow-interrupt.ts';
import { type FollowEnd, followRun } from './follow-run.ts';
import { stopRun } from './stop-run.ts';

export type FollowedRun = {
  readonly runId: string;
  /** Its execution, when it is known. */
  readonly execution?: string;
  readonly report: (event: RunEvent) => void;
};

export type FollowingDeps = {
  readonly deps: CommandDeps;
  readonly ask: Ask;
  readonly store: RunStore;
  readonly controller: Controller;
};

/** Prints the run up to its end; gives its exit code. */
export async function followToTerminal(run: FollowedRun, following: FollowingDeps): Promise<number> {
  const { ask, controller, deps, store } = following;
  const { execution, report, runId } = run;
  let stopping: Promise<unknown> | undefined;
  const interrupt = createFollowInterrupt({
    ask,
    say: deps.err,
    stopRun: () => {
      stopping ??= stopRun(runId, limits.stopPatienceMs, { store, controller, clock: systemClock });
      // Awaited at the end; until then its failure is nobody's.
      stopping.catch(() => undefined);
    },
  });
  try {
    const end = await followRun(runId, execution, {
      store,
      controller,
      clock: systemClock,
      interrupt,
      report,
    });
    await stopping;
    return sayEnd(runId, end, deps);
  } finally {
    interrupt.close();
  }
}

function sayEnd(runId: string, end: FollowEnd, deps: CommandDeps): number {
  switch (end.kind) {
    case 'finished':
      return end.exitCode;
    case 'left':
      deps.err(
        `The run goes on in the cloud: \`sortie show ${runId} --on aws --follow\` shows it, \`sortie stop ${runId}\` stops it\n`,
      );
      return exitCodes.interrupted;
    case 'lost':
      if (end.how === 'STOPPED') {
        deps.err(' [ERROR]: User interrupted execution\n');
        return exitCodes.interrupted;
      }
      deps.err(
        `ERROR! the controller of run ${runId} has ended (${end.how}) without saying how the run did${end.error === undefined ? '' : `: ${end.error}`}. docs/cloud/operations.md says what to look at\n`,
      );
      return exitCodes.unexpected;
    default:
      return end satisfies never;
  }
}
