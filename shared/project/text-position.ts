/** From an offset in a text to its line and column. */

import type { Position } from '../base/diagnostic.ts';

/** Gives the positions of offsets (in UTF-16 units) of `text`, which is the content of `file`. */
export function positionFinder(text: string, file: string): (offset: number) => Position {
  const starts = lineStarts(text);
  const hasPairs = /[\ud800-\udbff]/.test(text);
  return (offset) => {
    const line = lastAtOrBefore(starts, offset);
    const start = starts[line] ?? 0;
    const column = hasPairs ? [...text.slice(start, offset)].length : offset - start;
    return { file, line: line + 1, column: column + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lastAtOrBefore(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
