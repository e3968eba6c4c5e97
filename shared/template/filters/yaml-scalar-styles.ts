/** Writes one YAML scalar in each of the five styles, folded and escaped as libyaml does. */

import type { YamlOutput } from './yaml-output.ts';

/** Where a scalar is written, and what bounds it. */
export type ScalarTarget = {
  readonly out: YamlOutput;
  readonly width: number;
  readonly indent: number;
  readonly isUnicode: boolean;
  /** Inside brackets or braces. */
  readonly isFlow: boolean;
};

function isSpace(char: string | undefined): boolean {
  return char === ' ';
}

/** Whether the character ends a line, for libyaml. */
function isBreak(char: string | undefined): boolean {
  return char !== undefined && '\r\n\x85\u2028\u2029'.includes(char);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\x08': 'b',
  '\t': 't',
  '\n': 'n',
  '\x0b': 'v',
  '\x0c': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

/** A plain scalar. */
export function writePlain(to: ScalarTarget, chars: readonly string[], mayBreak: boolean): void {
  if (!to.out.whitespace && (chars.length > 0 || to.isFlow)) to.out.put(' ');
  let spaces = false;
  let breaks = false;
  for (const [index, char] of chars.entries()) {
    if (isSpace(char)) {
      const folds = mayBreak && !spaces && to.out.column > to.width && !isSpace(chars[index + 1]);
      if (folds) to.out.writeIndent();
      else to.out.put(char);
      spaces = true;
    } else if (isBreak(char)) {
      if (!breaks && char === '\n') to.out.putBreak();
      to.out.writeBreak(char);
      to.out.indention = true;
      breaks = true;
    } else {
      if (breaks) to.out.writeIndent();
      to.out.put(char);
      to.out.indention = false;
      spaces = false;
      breaks = false;
    }
  }
  to.out.whitespace = false;
  to.out.indention = false;
}

/** Between single quotes. */
export function writeSingleQuoted(to: ScalarTarget, chars: readonly string[], mayBreak: boolean): void {
  to.out.indicator("'", { before: true });
  let spaces = false;
  let breaks = false;
  for (const [index, char] of chars.entries()) {
    if (isSpace(char)) {
      const isInside = index > 0 && index < chars.length - 1 && !isSpace(chars[index + 1]);
      if (mayBreak && !spaces && to.out.column > to.width && isInside) to.out.writeIndent();
      else to.out.put(char);
      spaces = true;
    } else if (isBreak(char)) {
      if (!breaks && char === '\n') to.out.putBreak();
      to.out.writeBreak(char);
      to.out.indention = true;
      breaks = true;
    } else {
      if (breaks) to.out.writeIndent();
      to.out.put(char === "'" ? "''" : char);
      to.out.indention = false;
      spaces = false;
      breaks = false;
    }
  }
  if (breaks) to.out.writeIndent();
  to.out.indicator("'", { before: false });
  to.out.whitespace = false;
  to.out.indention = false;
}

/** Between double quotes, with escapes. */
export function writeDoubleQuoted(to: ScalarTarget, chars: readonly string[], mayBreak: boolean): void {
  to.out.indicator('"', { before: true });
  let spaces = false;
  for (const [index, char] of chars.entries()) {
    const code = char.codePointAt(0) ?? 0;
    if (mustEscape(to, char, code)) {
      to.out.put(`\\${ESCAPES[char] ?? hexEscape(code)}`);
      spaces = false;
    } else if (isSpace(char)) {
      const isInside = index > 0 && index < chars.length - 1;
      if (mayBreak && !spaces && to.out.column > to.width && isInside) {
        to.out.writeIndent();
        if (isSpace(chars[index + 1])) to.out.put('\\');
      } else {
        to.out.put(char);
      }
      spaces = true;
    } else {
      to.out.put(char);
      spaces = false;
    }
  }
  to.out.indicator('"', { before: false });
  to.out.whitespace = false;
  to.out.indention = false;
}

function mustEscape(to: ScalarTarget, char: string, code: number): boolean {
  if (isBreak(char) || char === '"' || char === '\\' || code === 0xfeff) return true;
  if (code > 0x7e && !to.isUnicode) return true;
  return !isPrintable(code);
}

function writeBlockHints(to: ScalarTarget, chars: readonly string[]): void {
  const first = chars[0];
  if (isSpace(first) || isBreak(first)) to.out.indicator(String(to.indent), { before: false });
  to.out.isOpenEnded = false;
  const last = chars.at(-1);
  if (last === undefined || !isBreak(last)) to.out.indicator('-', { before: false });
  else if (chars.length === 1 || isBreak(chars.at(-2))) {
    to.out.indicator('+', { before: false });
    to.out.isOpenEnded = true;
  }
}

/** A `|` block. */
export function writeLiteral(to: ScalarTarget, chars: readonly string[]): void {
  to.out.indicator('|', { before: true });
  writeBlockHints(to, chars);
  to.out.putBreak();
  to.out.indention = true;
  to.out.whitespace = true;
  let breaks = true;
  for (const char of chars) {
    if (isBreak(char)) {
      to.out.writeBreak(char);
      to.out.indention = true;
      breaks = true;
    } else {
      if (breaks) to.out.writeIndent();
      to.out.put(char);
      to.out.indention = false;
      breaks = false;
    }
  }
}

/** A `>` block. */
export function writeFolded(to: ScalarTarget, chars: readonly string[]): void {
  to.out.indicator('>', { before: true });
  writeBlockHints(to, chars);
  to.out.putBreak();
  to.out.indention = true;
  to.out.whitespace = true;
  let breaks = true;
  let leadingSpaces = true;
  for (const [index, char] of chars.entries()) {
    if (isBreak(char)) {
      if (!breaks && !leadingSpaces && char === '\n') foldBreak(to, chars, index);
      to.out.writeBreak(char);
      to.out.indention = true;
      breaks = true;
      continue;
    }
    if (breaks) {
      to.out.writeIndent();
      leadingSpaces = char === ' ' || char === '\t';
    }
    const folds = !breaks && isSpace(char) && !isSpace(chars[index + 1]) && to.out.column > to.width;
    if (folds) to.out.writeIndent();
    else to.out.put(char);
    to.out.indention = false;
    breaks = false;
  }
}

/** A line end between two text lines of a folded scalar needs an empty line. */
function foldBreak(to: ScalarTarget, chars: readonly string[], index: number): void {
  let next = index;
  while (isBreak(chars[next])) next++;
  const after = chars[next];
  if (after !== undefined && after !== ' ' && after !== '\t') to.out.putBreak();
}

function hexEscape(code: number): string {
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `u${digits.padStart(4, '0')}` : `U${digits.padStart(8, '0')}`;
}

/** Whether libyaml prints the character as it is; what lies beyond the first plane it escapes. */
function isPrintable(code: number): boolean {
  if (code < 0xa0) return code === 0x0a || (code >= 0x20 && code <= 0x7e);
  return code <= 0xfffd && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfeff;
}
