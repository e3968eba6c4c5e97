/** Cuts a template into tokens, with Jinja2's control of white space. */

import { limits } from '../../base/limits.ts';
import { PyFloat, type Value } from '../../base/value.ts';
import { limitError } from '../python/error.ts';
import { normalizeInt } from '../python/number.ts';
import { str } from '../python/repr.ts';
import { unescapeString } from '../python/unescape-string.ts';
import { textLength } from '../python/values.ts';
import { isBlank, SPACE_CLASS, stripEnd } from '../python/whitespace.ts';
import { TemplateError } from '../template-error.ts';
import type { SyntaxOptions } from './syntax-options.ts';
import { quoted, syntaxError, type Token } from './token.ts';

const NEWLINE = /\r\n|\r|\n/g;
/** White space of any length, or none. */
const SPACES = `[${SPACE_CLASS}]*`;

/** What a tag consists of: a float, an int, a name, a string, an operator. */
const PIECE =
  /((?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+))|(0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*)|([\p{L}\p{N}\p{XID_Continue}]+)|('(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")|(\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;])/u;
const INSIDE = new RegExp(`([${SPACE_CLASS}]+)|${PIECE.source}`, 'uy');

/** Where a statement that is a line ends; the last line may end with the text. */
const LINE_END = new RegExp(`${SPACES}(?:\\n|$)`, 'uy');

const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

const INVALID_NAME = 'Invalid character in identifier';

const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

/** The patterns that one set of delimiters needs, made once per set. */
type Patterns = {
  readonly begin: RegExp;
  readonly commentEnd: RegExp;
  readonly blockEnd: RegExp;
  readonly variableEnd: RegExp;
  readonly rawEnd: RegExp;
};

const patternCache = new Map<string, Patterns>();

/**
 * The tokens of a template, white space and comments left out, with an `eof` at the end, or an `error` where the
 * text stops being a template: the parser may find another fault before it.
 */
export function lex(
  source: string,
  options: SyntaxOptions,
): { readonly text: string; readonly tokens: Token[] } {
  const lexer = new Lexer(source, options);
  lexer.run();
  return { text: lexer.text, tokens: lexer.tokens };
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly text: string;
  readonly #options: SyntaxOptions;
  readonly #patterns: Patterns;
  #at = 0;
  #line = 1;
  /** Where the next line end is, so that a long line is not searched through again for each of its tokens. */
  #newline: number;
  #isLineStart = true;

  constructor(source: string, options: SyntaxOptions) {
    const unified = source.includes('\r') ? source.replace(NEWLINE, '\n') : source;
    this.text = !options.keepTrailingNewline && unified.endsWith('\n') ? unified.slice(0, -1) : unified;
    this.#newline = this.#newlineFrom(0);
    this.#options = options;
    this.#patterns = patternsFor(options);
  }

  run(): void {
    try {
      while (this.#at < this.text.length) this.#lexRoot();
      this.#add('eof', '', this.#at);
    } catch (error) {
      if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
      this.#add('error', error.message, this.#at);
    }
  }

  #add(type: string, value: Value, end: number): void {
    if (this.tokens.length >= limits.templateTokensMax) throw limitError('the template has too many parts');
    this.tokens.push({ type, value, line: this.#line, start: this.#at, end });
  }

  #advance(end: number): void {
    for (; this.#newline < end; this.#newline = this.#newlineFrom(this.#newline + 1)) this.#line++;
    if (end > this.#at) this.#isLineStart = this.text[end - 1] === '\n';
    this.#at = end;
  }

  #newlineFrom(at: number): number {
    const found = this.text.indexOf('\n', at);
    return found < 0 ? this.text.length : found;
  }

  #withNewlines(text: string): string {
    const { newlineSequence } = this.#options;
    return newlineSequence === '\n' ? text : text.replaceAll('\n', newlineSequence);
  }

  #addData(raw: string, kept: string): void {
    if (kept !== '') {
      this.#add('data', this.#withNewlines(kept), this.#at + raw.length);
    }
    const isLineStart = this.#isLineStart;
    this.#advance(this.#at + raw.length);
    this.#isLineStart = isLineStart;
  }

  #lexRoot(): void {
    const { begin } = this.#patterns;
    begin.lastIndex = this.#at;
    const match = begin.exec(this.text);
    if (match === null) {
      this.#addData(this.text.slice(this.#at), this.text.slice(this.#at));
      return;
    }
    const groups = match.groups ?? {};
    const sign = groups.rawSign ?? groups.lineSign ?? groups.sign ?? '';
    const isVariable = groups.variable !== undefined;
    const raw = this.text.slice(this.#at, match.index);
    this.#addData(raw, this.#strip(raw, sign, isVariable));
    const end = match.index + match[0].length;
    if (groups.raw !== undefined) this.#lexRaw(end);
    else if (groups.lineComment !== undefined) this.#lexLineComment(end);
    else if (groups.line !== undefined) this.#lexTag('block', end, LINE_END);
    else if (groups.comment !== undefined) this.#lexComment(end);
    else this.#lexTag(isVariable ? 'variable' : 'block', end);
  }

  #strip(text: string, sign: string, isVariable: boolean): string {
    if (sign === '-') return stripEnd(text);
    if (sign === '+' || !this.#options.lstripBlocks || isVariable) return text;
    const lineStart = text.lastIndexOf('\n') + 1;
    if (lineStart === 0 && !this.#isLineStart) return text;
    return isBlank(text.slice(lineStart)) ? text.slice(0, lineStart) : text;
  }

  #lexRaw(start: number): void {
    this.#advance(start);
    if (start === this.text.length) return;
    const { rawEnd } = this.#patterns;
    rawEnd.lastIndex = start;
    const match = rawEnd.exec(this.text);
    if (match === null) throw this.#error('Missing end of raw directive');
    const raw = this.text.slice(start, match.index);
    this.#addData(raw, this.#strip(raw, match[1] ?? '', false));
    this.#advance(match.index + match[0].length);
  }

  #lexComment(start: number): void {
    this.#advance(start);
    if (start === this.text.length) return;
    const { commentEnd } = this.#patterns;
    commentEnd.lastIndex = start;
    const match = commentEnd.exec(this.text);
    if (match === null) throw this.#error('Missing end of comment tag');
    this.#advance(match.index + match[0].length);
  }

  #lexLineComment(start: number): void {
    const end = this.text.indexOf('\n', start);
    this.#advance(end < 0 ? this.text.length : end);
  }

  #lexTag(
    kind: 'block' | 'variable',
    start: number,
    ending: RegExp = kind === 'block' ? this.#patterns.blockEnd : this.#patterns.variableEnd,
  ): void {
    this.#add(`${kind}_begin`, '', start);
    this.#advance(start);
    const open: string[] = [];
    while (this.#at < this.text.length) {
      ending.lastIndex = this.#at;
      const match = open.length === 0 ? ending.exec(this.text) : null;
      if (match !== null) {
        this.#add(`${kind}_end`, '', this.#at + match[0].length);
        this.#advance(this.#at + match[0].length);
        return;
      }
      this.#lexInside(open);
    }
    if (ending === LINE_END && open.length === 0) this.#add('block_end', '', this.#at);
  }

  #lexInside(open: string[]): void {
    INSIDE.lastIndex = this.#at;
    const match = INSIDE.exec(this.text);
    if (match === null) {
      const character = String.fromCodePoint(this.text.codePointAt(this.#at) ?? 0);
      const place = textLength(this.text.slice(0, this.#at));
      throw this.#error(`unexpected char ${quoted(character)} at ${place}`);
    }
    const end = this.#at + match[0].length;
    const [, space, float, integer, name, string, operator] = match;
    if (space === undefined) {
      if (float !== undefined) this.#add('float', new PyFloat(Number(float.replaceAll('_', ''))), end);
      else if (integer !== undefined) this.#add('integer', parseInteger(integer), end);
      else if (name !== undefined) this.#addName(name, end);
      else if (string !== undefined) this.#addString(string, end);
      else if (operator !== undefined) this.#addOperator(operator, end, open);
    }
    this.#advance(end);
  }

  #addName(name: string, end: number): void {
    if (!IDENTIFIER.test(name)) throw this.#error(INVALID_NAME);
    this.#add('name', name, end);
  }

  #addString(literal: string, end: number): void {
    const value = unescapeString(this.#withNewlines(literal.slice(1, -1)));
    if (value.error === undefined) this.#add('string', value.text, end);
    else this.#add('wrong_string', value.error, end);
  }

  #addOperator(operator: string, end: number, open: string[]): void {
    const closing = CLOSING.get(operator);
    if (closing !== undefined) open.push(closing);
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = open.pop();
      if (expected === undefined) throw this.#error(`unexpected '${operator}'`);
      if (expected !== operator) throw this.#error(`unexpected '${operator}', expected '${expected}'`);
    }
    this.#add(operator, operator, end);
  }

  #error(message: string): Error {
    return syntaxError(message, this.text, this.#line);
  }
}

