/** The known word that a misspelled one was probably meant to be. */

/** A sentence that offers the nearest of `known`, or undefined when none is near. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const [best] = [...known]
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .filter((entry) => entry.distance > 0 && entry.distance <= (word.length > 4 ? 2 : 1))
    .sort(
      (one, other) =>
        one.distance - other.distance || common(word, other.candidate) - common(word, one.candidate),
    );
  return best === undefined ? undefined : `Did you mean '${best.candidate}'?`;
}

function common(one: string, other: string): number {
  return [...one].filter((letter) => other.includes(letter)).length;
}

/** Letters to insert, delete, replace or swap with their neighbour to get from one word to the other. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3;
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const change = at(rows, i - 1, j - 1) + (isSame ? 0 : 1);
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swap = isSwap ? at(rows, i - 2, j - 2) + 1 : change;
      row.push(Math.min(change, swap, at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1));
    }
    rows.push(row);
  }
  return at(rows, one.length, other.length);
}

function at(rows: readonly (readonly number[])[], row: number, column: number): number {
  return rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
}
