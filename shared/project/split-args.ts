/** Splits the text after a module's name into its words, keeping quotes and Jinja2 blocks in one piece. */

const BLOCKS = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
] as const;

type Splitter = {
  readonly words: string[];
  quote: string | undefined;
  readonly depths: number[];
  isLost: boolean;
};

/** Where the words of a line stand to each other: what the next piece of text is joined with. */
type Token = { readonly text: string; readonly index: number; readonly isAlone: boolean };

/**
 * The words of `text`, with their quotes; blanks and line breaks that follow a word stay with it, so that joining
 * the words gives the text back. Undefined when a quote or a Jinja2 block is left open.
 */
export function splitArgs(text: string): readonly string[] | undefined {
  const splitter: Splitter = { words: [], quote: undefined, depths: [0, 0, 0], isLost: false };
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    const isContinued = splitLine(splitter, line);
    if (index < lines.length - 1 && !isContinued) appendToLast(splitter, '\n');
  });
  const isOpen = splitter.quote !== undefined || isInBlock(splitter);
  return isOpen || splitter.isLost ? undefined : splitter.words;
}

/** Puts words of {@link splitArgs} back into one text. */
export function joinArgs(words: readonly string[]): string {
  return words.reduce(
    (text, word) => (text === '' || text.endsWith('\n') ? `${text}${word}` : `${text} ${word}`),
    '',
  );
}

function splitLine(splitter: Splitter, line: string): boolean {
  let isContinued = false;
  const tokens = line.split(' ');
  tokens.forEach((text, index) => {
    if (text === '' && index > 0) appendToLast(splitter, ' ');
    else if (text === '\\' && splitter.quote === undefined) isContinued = true;
    else takeToken(splitter, { text, index, isAlone: tokens.length === 1 });
  });
  return isContinued;
}

function takeToken(splitter: Splitter, token: Token): void {
  const wasQuoted = splitter.quote !== undefined;
  const isPart = wasQuoted || isInBlock(splitter);
  splitter.quote = quoteAfter(token.text, splitter.quote);
  countBlocks(splitter, token.text);
  if (isPart) appendToLast(splitter, `${glue(token, wasQuoted)}${token.text}`);
  else if (token.text !== '') splitter.words.push(token.text);
}

function glue(token: Token, wasQuoted: boolean): string {
  if (token.index === 0 && wasQuoted) return '';
  if (token.isAlone) return '\n';
  return token.index > 0 ? ' ' : '';
}

/** Blanks and line breaks before the first word have no word to stay with: such a text cannot be read. */
function appendToLast(splitter: Splitter, text: string): void {
  const last = splitter.words.length - 1;
  if (last < 0) splitter.isLost = true;
  else splitter.words[last] = `${splitter.words[last]}${text}`;
}

function isInBlock(splitter: Splitter): boolean {
  return splitter.depths.some((depth) => depth > 0);
}

function quoteAfter(text: string, before: string | undefined): string | undefined {
  let quote = before;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if ((character !== '"' && character !== "'") || text[at - 1] === '\\') continue;
    if (quote === undefined) quote = character;
    else if (quote === character) quote = undefined;
  }
  return quote;
}

function countBlocks(splitter: Splitter, text: string): void {
  BLOCKS.forEach(([open, close], kind) => {
    const before = splitter.depths[kind] ?? 0;
    splitter.depths[kind] = Math.max(0, before + count(text, open) - count(text, close));
  });
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