function parseInteger(text: string): number | bigint {
  return normalizeInt(BigInt(/^0[_0]*$/.test(text) ? '0' : text.replaceAll('_', '')));
}

function patternsFor(options: SyntaxOptions): Patterns {
  const key = JSON.stringify(options);
  const known = patternCache.get(key);
  if (known !== undefined) return known;
  const patterns = makePatterns(options);
  if (patternCache.size >= 100) patternCache.clear();
  patternCache.set(key, patterns);
  return patterns;
}

function makePatterns(options: SyntaxOptions): Patterns {
  const block = escapeRegExp(options.blockStart);
  const blockEnd = escapeRegExp(options.blockEnd);
  const commentEnd = escapeRegExp(options.commentEnd);
  const variableEnd = escapeRegExp(options.variableEnd);
  const suffix = options.trimBlocks ? '\\n?' : '';
  const endOfBlock = `(?:\\+${blockEnd}|-${blockEnd}${SPACES}|${blockEnd}${suffix})`;
  const starts = [
    { group: 'comment', text: options.commentStart },
    { group: 'block', text: options.blockStart },
    { group: 'variable', text: options.variableStart },
  ].sort((a, b) => b.text.length - a.text.length);
  const others = starts.map(({ group, text }) => `(?<${group}>${escapeRegExp(text)})`).join('|');
  const raw = `(?<raw>${block}(?<rawSign>[-+]?)${SPACES}raw${SPACES}(?:-${blockEnd}${SPACES}|${blockEnd}))`;
  return {
    begin: new RegExp(`${raw}|${linePatterns(options)}(?:${others})(?<sign>[-+]?)`, 'gmu'),
    commentEnd: new RegExp(`(?:\\+${commentEnd}|-${commentEnd}${SPACES}|${commentEnd}${suffix})`, 'gu'),
    blockEnd: new RegExp(endOfBlock, 'uy'),
    variableEnd: new RegExp(`-${variableEnd}${SPACES}|${variableEnd}`, 'uy'),
    rawEnd: new RegExp(`${block}([-+]?)${SPACES}endraw${SPACES}${endOfBlock}`, 'gu'),
  };
}

