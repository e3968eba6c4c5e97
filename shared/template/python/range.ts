/** Python's ranges: made whole, and sliced into ranges again. */

import { LazyList } from './special.ts';

/** The ints from `start` to before `stop`, `step` apart; `step` is not zero. */
export function rangeOf(start: number, stop: number, step: number): LazyList {
  const size = Math.max(0, Math.ceil((stop - start) / step));
  const shown = step === 1 ? `range(${start}, ${stop})` : `range(${start}, ${stop}, ${step})`;
  const range = new LazyList(
    'range',
    size,
    (index) => start + index * step,
    () => shown,
  );
  bounds.set(range, { start, stop, step });
  return range;
}

/** What a range was made of. */
export type RangeBounds = { readonly start: number; readonly stop: number; readonly step: number };

const bounds = new WeakMap<LazyList, RangeBounds>();

/** `start`, `stop` and `step` of a range. */
export function boundOfRange(range: LazyList, name: string): number | undefined {
  if (name !== 'start' && name !== 'stop' && name !== 'step') return undefined;
  return bounds.get(range)?.[name];
}

/** The range that a slice of a range is; the bounds are indices into it. */
export function sliceRange(range: LazyList, slice: RangeBounds): LazyList {
  const valueAt = (index: number): number => Number(range.at(index));
  const stride = valueAt(1) - valueAt(0);
  return rangeOf(valueAt(slice.start), valueAt(slice.stop), stride * slice.step);
}
