/** Keeps account in the journal of what no agent remembers: that it was begun, then its result. */

import { FailureError } from '../../../shared/base/failure.ts';
import type { Value } from '../../../shared/base/value.ts';
import type { ActionCall } from '../actions/action.ts';
import { mayRerun } from './rerun.ts';
import type { RunLog } from './run-log.ts';

/** One piece of work of a task. */
export type Account<T> = {
  /** Names it among those of the task. */
  readonly question: string;
  /** Running it a second time does no harm, so that only its beginning is kept. */
  readonly isRepeatable: boolean;
  /** Begins once the journal is stored; is told when it was begun first, in ms since the epoch. */
  readonly execute: (begunAtMs: number) => Promise<T>;
  /** The result as it is kept; undefined for none. */
  readonly format: (result: T) => Value | undefined;
  /** A result that was kept; undefined when it is none. */
  readonly parse: (known: Value) => T | undefined;
};

/** What is kept of the beginning of work that may not be executed again; of other work, its time. */
const BEGUN = true;

/**
 * Executes it, unless an earlier run has its result. What an earlier run has begun is not executed a second time, unless
 * that does no harm or the playbook allows it: then it throws a FailureError.
 */
export async function accounted<T>(
  { execute, format, isRepeatable, parse, question }: Account<T>,
  call: ActionCall,
  { log, place }: { readonly log: RunLog; readonly place: string },
): Promise<T> {
  const known = log.recall(place, question);
  const result = known === undefined ? undefined : parse(known);
  if (result !== undefined) return result;
  const isBegun = known !== undefined;
  if (isBegun && !isRepeatable && !mayRerun(call)) throw outcomeUnknown(call);
  const begunAtMs = typeof known === 'number' ? known : call.context.now();
  if (!isBegun) log.answer(place, question, isRepeatable ? begunAtMs : BEGUN);
  if (isRepeatable) return execute(begunAtMs);
  const given = await log.guard(execute(begunAtMs));
  const kept = format(given);
  if (kept !== undefined) log.answer(place, question, kept);
  return given;
}

function outcomeUnknown({ host }: ActionCall): FailureError {
  return new FailureError({
    kind: 'outcome-unknown',
    message:
      'The run was continued elsewhere while this task was under way, and the task may have run: it is not run again (set sortie_rerun on tasks that may run twice)',
    retryable: false,
    host,
  });
}
