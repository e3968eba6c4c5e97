/** Asks the cloud's store the same about many things, a bounded number of them at once. */

import { inParallel } from '../base/in-parallel.ts';
import { limits } from '../base/limits.ts';

/** The answers, in the order of the items. */
export async function askForEach<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  await inParallel([...items.entries()], limits.storeRequestsAtOnce, async ([index, item]) => {
    answers[index] = await ask(item);
  });
  return answers;
}
