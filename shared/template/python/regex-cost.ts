/** How badly a regular expression can backtrack: at worst with which power of the length of the text. */

/** An escape, a set, the beginning of a group, a quantifier with braces, or one character. */
const TOKEN =
  /\\[uk]\{[^}]*\}|\\.|\[(?:\\.|\[(?:\\.|[^\]\\])*\]|[^\]\\])*\]|\((?:\?(?:<?[=!]|<[^>]*>|[a-z-]*:))?|\{\d+,?\d*\}|[\s\S]/gu;

/** Quantifiers with fewer turns than this cost no more than their text says. */
const FEW_TURNS = 4;

/**
 * The power of the length of a text with which the time of a match can grow, at least 1; infinite where a repetition stands
 * inside another, or a group is repeated that can match the same text in several ways. `source` is of JavaScript's syntax.
 */
export function regexDegree(source: string): number {
  const tokens = source.match(TOKEN) ?? [];
  const open: { mayVary: boolean }[] = [];
  let degree = 1;
  let last = { mayVary: false };
  for (const token of tokens) {
    if (token.startsWith('(')) open.push({ mayVary: false });
    else if (token === ')') last = open.pop() ?? { mayVary: false };
    else if (token === '|') markOpen(open);
    else if (isManyTurns(token)) {
      if (last.mayVary) return Number.POSITIVE_INFINITY;
      degree++;
      markOpen(open);
    } else {
      // An optional part inside a repetition gives as many ways as a repetition does.
      if (token === '?' || token.startsWith('{') || /^\\[1-9]/.test(token)) markOpen(open);
      last = { mayVary: false };
    }
  }
  return degree;
}

function markOpen(open: readonly { mayVary: boolean }[]): void {
  for (const group of open) group.mayVary = true;
}

function isManyTurns(token: string): boolean {
  if (token === '*' || token === '+') return true;
  const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(token) ?? [];
  if (least === undefined) return false;
  if (comma !== '' && most === '') return true;
  return Math.max(Number(least), Number(most)) >= FEW_TURNS;
}
