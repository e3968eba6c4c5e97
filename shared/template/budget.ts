/** Counts what a render does, so that a template without end stops with an error. */

import { limits } from '../base/limits.ts';
import { limitError } from './python/error.ts';

let depth = 0;
let steps = 0;

/** Runs one render inside another or none; the steps of all of them count together. */
export function withinBudget<Result>(render: () => Result): Result {
  if (depth === 0) steps = 0;
  if (depth >= limits.templateDepthMax) throw limitError('maximum recursion depth exceeded');
  depth++;
  try {
    return render();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const isStack = error.message.includes('call stack');
    throw limitError(
      isStack ? 'maximum recursion depth exceeded' : 'the template builds a value that is too large',
    );
  } finally {
    depth--;
  }
}

/**
 * Counts a value that is gone through, which may stand in many places of one structure, as `steps` steps: more where each
 * visit makes text or keeps something. Outside of renders nothing is counted.
 */
export function countVisit(steps = 1): void {
  if (depth > 0) countSteps(steps);
}

/** Counts `count` steps of the render in hand. */
export function countSteps(count: number): void {
  steps += count;
  if (steps > limits.templateStepsMax) throw limitError('the template takes too many steps');
}
