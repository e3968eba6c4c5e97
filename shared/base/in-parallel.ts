/** Works on many items at a time. */

/** At most `width` at once. The first error ends it, but not before what is under way has ended, too. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items].reverse();
  const lane = async (): Promise<void> => {
    try {
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item);
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  };
  const lanes = Array.from({ length: Math.min(width, items.length) }, lane);
  for (const ended of await Promise.allSettled(lanes)) if (ended.status === 'rejected') throw ended.reason;
}
