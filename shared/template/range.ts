/** Python's ranges: made whole, and sliced into ranges again. */

import { LazyList } from './special.ts';

/** The ints from `start` to before `stop`, `step` apart; `step` is not zero. */
export function rangeOf(start: number, stop: number, step: number): LazyList {
  const size = Math.max(0, Math.ceil((stop - start) / step));
  const shown = step === 1 ? `range(${start}, ${stop})` : `range(${start}, ${stop}, ${step})`;
  return new LazyList(
    'range',
    size,
    (index) => start + index * step,
    () => shown,
  );
}

/** The range that a slice of a range is; the bounds are indices into it. */
export function sliceRange(
  range: LazyList,
  bounds: { readonly start: number; readonly stop: number; readonly step: number },
): LazyList {
  const valueAt = (index: number): number => Number(range.at(index));
  const stride = valueAt(1) - valueAt(0);
  return rangeOf(valueAt(bounds.start), valueAt(bounds.stop), stride * bounds.step);
}
