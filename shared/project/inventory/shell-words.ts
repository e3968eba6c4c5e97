/** Splits a line into words as Python's shlex does in POSIX mode: quotes, backslashes, and `#` starting a comment. */

/** The words of the line, or why it cannot be split, in Python's words. */
export type ShellWords =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'invalid'; readonly why: string };

type WordOptions = { readonly hasComments: boolean };

/** Splits one line. Where there are comments, a `#` starts one anywhere outside quotes, also inside a word. */
export function splitShellWords(
  line: string,
  { hasComments }: WordOptions = { hasComments: true },
): ShellWords {
  if (!/["'\\#]/.test(line))
    return { kind: 'words', words: line.split(/[ \t\r\n]+/).filter((word) => word !== '') };
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"') {
        at += 1;
        const next = line[at];
        if (next === undefined) return { kind: 'invalid', why: 'No escaped character' };
        word += next === '"' || next === '\\' ? next : `\\${next}`;
      } else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\') {
      at += 1;
      const next = line[at];
      if (next === undefined) return { kind: 'invalid', why: 'No escaped character' };
      word = (word ?? '') + next;
    } else if (char === '#' && hasComments) {
      break;
    } else if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote !== '') return { kind: 'invalid', why: 'No closing quotation' };
  if (word !== undefined) words.push(word);
  return { kind: 'words', words };
}
