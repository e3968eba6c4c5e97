/** Wraps a paragraph to a width as Python's textwrap does, since warnings are wrapped that way. */

export type WrapOptions = {
  readonly columns: number;
  /** Keep spaces at the ends of lines. */
  readonly keepsSpaces?: boolean;
};

/** Spaces, dashes between words, and words with a place to break after each of their hyphens. */
const CHUNK =
  /( +|(?<=[\p{L}\p{N}_!"'&.,?])-{2,}(?=[\p{L}\p{N}_])|[^ ]+?(?:-(?:(?<=[\p{L}_]{2}-)|(?<=[\p{L}_]-[\p{L}_]-))(?=[\p{L}_]-?[\p{L}_])|(?= |$)|(?<=[\p{L}\p{N}_!"'&.,?])(?=-{2,}[\p{L}\p{N}_])))/u;

/** The lines of `text`, none longer than `columns` code points. */
export function wrapText(text: string, options: WrapOptions): string[] {
  const chunks = expandTabs(text)
    .replace(/[\t\n\v\f\r]/g, ' ')
    .split(CHUNK)
    .filter((chunk) => chunk !== '')
    .map((chunk) => [...chunk]);
  const lines: string[] = [];
  while (chunks.length > 0) {
    if (options.keepsSpaces !== true && lines.length > 0 && isBlank(chunks[0])) chunks.shift();
    const line = takeLine(chunks, options.columns);
    if (options.keepsSpaces !== true && isBlank(line.at(-1))) line.pop();
    if (line.length > 0) lines.push(line.map((chunk) => chunk.join('')).join(''));
  }
  return lines;
}

/**
 * Takes the chunks of one line off the front; a chunk longer than a whole line is cut. When nothing of it fits, an
 * empty chunk is left, which is dropped in place of the space before it: that is how Python's lines come to end in one.
 */
function takeLine(chunks: string[][], columns: number): string[][] {
  const line: string[][] = [];
  let length = 0;
  for (let next = chunks[0]; next !== undefined && length + next.length <= columns; next = chunks[0]) {
    line.push(next);
    length += next.length;
    chunks.shift();
  }
  const long = chunks[0];
  if (long !== undefined && long.length > columns) {
    const end = breakAt(long, columns - length);
    line.push(long.slice(0, end));
    chunks[0] = long.slice(end);
  }
  return line;
}

/** Where to cut a long word: after its last hyphen that fits, else where the line ends. */
function breakAt(word: readonly string[], space: number): number {
  const head = word.slice(0, space);
  const hyphen = head.lastIndexOf('-');
  return hyphen > 0 && head.slice(0, hyphen).some((character) => character !== '-') ? hyphen + 1 : space;
}

function isBlank(chunk: readonly string[] | undefined): boolean {
  return chunk?.join('').trim() === '';
}

function expandTabs(text: string): string {
  let column = 0;
  let out = '';
  for (const character of text) {
    if (character === '\t') {
      const spaces = 8 - (column % 8);
      out += ' '.repeat(spaces);
      column += spaces;
    } else {
      out += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return out;
}
