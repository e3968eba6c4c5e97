/** Python's `textwrap.wrap` with the options that Jinja2's wordwrap sets: no tabs expanded, white space kept. */

import { typeError } from '../python/error.ts';
import { textLength } from '../python/values.ts';
import { isBlank } from '../python/whitespace.ts';

/** How to wrap; `width` in characters. */
export type WrapOptions = {
  readonly width: number;
  readonly breakLongWords: boolean;
  readonly breakOnHyphens: boolean;
};

const SPACE = '[\\t\\n\\v\\f\\r ]';
const WORD_CHARACTER = '[\\p{L}\\p{N}_!"\'&.,?]';
const LETTER = '[\\p{L}_]';
const CHUNK = new RegExp(
  `(${SPACE}+|(?<=${WORD_CHARACTER})-{2,}(?=[\\p{L}\\p{N}_])|` +
    `[^\\t\\n\\v\\f\\r ]+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})|` +
    `(?=${SPACE}|$)|(?<=${WORD_CHARACTER})(?=-{2,}[\\p{L}\\p{N}_])))`,
  'u',
);

/** The lines of one paragraph. */
export function wrapText(text: string, options: WrapOptions): string[] {
  const splitter = options.breakOnHyphens ? CHUNK : new RegExp(`(${SPACE}+)`);
  const chunks = text.split(splitter).filter((chunk) => chunk !== '');
  const lines: string[] = [];
  chunks.reverse();
  while (chunks.length > 0) {
    if (isBlank(chunks.at(-1) ?? '') && lines.length > 0) chunks.pop();
    const line = takeLine(chunks, options);
    if (line !== '') lines.push(line);
  }
  return lines;
}

/** Takes the chunks of one line off the end of `chunks`. */
function takeLine(chunks: string[], options: WrapOptions): string {
  const line: string[] = [];
  let used = 0;
  for (let chunk = chunks.at(-1); chunk !== undefined; chunk = chunks.at(-1)) {
    const size = sizeUpTo(chunk, options.width);
    if (used + size > options.width) break;
    chunks.pop();
    line.push(chunk);
    used += size;
  }
  const next = chunks.at(-1);
  if (next !== undefined && sizeUpTo(next, options.width) > options.width) {
    breakLongWord(chunks, line, { ...options, used });
  }
  if (isBlank(line.at(-1) ?? '')) line.pop();
  return line.join('');
}

/** How many characters a text has; one more than `most` stands for all that are longer, which nobody has to count. */
function sizeUpTo(text: string, most: number): number {
  return text.length > 2 * Math.max(0, most) + 1 ? most + 1 : textLength(text);
}

/** The first `count` characters of a text. */
function start(text: string, count: number): string {
  const units = text.slice(0, 2 * count);
  return textLength(units) === units.length ? units.slice(0, count) : [...units].slice(0, count).join('');
}

function breakLongWord(
  chunks: string[],
  line: string[],
  state: WrapOptions & { readonly used: number },
): void {
  const room = state.width < 1 ? 1 : state.width - state.used;
  if (state.breakLongWords && !Number.isInteger(room))
    throw typeError('slice indices must be integers or None or have an __index__ method');
  const chunk = chunks.pop() ?? '';
  if (!state.breakLongWords) {
    if (line.length === 0) line.push(chunk);
    else chunks.push(chunk);
    return;
  }
  let head = start(chunk, room);
  if (state.breakOnHyphens && head.length < chunk.length) {
    const hyphen = head.lastIndexOf('-');
    if (hyphen > 0 && /[^-]/.test(head.slice(0, hyphen))) head = head.slice(0, hyphen + 1);
  }
  line.push(head);
  chunks.push(chunk.slice(head.length));
}
