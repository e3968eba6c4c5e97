/** What Python calls white space and line ends in texts. JavaScript's `\s` and `trim` differ: in U+001C to U+001F, U+0085, U+FEFF. */

/** White space as it stands within the brackets of a pattern: of `str.strip()` and its like, and of `\s` in `re`. */
export const SPACE_CLASS =
  '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const LEADING = new RegExp(`^[${SPACE_CLASS}]+`);
const BETWEEN = new RegExp(`[${SPACE_CLASS}]+`);
const ONE = new RegExp(`[${SPACE_CLASS}]`);
const ONLY = new RegExp(`^[${SPACE_CLASS}]*$`);
const LINE_ENDS = '\\r\\n|[\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]';
const LINE_END = new RegExp(LINE_ENDS);

/** `text.lstrip()`. */
export function stripStart(text: string): string {
  return text.replace(LEADING, '');
}

/** `text.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ONE.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** `text.strip()`. */
export function stripText(text: string): string {
  return stripStart(stripEnd(text));
}

/** Whether there is nothing else in the text, which may be empty. */
export function isBlank(text: string): boolean {
  return ONLY.test(text);
}

/** `text.split(None, most)`; all words when `most` is negative. What is left is the last one, with the space within it. */
export function splitWords(text: string, most = -1): string[] {
  let rest = stripStart(text);
  if (most < 0) {
    rest = stripEnd(rest);
    return rest === '' ? [] : rest.split(BETWEEN);
  }
  const words: string[] = [];
  while (rest !== '' && words.length < most) {
    const gap = BETWEEN.exec(rest);
    words.push(gap === null ? rest : rest.slice(0, gap.index));
    rest = gap === null ? '' : rest.slice(gap.index + gap[0].length);
  }
  return rest === '' ? words : [...words, rest];
}

/** `text.rsplit(None, most)`, `most` not negative. */
export function splitLastWords(text: string, most: number): string[] {
  let rest = stripEnd(text);
  const words: string[] = [];
  while (rest !== '' && words.length < most) {
    let start = rest.length;
    while (start > 0 && !ONE.test(rest.charAt(start - 1))) start--;
    words.push(rest.slice(start));
    rest = stripEnd(rest.slice(0, start));
  }
  words.reverse();
  return rest === '' ? words : [rest, ...words];
}

/** `text.splitlines()`. */
export function splitLines(text: string): string[] {
  const lines = text.split(LINE_END);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** `text.splitlines(True)`. */
export function keepLineEnds(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const end of text.matchAll(new RegExp(LINE_ENDS, 'g'))) {
    lines.push(text.slice(start, end.index + end[0].length));
    start = end.index + end[0].length;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}
