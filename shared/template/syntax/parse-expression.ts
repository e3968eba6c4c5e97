/** Jinja2's expressions, by precedence from the conditional expression down to names and literals. */

import type { ArithmeticOperator } from '../python/arithmetic.ts';
import type { CallArguments, CompareOperator, Expression, Keyword } from './syntax-tree.ts';
import { describeToken, quoted } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const NO_ARGUMENTS: CallArguments = { args: [], kwargs: [], dynArgs: undefined, dynKwargs: undefined };

/** What {@link parseTuple} accepts. */
export type TupleRules = {
  /** Only names and literals, as left of `in`. */
  readonly isSimplified?: boolean;
  readonly withCondition?: boolean;
  readonly hasParentheses?: boolean;
};

/** One expression; without `withCondition` no `… if … else …`. */
export function parseExpression(stream: TokenStream, withCondition = true): Expression {
  return withCondition ? parseCondition(stream) : parseOr(stream);
}

function parseCondition(stream: TokenStream): Expression {
  let line = stream.current.line;
  let value = parseOr(stream);
  while (stream.skipIf('name:if')) {
    const test = parseOr(stream);
    const otherwise = stream.skipIf('name:else') ? parseCondition(stream) : undefined;
    value = { kind: 'condexpr', test, whenTrue: value, otherwise, line };
    line = stream.current.line;
  }
  return value;
}

function parseOr(stream: TokenStream): Expression {
  let left = parseAnd(stream);
  while (stream.skipIf('name:or')) left = { kind: 'or', left, right: parseAnd(stream), line: left.line };
  return left;
}

function parseAnd(stream: TokenStream): Expression {
  let left = parseNot(stream);
  while (stream.skipIf('name:and')) left = { kind: 'and', left, right: parseNot(stream), line: left.line };
  return left;
}

function parseNot(stream: TokenStream): Expression {
  const line = stream.current.line;
  if (stream.skipIf('name:not')) return { kind: 'not', value: parseNot(stream), line };
  return parseCompare(stream);
}

function parseCompare(stream: TokenStream): Expression {
  const first = parseSum(stream);
  const rest: { operator: CompareOperator; right: Expression }[] = [];
  for (;;) {
    const operator = compareOperator(stream);
    if (operator === undefined) break;
    rest.push({ operator, right: parseSum(stream) });
  }
  return rest.length === 0 ? first : { kind: 'compare', first, rest, line: first.line };
}

function compareOperator(stream: TokenStream): CompareOperator | undefined {
  const { type } = stream.current;
  if (isComparison(type)) {
    stream.next();
    return type;
  }
  if (stream.skipIf('name:in')) return 'in';
  if (!stream.is('name:not') || stream.following.value !== 'in' || stream.following.type !== 'name') {
    return undefined;
  }
  stream.next();
  stream.next();
  return 'notin';
}

function isComparison(type: string): type is Exclude<CompareOperator, 'in' | 'notin'> {
  return COMPARISONS.has(type);
}

function parseSum(stream: TokenStream): Expression {
  return parseBinary(stream, ['+', '-'], parseConcat);
}

function parseBinary(
  stream: TokenStream,
  operators: readonly ArithmeticOperator[],
  parseOperand: (stream: TokenStream) => Expression,
): Expression {
  let left = parseOperand(stream);
  for (;;) {
    const operator = operators.find((candidate) => candidate === stream.current.type);
    if (operator === undefined) return left;
    stream.next();
    left = { kind: 'arithmetic', operator, left, right: parseOperand(stream), line: left.line };
  }
}

function parseConcat(stream: TokenStream): Expression {
  const first = parseProduct(stream);
  const parts = [first];
  while (stream.skipIf('~')) parts.push(parseProduct(stream));
  return parts.length === 1 ? first : { kind: 'concat', parts, line: first.line };
}

function parseProduct(stream: TokenStream): Expression {
  return parseBinary(stream, ['*', '/', '//', '%'], parsePower);
}

function parsePower(stream: TokenStream): Expression {
  return parseBinary(stream, ['**'], (operand) => parseUnary(operand));
}

function parseUnary(stream: TokenStream, withFilter = true): Expression {
  const { line, type } = stream.current;
  let value: Expression;
  if (type === '-' || type === '+') {
    stream.next();
    value = { kind: 'unary', operator: type, value: parseUnary(stream, false), line };
  } else {
    value = parsePrimary(stream);
  }
  value = parsePostfix(stream, value);
  return withFilter ? parseFilterExpression(stream, value) : value;
}

