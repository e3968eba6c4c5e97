/**
 * Which lines two texts have in common, chosen as Python's difflib chooses them, so that diffs come out the same.
 *
 * The longest common run is taken first, earliest in `a`, then earliest in `b`; then the same on either side of it.
 * In `b` of 200 lines or more, lines that make up over 1 % of it do not start a run (they may extend one).
 */

/** `size` equal lines at `a` in the first and `b` in the second sequence. */
export type Match = { readonly a: number; readonly b: number; readonly size: number };

type Range = { readonly aLow: number; readonly aHigh: number; readonly bLow: number; readonly bHigh: number };
type Pair = { readonly a: readonly string[]; readonly b: readonly string[]; readonly places: Places };
type Places = ReadonlyMap<string, readonly number[]>;

/** Length of `b` from which lines may count as popular. */
const POPULAR_LENGTH_MIN = 200;

/** All common runs in order, adjacent ones joined. */
export function matchSequences(a: readonly string[], b: readonly string[]): Match[] {
  const pair: Pair = { a, b, places: placesOf(b) };
  const found: Match[] = [];
  const open: Range[] = [{ aLow: 0, aHigh: a.length, bLow: 0, bHigh: b.length }];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const match = longestMatch(pair, range);
    if (match.size === 0) continue;
    found.push(match);
    open.push({ ...range, aHigh: match.a, bHigh: match.b });
    open.push({ ...range, aLow: match.a + match.size, bLow: match.b + match.size });
  }
  return joinAdjacent(found.sort((left, right) => left.a - right.a || left.b - right.b));
}

function placesOf(b: readonly string[]): Places {
  const places = new Map<string, number[]>();
  for (const [index, line] of b.entries()) {
    const known = places.get(line);
    if (known === undefined) places.set(line, [index]);
    else known.push(index);
  }
  if (b.length < POPULAR_LENGTH_MIN) return places;
  const most = Math.floor(b.length / 100) + 1;
  return new Map([...places].filter(([, indexes]) => indexes.length <= most));
}

function longestMatch(pair: Pair, range: Range): Match {
  const { a, b } = pair;
  let { a: start, b: other, size } = longestRun(pair, range);
  while (start > range.aLow && other > range.bLow && a[start - 1] === b[other - 1]) {
    start -= 1;
    other -= 1;
    size += 1;
  }
  while (start + size < range.aHigh && other + size < range.bHigh && a[start + size] === b[other + size]) {
    size += 1;
  }
  return { a: start, b: other, size };
}

/** The longest run of lines that may start one; `ends` holds the length of the run that ends at each place of `b`. */
function longestRun({ a, places }: Pair, range: Range): Match {
  let best: Match = { a: range.aLow, b: range.bLow, size: 0 };
  let ends = new Map<number, number>();
  for (let i = range.aLow; i < range.aHigh; i += 1) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < range.bLow) continue;
      if (j >= range.bHigh) break;
      const size = (ends.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    ends = next;
  }
  return best;
}

function joinAdjacent(matches: readonly Match[]): Match[] {
  const joined: Match[] = [];
  for (const match of matches) {
    const last = joined.at(-1);
    if (last !== undefined && last.a + last.size === match.a && last.b + last.size === match.b) {
      joined[joined.length - 1] = { ...last, size: last.size + match.size };
    } else joined.push(match);
  }
  return joined;
}
