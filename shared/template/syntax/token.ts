/** The tokens of templates, and how messages name them. */

import type { Value } from '../../base/value.ts';
import { reprText } from '../python/repr.ts';
import { TemplateError } from '../template-error.ts';

/** `type` is the operator itself for operators. Positions are offsets into the source as it was lexed. */
export type Token = {
  readonly type: string;
  /** The text of names and data, the unescaped text of strings, the value of numbers. */
  readonly value: Value;
  readonly line: number;
  readonly start: number;
  readonly end: number;
};

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ['block_begin', 'begin of statement block'],
  ['block_end', 'end of statement block'],
  ['variable_begin', 'begin of print statement'],
  ['variable_end', 'end of print statement'],
  ['data', 'template data / text'],
  ['eof', 'end of template'],
]);

/** How a message names a token. */
export function describeToken(token: Token): string {
  return token.type === 'name' ? String(token.value) : describeType(token.type);
}

/** How a message names what was expected: a token type, or `name:word`. */
export function describeExpected(expected: string): string {
  return expected.startsWith('name:') ? expected.slice(5) : describeType(expected);
}

function describeType(type: string): string {
  return DESCRIPTIONS.get(type) ?? type;
}

/** Whether a token is of a type, or the word of `name:word`. */
export function isToken(token: Token, expected: string): boolean {
  if (token.type === expected) return true;
  return token.type === 'name' && expected.startsWith('name:') && token.value === expected.slice(5);
}

/** Jinja2's TemplateSyntaxError. */
export function syntaxError(message: string, source: string, line: number): TemplateError {
  return new TemplateError('syntax', 'TemplateSyntaxError', message, { source, line });
}

/** A name between quotes, as Jinja2's messages have it. */
export function quoted(name: string): string {
  return reprText(name);
}
