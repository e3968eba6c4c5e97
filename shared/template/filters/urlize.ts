/** Turns the URLs and e-mail addresses of an escaped text into links, as Jinja2's urlize does. */

import { SPACE_CLASS } from '../python/whitespace.ts';

/** How links look, and which words become links. */
export type LinkOptions = {
  /** What is shown of a URL. */
  readonly trim: (url: string) => string;
  /** Attributes of each link, with a leading space. */
  readonly attributes: string;
  /** Further prefixes that make a word a link. */
  readonly schemes: readonly string[];
};

const URL_WORD = new RegExp(
  '^(?:(?:https?://|www\\.)(?:(?:[\\w%-]+\\.)+)?(?:[a-z]{2,63}|xn--[\\w%]{2,59})' +
    '|(?:[\\w%-]{2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)' +
    '|https?://(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[(?:[\\da-f]{0,4}:){2}(?:[\\da-f]{0,4}:?){1,6}\\]))' +
    '(?::\\d{1,5})?(?:[/?#]\\S*)?$',
  'i',
);
const EMAIL = /^\S+@\w[\w.-]*\.\w+$/;
const PAIRS: readonly (readonly [string, string])[] = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
];

const BETWEEN_WORDS = new RegExp(`([${SPACE_CLASS}]+)`);

/** The text with its links. */
export function linkUrls(text: string, options: LinkOptions): string {
  return text
    .split(BETWEEN_WORDS)
    .map((word) => linkWord(word, options))
    .join('');
}

function linkWord(word: string, options: LinkOptions): string {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  let middle = word.slice(head.length);
  let tail = middle.slice(endOfWord(middle));
  middle = middle.slice(0, middle.length - tail.length);
  for (const [open, close] of PAIRS) {
    const opened = count(middle, open);
    if (opened <= count(middle, close)) continue;
    for (let moves = Math.min(opened, count(tail, close)); moves > 0; moves--) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  return head + link(middle, options) + tail;
}

/** Where the brackets and stops begin with which a word ends. */
function endOfWord(word: string): number {
  let end = word.length;
  for (;;) {
    if (end > 0 && ')>.,\n'.includes(word.charAt(end - 1))) end--;
    else if (word.endsWith('&gt;', end)) end -= 4;
    else return end;
  }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function link(word: string, { trim, attributes, schemes }: LinkOptions): string {
  if (URL_WORD.test(word)) {
    const target = /^https?:\/\//.test(word) ? word : `https://${word}`;
    return `<a href="${target}"${attributes}>${trim(word)}</a>`;
  }
  if (word.startsWith('mailto:') && EMAIL.test(word.slice(7)))
    return `<a href="${word}">${word.slice(7)}</a>`;
  if (word.includes('@') && !word.startsWith('www.') && !word.includes(':') && EMAIL.test(word)) {
    return `<a href="mailto:${word}">${word}</a>`;
  }
  const isExtra = schemes.some((scheme) => word !== scheme && word.startsWith(scheme));
  return isExtra ? `<a href="${word}"${attributes}>${word}</a>` : word;
}
