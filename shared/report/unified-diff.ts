/** A unified diff of two lists of lines, line for line what Python's difflib prints. */

import { matchSequences } from './sequence-match.ts';

export type DiffFiles = {
  readonly from: string;
  readonly to: string;
  /** Unchanged lines around each change. */
  readonly context: number;
};

type Change = {
  readonly isEqual: boolean;
  readonly a: number;
  readonly aEnd: number;
  readonly b: number;
  readonly bEnd: number;
};

/** The diff's lines, each with its line end; none when the lists are equal. */
export function unifiedDiff(a: readonly string[], b: readonly string[], files: DiffFiles): string[] {
  const hunks = groupChanges(changesOf(a, b), files.context);
  if (hunks.length === 0) return [];
  return [`--- ${files.from}\n`, `+++ ${files.to}\n`, ...hunks.flatMap((hunk) => hunkLines(hunk, a, b))];
}

/** Equal and changed stretches by turns, covering both lists. */
function changesOf(a: readonly string[], b: readonly string[]): Change[] {
  const changes: Change[] = [];
  let atA = 0;
  let atB = 0;
  for (const match of [...matchSequences(a, b), { a: a.length, b: b.length, size: 0 }]) {
    if (atA < match.a || atB < match.b) {
      changes.push({ isEqual: false, a: atA, aEnd: match.a, b: atB, bEnd: match.b });
    }
    atA = match.a + match.size;
    atB = match.b + match.size;
    if (match.size > 0) changes.push({ isEqual: true, a: match.a, aEnd: atA, b: match.b, bEnd: atB });
  }
  return changes;
}

/** Cuts long equal stretches so that each hunk has at most `context` unchanged lines at its ends. */
function groupChanges(changes: readonly Change[], context: number): Change[][] {
  const hunks: Change[][] = [];
  let hunk: Change[] = [];
  for (const [index, change] of changes.entries()) {
    const isFirst = index === 0;
    const isLast = index === changes.length - 1;
    const isLong = change.aEnd - change.a > (isFirst || isLast ? context : context * 2);
    if (!change.isEqual || !isLong) {
      hunk.push(change);
      continue;
    }
    if (!isFirst) hunks.push([...hunk, firstLines(change, context)]);
    hunk = isLast ? [] : [lastLines(change, context)];
  }
  if (hunk.length > 0) hunks.push(hunk);
  return hunks.filter((each) => each.some((change) => !change.isEqual));
}

function firstLines(change: Change, count: number): Change {
  return { ...change, aEnd: change.a + count, bEnd: change.b + count };
}

function lastLines(change: Change, count: number): Change {
  return { ...change, a: change.aEnd - count, b: change.bEnd - count };
}

function hunkLines(hunk: readonly Change[], a: readonly string[], b: readonly string[]): string[] {
  const first = hunk[0];
  const last = hunk.at(-1);
  if (first === undefined || last === undefined) return [];
  const lines = [`@@ -${rangeText(first.a, last.aEnd)} +${rangeText(first.b, last.bEnd)} @@\n`];
  for (const change of hunk) {
    const sign = change.isEqual ? ' ' : '-';
    for (const line of a.slice(change.a, change.aEnd)) lines.push(sign + line);
    if (change.isEqual) continue;
    for (const line of b.slice(change.b, change.bEnd)) lines.push(`+${line}`);
  }
  return lines;
}

function rangeText(start: number, end: number): string {
  const length = end - start;
  if (length === 1) return `${start + 1}`;
  return `${length === 0 ? start : start + 1},${length}`;
}
