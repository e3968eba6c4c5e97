/** Quoted scalars that go on at the left margin: PyYAML reads them, the YAML 1.2 parser only when they are indented. */

/**
 * `text` with the continuation lines of the quoted scalar that the parser lost at `offset` indented, which does not
 * change its value (folding drops leading blanks) nor any line number; undefined when there is no such scalar.
 */
export function indentQuoted(text: string, offset: number): string | undefined {
  const start = openingQuote(text, offset);
  if (start === undefined) return undefined;
  const end = closingQuote(text, start);
  if (end === undefined || end < offset) return undefined;
  const column = start - (text.lastIndexOf('\n', start) + 1);
  const body = text.slice(start, end).replaceAll('\n', `\n${' '.repeat(column + 1)}`);
  return `${text.slice(0, start)}${body}${text.slice(end)}`;
}

function openingQuote(text: string, offset: number): number | undefined {
  for (let at = offset - 1; at >= 0; at -= 1) {
    if (text[at] === '"' && runBefore(text, at, '\\') % 2 === 0) return at;
    if (text[at] === "'" && /[\s:[{,-]/.test(text[at - 1] ?? ' ')) return at;
  }
  return undefined;
}

function closingQuote(text: string, start: number): number | undefined {
  const pattern = text[start] === '"' ? /(?:[^"\\]|\\[\s\S])*"/y : /(?:[^']|'')*'/y;
  pattern.lastIndex = start + 1;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function runBefore(text: string, at: number, character: string): number {
  let length = 0;
  while (text[at - 1 - length] === character) length += 1;
  return length;
}