/** What begins statements and comments that are lines, the longer prefix first. */
function linePatterns({ lineStatementPrefix, lineCommentPrefix }: SyntaxOptions): string {
  const patterns: { readonly prefix: string; readonly pattern: string }[] = [];
  if (lineStatementPrefix !== undefined)
    patterns.push({
      prefix: lineStatementPrefix,
      pattern: `(?<line>^[ \\t\\v]*${escapeRegExp(lineStatementPrefix)})(?<lineSign>[-+]?)`,
    });
  if (lineCommentPrefix !== undefined)
    patterns.push({
      prefix: lineCommentPrefix,
      pattern: `(?<lineComment>(?:^|(?<=[^${SPACE_CLASS}]))(?:(?!\\n)[${SPACE_CLASS}])*${escapeRegExp(lineCommentPrefix)})`,
    });
  return patterns
    .sort((a, b) => b.prefix.length - a.prefix.length)
    .map(({ pattern }) => `${pattern}|`)
    .join('');
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/**
 * Doubles the backslashes of strings inside print statements, as Ansible does with texts of playbooks:
 * there `'\1'` means a backslash and a one. Drops the white space that a `-` takes away before a tag.
 */
export function doubleBackslashes(source: string, options: SyntaxOptions): string {
  if (!source.includes('\\') || !source.includes('{{')) return source;
  const { text, tokens } = lex(source, options);
  const fault = tokens.at(-1);
  // Ansible lexes the text for this before it begins to render, and does not word what it meets there.
  if (fault?.type === 'error' && fault.value !== INVALID_NAME) {
    throw new TemplateError('runtime', 'TemplateSyntaxError', `${str(fault.value)}\n  line ${fault.line}`);
  }
  const pieces: string[] = [];
  let at = 0;
  let isInside = false;
  let kept = 0;
  for (const token of tokens) {
    if (token.type === 'variable_begin') isInside = true;
    if (token.type === 'variable_end') isInside = false;
    if (token.type.endsWith('_begin') && text.slice(token.start, token.end).endsWith('-')) {
      const from = Math.max(at, kept);
      pieces.push(text.slice(at, from), stripEnd(text.slice(from, token.start)));
      at = token.start;
    }
    if (token.type.endsWith('_end')) kept = token.end;
    if (!isInside || !token.type.endsWith('string')) continue;
    pieces.push(text.slice(at, token.start), text.slice(token.start, token.end).replaceAll('\\', '\\\\'));
    at = token.end;
  }
  return pieces.join('') + text.slice(at);
}
