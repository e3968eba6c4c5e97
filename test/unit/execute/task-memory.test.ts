/** Answers of one task: the same when it is rendered again, different for equal questions in one rendering. */

import { expect, test } from 'vitest';
import { rememberAnswers } from '../../../functions/host/execute/task-memory.ts';
import { Suspension } from '../../../shared/template/template-error.ts';

function counter(): () => number {
  let count = 0;
  return () => ++count;
}

test('tells equal questions of one rendering apart by their order', () => {
  const memory = rememberAnswers();
  const ask = counter();
  const first = memory.pass('start');
  expect([first.once('random', ask), first.once('random', ask)]).toEqual([1, 2]);
  const again = memory.pass('start');
  expect([again.once('random', ask), again.once('random', ask), again.once('random', ask)]).toEqual([
    1, 2, 3,
  ]);
});

test('keeps the parts of a task apart', () => {
  const memory = rememberAnswers();
  const ask = counter();
  const answers = ['start', 'item 0', 'item 1'].map((part) => memory.pass(part).once('random', ask));
  expect(answers).toEqual([1, 2, 3]);
  expect(memory.pass('item 1').once('random', ask)).toBe(3);
});

test('asks each of two equal commands once, however often the rendering starts again', async () => {
  const memory = rememberAnswers();
  const ask = counter();
  const render = (): unknown[] => {
    const pass = memory.pass('start');
    const run = async (): Promise<number> => ask();
    return [pass.later('pipe date', run), pass.later('pipe date', run)];
  };
  for (const round of [1, 2]) {
    const error = await Promise.resolve()
      .then(render)
      .catch((reason: unknown) => reason);
    if (!(error instanceof Suspension)) throw new Error(`round ${round} did not wait`);
    await error.until;
  }
  expect(render()).toEqual([1, 2]);
});
