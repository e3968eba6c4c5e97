/**
 * The stage runner over AWS Lambda's durable executions.
 *
 * What the SDK and the service do, of which this makes use:
 * - On replay the handler runs from its beginning; operations that are done give their stored results, by their order
 *   and name, and the execution ends with an error when these differ.
 * - A call of a durable function starts an execution of its own and suspends this one, which costs nothing meanwhile. An
 *   invocation of the called function that crashes, or is cut off, is made again by the service, and replays. So what
 *   fails here has failed for good, and it is not tried again: one level owns each retry.
 * - A call is not tried again by the SDK when it fails. Whether the service queues a call that is throttled or lets it
 *   fail is not documented; when one fails so, it is made again after a while, a few times. The same event again changes
 *   nothing at a host.
 * - The SDK tries its own checkpoints again when they are throttled.
 */

import { createHash } from 'node:crypto';
import { type DurableContext, InvokeError, NestingType } from '@aws/durable-execution-sdk-js';
import { FailureError } from '../../shared/base/failure.ts';
import { limits } from '../../shared/base/limits.ts';
import type { CallEnd, FunctionCall, StageRunner } from './stage-runner.ts';

/** The functions, with their aliases: durable functions are called by a version. */
export type CalledFunctions = { readonly hostFunction: string; readonly controllerFunction: string };

/** A runner over the execution that the context belongs to. */
export function createDurableStageRunner(context: DurableContext, functions: CalledFunctions): StageRunner {
  return {
    step: (name, work) => context.step(name, work, { retryStrategy: stepRetry }),
    call: async (name, calls, width) => {
      const [only] = calls;
      if (calls.length === 1 && only !== undefined) return [await callFunction(context, only, functions)];
      const batch = await context.map(
        name,
        [...calls],
        (item, call) => callFunction(item, call, functions),
        // No item fails, so none ends the map; and no item has an operation beside its call.
        { maxConcurrency: width, nesting: NestingType.FLAT, itemNamer: (call) => call.name },
      );
      batch.throwIfError();
      return batch.getResults();
    },
  };
}

async function callFunction(
  context: DurableContext,
  call: FunctionCall,
  functions: CalledFunctions,
): Promise<CallEnd> {
  const target = call.to === 'host' ? functions.hostFunction : functions.controllerFunction;
  for (let tried = 0; ; tried += 1) {
    try {
      const result = await context.invoke<unknown, number | string>(call.name, target, call.event);
      return { kind: 'returned', text: String(result) };
    } catch (error) {
      if (!(error instanceof InvokeError)) throw error;
      if (!isThrottled(error) || tried >= limits.throttledInvokesMax)
        return { kind: 'failed', message: error.message };
      await context.wait(`${call.name} throttled`, { seconds: throttledWait(call.name, tried) });
    }
  }
}

function isThrottled({ message }: InvokeError): boolean {
  return /throttl|too ?many ?requests|rate exceeded|concurren\w* .*limit|limit.* concurren/i.test(message);
}

/** A wait that differs from call to call, and is the same in every replay. */
function throttledWait(name: string, tried: number): number {
  const longest = limits.throttledWaitSeconds * 2 ** tried;
  return 1 + (createHash('sha256').update(`${name} ${tried}`).digest().readUInt32BE() % longest);
}

/** Steps write to the store: what it says may be tried again is, and what is no answer of it at all. */
function stepRetry(error: Error, attempt: number): { shouldRetry: boolean; delay?: { seconds: number } } {
  const isHopeless = error instanceof FailureError && !error.failure.retryable;
  if (isHopeless || attempt >= limits.stepTriesMax) return { shouldRetry: false };
  return { shouldRetry: true, delay: { seconds: Math.min(2 ** (attempt - 1), limits.stepRetrySecondsMax) } };
}
