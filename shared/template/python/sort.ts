/** Python's stable sort, which asks for orders in an order of its own: it tells which of two errors is raised. */

import { countVisit } from '../budget.ts';

/** Up to here Python sorts by insertion only: because its merge sort begins with runs of this length. */
const INSERTION_MAX = 63;

/** The items in order; `order` is negative, zero or positive, and raises for what has none. */
export function sortAsPython<Item>(
  given: readonly Item[],
  order: (a: Item, b: Item) => number,
  isReversed: boolean,
): Item[] {
  const items = isReversed ? [...given].reverse() : [...given];
  if (items.length > INSERTION_MAX) {
    countVisit(Math.ceil((items.length * Math.log2(items.length)) / 2));
    items.sort(order);
  } else insertAll(items, order);
  return isReversed ? items.reverse() : items;
}

function insertAll<Item>(items: Item[], order: (a: Item, b: Item) => number): void {
  const isLess = (a: Item, b: Item): boolean => order(a, b) < 0;
  for (let index = sortRun(items, isLess); index < items.length; index++) {
    const [item] = items.slice(index, index + 1);
    if (item === undefined) continue;
    let low = 0;
    let high = index;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = items[middle];
      if (other !== undefined && isLess(item, other)) high = middle;
      else low = middle + 1;
    }
    items.copyWithin(low + 1, low, index);
    items[low] = item;
  }
}

/** Brings the run at the start in order, and gives its length. */
function sortRun<Item>(items: Item[], isLess: (a: Item, b: Item) => boolean): number {
  const fallsAt = (index: number): boolean => {
    const before = items[index - 1];
    const item = items[index];
    return before !== undefined && item !== undefined && isLess(item, before);
  };
  if (items.length < 2) return items.length;
  const isFalling = fallsAt(1);
  let length = 2;
  while (length < items.length && fallsAt(length) === isFalling) length++;
  if (isFalling) items.splice(0, length, ...items.slice(0, length).reverse());
  return length;
}
