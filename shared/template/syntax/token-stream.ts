/** Walks over the tokens of a template and complains in Jinja2's words. */

import { describeExpected, describeToken, isToken, quoted, syntaxError, type Token } from './token.ts';

/** The tokens of one text, with one of them in hand. */
export class TokenStream {
  readonly source: string;
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #index = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source;
    this.#tokens = tokens;
    this.#end = tokens.at(-1) ?? { type: 'eof', value: '', line: 1, start: 0, end: 0 };
  }

  /** The token in hand; raises what kept the lexer from going on when the parser gets there. */
  get current(): Token {
    const token = this.#tokens[this.#index] ?? this.#end;
    if (token.type === 'error' || token.type === 'wrong_string')
      throw syntaxError(String(token.value), this.source, token.line);
    return token;
  }

  get following(): Token {
    return this.#tokens[this.#index + 1] ?? this.#end;
  }

  /** Gives the current token and moves on. */
  next(): Token {
    const token = this.current;
    this.#index++;
    return token;
  }

  is(expected: string): boolean {
    return isToken(this.current, expected);
  }

  isAny(expected: readonly string[]): boolean {
    return expected.some((one) => this.is(one));
  }

  /** Moves over the current token when it is as expected, and says whether it was. */
  skipIf(expected: string): boolean {
    const isExpected = this.is(expected);
    if (isExpected) this.#index++;
    return isExpected;
  }

  expect(expected: string): Token {
    if (this.is(expected)) return this.next();
    const wanted = quoted(describeExpected(expected));
    if (this.current.type === 'eof') throw this.fail(`unexpected end of template, expected ${wanted}.`);
    throw this.fail(`expected token ${wanted}, got ${quoted(describeToken(this.current))}`);
  }

  expectName(): string {
    return String(this.expect('name').value);
  }

  fail(message: string, line: number = this.current.line): Error {
    return syntaxError(message, this.source, line);
  }
}
