/** What Python's str methods call white space and line ends; JavaScript's own differ. */

const SPACE =
  '[ \\t\\n\\r\\f\\v\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING = new RegExp(`^${SPACE}+`);
const BETWEEN = new RegExp(`${SPACE}+`);
const FIRST = new RegExp(SPACE);
const LINE_ENDS = '\\r\\n|[\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]';
const LINE_END = new RegExp(LINE_ENDS);

/** `text.lstrip()`. */
export function stripStart(text: string): string {
  return text.replace(LEADING, '');
}

/** `text.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && BETWEEN.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** `text.strip()`. */
export function stripText(text: string): string {
  return stripStart(stripEnd(text));
}

/** `text.split()`. */
export function splitWords(text: string): string[] {
  const stripped = stripText(text);
  return stripped === '' ? [] : stripped.split(BETWEEN);
}

/** Where the first white space stands, or -1. */
export function findSpace(text: string): number {
  return text.search(FIRST);
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
