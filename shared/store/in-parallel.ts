/** Does the same with many things, a bounded number of them at once. */

import { limits } from '../base/limits.ts';

/** What `work` gave for each item, in their order. The first error ends it: nothing is begun after it. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (hasFailed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(items.length, limits.storeRequestsAtOnce) }, worker));
  return results;
}
