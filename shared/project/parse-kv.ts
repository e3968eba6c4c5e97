/** Arguments written as `key=value` words, and the free-form text of command, shell and the like. */

import { joinArgs, splitArgs } from './split-args.ts';

/** Keys that command, shell, script and raw take out of their free-form text. */
const FREE_FORM_KEYS: ReadonlySet<string> = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
]);

const ESCAPE = /\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\\'"abfnrtv]))/g;
const LETTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * The options in `text`, values without their quotes; words that are no option stand under `_raw_params`. With
 * `isFreeForm` only the few keys of the command family are options. Undefined when quotes or blocks are unbalanced.
 */
export function parseKv(text: string, isFreeForm: boolean): ReadonlyMap<string, string> | undefined {
  const words = splitArgs(text);
  if (words === undefined) return undefined;
  const options = new Map<string, string>();
  const raw: string[] = [];
  for (const word of words) {
    const decoded = decodeEscapes(word);
    const equals = optionSign(decoded);
    if (equals === undefined) {
      raw.push(decoded.includes('=') ? decoded.replaceAll('\\=', '=') : word);
      continue;
    }
    const key = decoded.slice(0, equals);
    if (isFreeForm && !FREE_FORM_KEYS.has(key)) raw.push(word);
    else options.set(key.trim(), unquote(decoded.slice(equals + 1).trim()));
  }
  if (raw.length > 0) options.set('_raw_params', joinArgs(raw));
  return options;
}

/** `text` without the one pair of quotes around it. */
function unquote(text: string): string {
  const isQuoted =
    text.length > 1 &&
    (text[0] === '"' || text[0] === "'") &&
    text.at(-1) === text[0] &&
    text.at(-2) !== '\\';
  return isQuoted ? text.slice(1, -1) : text;
}

function optionSign(word: string): number | undefined {
  for (let at = word.indexOf('=', 1); at > 0; at = word.indexOf('=', at + 1)) {
    if (word[at - 1] !== '\\') return at;
  }
  return undefined;
}

function decodeEscapes(word: string): string {
  return word.replace(ESCAPE, (whole: string, ...groups: (string | undefined)[]) => {
    const [long, short, byte, letter] = groups;
    const hex = long ?? short ?? byte;
    if (hex === undefined) return letter === undefined ? whole : (LETTERS[letter] ?? letter);
    const codePoint = Number.parseInt(hex, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
  });
}