/** A name, a literal, or something in brackets. */
function parsePrimary(stream: TokenStream): Expression {
  const token = stream.current;
  const { line } = token;
  switch (token.type) {
    case 'name':
      stream.next();
      return nameOrWord(String(token.value), line);
    case 'string':
      return parseStrings(stream);
    case 'integer':
    case 'float':
      stream.next();
      return { kind: 'const', value: token.value, line };
    case '(': {
      stream.next();
      const inner = parseTuple(stream, { hasParentheses: true });
      stream.expect(')');
      return inner;
    }
    case '[':
      return parseList(stream);
    case '{':
      return parseDict(stream);
    default:
      throw stream.fail(`unexpected ${quoted(describeToken(token))}`);
  }
}

function nameOrWord(name: string, line: number): Expression {
  if (name === 'true' || name === 'True') return { kind: 'const', value: true, line };
  if (name === 'false' || name === 'False') return { kind: 'const', value: false, line };
  if (name === 'none' || name === 'None') return { kind: 'const', value: null, line };
  return { kind: 'name', name, line };
}

function parseStrings(stream: TokenStream): Expression {
  const { line } = stream.current;
  let value = '';
  while (stream.current.type === 'string') value += String(stream.next().value);
  return { kind: 'const', value, line };
}

/** Expressions between commas make a tuple; one without a comma is itself. */
export function parseTuple(stream: TokenStream, rules: TupleRules = {}): Expression {
  const { line } = stream.current;
  const items: Expression[] = [];
  let isTuple = false;
  for (;;) {
    if (items.length > 0) stream.expect(',');
    if (stream.isAny(['variable_end', 'block_end', ')'])) break;
    items.push(
      rules.isSimplified === true
        ? parsePrimary(stream)
        : parseExpression(stream, rules.withCondition ?? true),
    );
    if (!stream.is(',')) break;
    isTuple = true;
  }
  const [first] = items;
  if (!isTuple && first !== undefined) return first;
  if (!isTuple && rules.hasParentheses !== true) {
    throw stream.fail(`Expected an expression, got ${quoted(describeToken(stream.current))}`);
  }
  return { kind: 'tuple', items, line };
}

function parseList(stream: TokenStream): Expression {
  const { line } = stream.expect('[');
  const items: Expression[] = [];
  while (!stream.is(']')) {
    if (items.length > 0) stream.expect(',');
    if (stream.is(']')) break;
    items.push(parseExpression(stream));
  }
  stream.expect(']');
  return { kind: 'list', items, line };
}

function parseDict(stream: TokenStream): Expression {
  const { line } = stream.expect('{');
  const pairs: { key: Expression; value: Expression }[] = [];
  while (!stream.is('}')) {
    if (pairs.length > 0) stream.expect(',');
    if (stream.is('}')) break;
    const key = parseExpression(stream);
    stream.expect(':');
    pairs.push({ key, value: parseExpression(stream) });
  }
  stream.expect('}');
  return { kind: 'dict', pairs, line };
}

function parsePostfix(stream: TokenStream, value: Expression): Expression {
  let node = value;
  for (;;) {
    if (stream.is('.')) node = parseDot(stream, node);
    else if (stream.is('[')) node = parseSubscript(stream, node);
    else if (stream.is('(')) node = parseCall(stream, node);
    else return node;
  }
}

function parseFilterExpression(stream: TokenStream, value: Expression): Expression {
  let node = value;
  for (;;) {
    if (stream.is('|')) node = parseFilter(stream, node) ?? node;
    else if (stream.is('name:is')) node = parseTest(stream, node);
    else if (stream.is('(')) node = parseCall(stream, node);
    else return node;
  }
}

function parseDot(stream: TokenStream, value: Expression): Expression {
  const { line } = stream.next();
  const token = stream.next();
  if (token.type === 'name') return { kind: 'getattr', value, name: String(token.value), line };
  if (token.type !== 'integer') throw stream.fail('expected name or number', token.line);
  return { kind: 'getitem', value, key: { kind: 'const', value: token.value, line }, line };
}

