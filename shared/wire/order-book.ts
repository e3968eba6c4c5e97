/** Compares places of a play; texts in them rank by their first appearance at their place. */

import type { OrderKey } from './run-event.ts';

export type OrderBook = {
  /** Negative, zero or positive, as Array.prototype.sort expects. A place comes before what lies inside it. */
  readonly compare: (left: OrderKey, right: OrderKey) => number;
};

/** A fresh book for one play. */
export function createOrderBook(): OrderBook {
  const ranks = new Map<string, number>();
  const rank = (order: OrderKey, index: number): number => {
    const part = order[index];
    if (typeof part === 'number') return part;
    const place = order.slice(0, index + 1).join('/');
    const known = ranks.get(place) ?? ranks.size;
    ranks.set(place, known);
    return known;
  };
  return {
    compare: (left, right) => {
      for (const [index, part] of left.entries()) {
        const other = right[index];
        if (other === undefined) return 1;
        if (part !== other) return rank(left, index) - rank(right, index);
      }
      return left.length - right.length;
    },
  };
}
