/** Ends work of JavaScript's own, such as matching a regular expression, that takes too long. */

import { cpuUsage } from 'node:process';
import { createContext, Script } from 'node:vm';
import { limits } from '../../base/limits.ts';
import { countTime } from '../budget.ts';
import { limitError } from './error.ts';

/** What the script calls; closures over values of this side. */
const sandbox: { work: () => unknown } = { work: () => undefined };
const context = createContext(sandbox);
const script = new Script('work()');

/**
 * Does `work`, and raises when that takes longer than a regular expression may. JavaScript's engine looks at the deadline while
 * it backtracks, so that also a pattern that would never end does. The time counts as steps of the render in hand.
 */
export function withinDeadline<Result>(work: () => Result): Result {
  let done: { readonly result: Result } | undefined;
  const before = sandbox.work;
  sandbox.work = () => {
    done = { result: work() };
  };
  const started = cpuUsage();
  try {
    script.runInContext(context, { timeout: limits.templateRegexMs });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw limitError(`a regular expression takes longer than ${limits.templateRegexMs / 1000} s`);
  } finally {
    sandbox.work = before;
  }
  countTime(started);
  if (done === undefined) throw new Error('a regular expression ended without a result');
  return done.result;
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