function parseSubscript(stream: TokenStream, value: Expression): Expression {
  const { line } = stream.next();
  const keys: Expression[] = [];
  while (!stream.is(']')) {
    if (keys.length > 0) stream.expect(',');
    keys.push(parseSubscribed(stream));
  }
  stream.expect(']');
  const [first] = keys;
  const key: Expression =
    keys.length === 1 && first !== undefined ? first : { kind: 'tuple', items: keys, line };
  return { kind: 'getitem', value, key, line };
}

function parseSubscribed(stream: TokenStream): Expression {
  const { line } = stream.current;
  let start: Expression | undefined;
  if (!stream.is(':')) {
    start = parseExpression(stream);
    if (!stream.is(':')) return start;
  }
  stream.next();
  const stop = stream.isAny([':', ']', ',']) ? undefined : parseExpression(stream);
  if (!stream.skipIf(':')) return { kind: 'slice', start, stop, step: undefined, line };
  const step = stream.isAny([']', ',']) ? undefined : parseExpression(stream);
  return { kind: 'slice', start, stop, step, line };
}

function parseCall(stream: TokenStream, callee: Expression): Expression {
  const { line } = stream.current;
  return { kind: 'call', callee, with: parseCallArguments(stream), line };
}

function parseCallArguments(stream: TokenStream): CallArguments {
  const { line } = stream.expect('(');
  const args: Expression[] = [];
  const kwargs: Keyword[] = [];
  let dynArgs: Expression | undefined;
  let dynKwargs: Expression | undefined;
  const ensure = (isRight: boolean): void => {
    if (!isRight) throw stream.fail('invalid syntax for function call expression', line);
  };
  let isFirst = true;
  while (!stream.is(')')) {
    if (!isFirst) stream.expect(',');
    if (!isFirst && stream.is(')')) break;
    isFirst = false;
    if (stream.is('*')) {
      ensure(dynArgs === undefined && dynKwargs === undefined);
      stream.next();
      dynArgs = parseExpression(stream);
    } else if (stream.is('**')) {
      ensure(dynKwargs === undefined);
      stream.next();
      dynKwargs = parseExpression(stream);
    } else if (stream.is('name') && stream.following.type === '=') {
      ensure(dynKwargs === undefined);
      const key = stream.expectName();
      stream.next();
      kwargs.push({ key, value: parseExpression(stream) });
    } else {
      ensure(dynArgs === undefined && dynKwargs === undefined && kwargs.length === 0);
      args.push(parseExpression(stream));
    }
  }
  stream.expect(')');
  return { args, kwargs, dynArgs, dynKwargs };
}

/** `| name(…) | name …`; `startsInline` when the first bar is left out, as in filter blocks. */
export function parseFilter(
  stream: TokenStream,
  value: Expression | undefined,
  startsInline = false,
): Expression | undefined {
  let node = value;
  let isInline = startsInline;
  while (isInline || stream.is('|')) {
    if (!isInline) stream.next();
    isInline = false;
    const { line } = stream.current;
    const name = parseDottedName(stream);
    const args = stream.is('(') ? parseCallArguments(stream) : NO_ARGUMENTS;
    node = { kind: 'filter', value: node, name, with: args, line };
  }
  return node;
}

function parseDottedName(stream: TokenStream): string {
  let name = stream.expectName();
  while (stream.skipIf('.')) name += `.${stream.expectName()}`;
  return name;
}

const TEST_ARGUMENTS = ['name', 'string', 'integer', 'float', '(', '[', '{'];
const NO_TEST_ARGUMENTS = ['name:else', 'name:or', 'name:and'];

function parseTest(stream: TokenStream, value: Expression): Expression {
  const { line } = stream.next();
  const isNegated = stream.skipIf('name:not');
  const name = parseDottedName(stream);
  let args = NO_ARGUMENTS;
  if (stream.is('(')) args = parseCallArguments(stream);
  else if (stream.isAny(TEST_ARGUMENTS) && !stream.isAny(NO_TEST_ARGUMENTS)) {
    if (stream.is('name:is')) throw stream.fail('You cannot chain multiple tests with is');
    args = { ...NO_ARGUMENTS, args: [parsePostfix(stream, parsePrimary(stream))] };
  }
  const test: Expression = { kind: 'test', value, name, with: args, line };
  return isNegated ? { kind: 'not', value: test, line } : test;
}
