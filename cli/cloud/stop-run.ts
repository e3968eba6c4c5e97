/** Ends a run in the cloud: in good order when it can, and else by ending its controller. */

import type { Clock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import { exitCodes } from '../../shared/wire/exit-code.ts';
import type { Controller } from './controller-client.ts';

export type StopDeps = {
  readonly store: Pick<RunStore, 'findRun' | 'finishRun' | 'requestStop'>;
  readonly controller: Controller;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
};

/** `ended`: the run said so itself. `cut-off`: its controller was ended; hosts finish what they have in hand. */
export type StopEnd = 'cut-off' | 'ended';

/** Asks the run to stop, gives it a while to end by itself, and then ends its controller. */
export async function stopRun(
  runId: string,
  patienceMs: number,
  { clock, controller, store }: StopDeps,
): Promise<StopEnd> {
  await store.requestStop(runId, clock.now());
  const execution = await controller.find(runId);
  const until = clock.now() + patienceMs;
  while (execution !== undefined && clock.now() < until) {
    if ((await controller.stateOf(execution)).kind === 'ended') break;
    await clock.sleep(Math.min(limits.pollMsMax, Math.max(until - clock.now(), 0)));
  }
  if (execution !== undefined && (await controller.stateOf(execution)).kind === 'running')
    await controller.stop(execution);
  const run = await store.findRun(runId);
  if (run?.finishedAt !== undefined) return 'ended';
  await store.finishRun(runId, { finishedAt: clock.now(), exitCode: exitCodes.interrupted });
  return 'cut-off';
}
