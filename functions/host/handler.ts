/** The host function at the edge of AWS Lambda: a durable function, one step for each round, suspended between them. */

import { randomUUID } from 'node:crypto';
import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { limits } from '../../shared/base/limits.ts';
import type { HostInvocation } from '../../shared/wire/stage.ts';
import { functionEnvironment } from './function-environment.ts';
import { openHostStage } from './host-stage.ts';
import type { Later } from './patience.ts';
import { runRound } from './run.ts';

/** What a round leaves in the durable execution's log: the answer is sealed. */
type RoundRecord = Later | { readonly kind: 'answered'; readonly answer: string };

/** One host's part of a stage; the result is the packed answer. */
export const handler: ReturnType<typeof withDurableExecution> = withDurableExecution(
  async (event: HostInvocation, context: DurableContext): Promise<string> => {
    let quietSince: number | undefined;
    for (let round = 0; ; round += 1) {
      const going = (): Promise<RoundRecord> => goRound(event, context, quietSince);
      const record = await context.step(`round ${round}`, going, { retryStrategy });
      if (record.kind === 'answered') return record.answer;
      quietSince = record.quietSince;
      await context.wait(`stay away ${round}`, { seconds: record.seconds });
    }
  },
);

async function goRound(
  event: HostInvocation,
  context: DurableContext,
  quietSince: number | undefined,
): Promise<RoundRecord> {
  const environment = await functionEnvironment(process.env);
  const stage = await openHostStage(event, environment);
  const round = await runRound(stage, {
    name: randomUUID(),
    remainingMs: () => context.lambdaContext.getRemainingTimeInMillis(),
    quietSince,
  });
  return round.kind === 'later' ? round : { kind: 'answered', answer: await environment.pack(round.answer) };
}

/** The one level that tries a round again: after a failure of the store, or of another invocation that took over. */
function retryStrategy(
  _error: Error,
  attempt: number,
): { shouldRetry: boolean; delay?: { seconds: number } } {
  if (attempt >= limits.roundTriesMax) return { shouldRetry: false };
  const seconds = Math.min(2 ** (attempt - 1), limits.roundRetrySecondsMax);
  return { shouldRetry: true, delay: { seconds } };
}
