/**
 * A stage runner that knows what earlier executions of the same run have learnt.
 *
 * One durable execution has 3,000 operations; a play of many meetings needs more. A run that has used up most of them
 * stops before its next step, writes down all results so far, and goes on in a new execution: the controller runs again
 * from the beginning, is given these results, and arrives where it was without an operation.
 */

import { limits } from '../../shared/base/limits.ts';
import type { CallEnd, StageRunner } from './stage-runner.ts';

export type ChapterRunner = StageRunner & {
  /** All results so far, those of earlier executions among them. */
  readonly learnt: () => readonly string[];
};

/** This execution has no operations left: the run goes on in another. */
export class ChapterFull extends Error {}

/** A runner over this execution's own, that first gives what is past. */
export function createChapterRunner(runner: StageRunner, past: readonly string[]): ChapterRunner {
  const learnt: string[] = [];
  let operations = 0;
  const remember = (text: string): string => {
    learnt.push(text);
    return text;
  };
  const known = (): string | undefined => past[learnt.length];
  return {
    step: async (name, work) => {
      const before = known();
      if (before !== undefined) return remember(before);
      if (operations >= limits.runOperationsMax) throw new ChapterFull('no operations are left');
      operations += 1;
      return remember(await runner.step(name, work));
    },
    call: async (name, calls, width) => {
      const before = known();
      if (before !== undefined) return parseCallEnds(remember(before));
      operations += calls.length === 1 ? 1 : calls.length + 1;
      const ends = await runner.call(name, calls, width);
      remember(JSON.stringify(ends));
      return ends;
    },
    learnt: () => learnt,
  };
}

/** A text that {@link createChapterRunner} made of them. */
function parseCallEnds(text: string): readonly CallEnd[] {
  return JSON.parse(text) as readonly CallEnd[];
}
