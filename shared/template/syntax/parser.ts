/** Jinja2's statements: from the text of a template to its syntax tree. */

import { limits } from '../../base/limits.ts';
import { limitError } from '../python/error.ts';
import { isBlank } from '../python/whitespace.ts';
import { TemplateError } from '../template-error.ts';
import { findNames } from './find-names.ts';
import { lex } from './lexer.ts';
import { parseExpression, parseFilter, parseTuple } from './parse-expression.ts';
import type { SyntaxOptions } from './syntax-options.ts';
import type { Expression, Parameter, Statement, Target } from './syntax-tree.ts';
import { describeExpected, quoted } from './token.ts';
import { TokenStream } from './token-stream.ts';
import { assignsLoop } from './walk-statements.ts';

/** Parses a whole template; `extensions` are the tags of `jinja2.ext.do` and `jinja2.ext.loopcontrols` when on. */
export function parseTemplate(
  source: string,
  options: SyntaxOptions,
  tags: ReadonlySet<string>,
): Statement[] {
  const { text, tokens } = lex(source, options);
  return new Parser(new TokenStream(text, tokens), tags).parseBody(undefined);
}

/** Parses a bare expression, as conditions are written. */
export function parseBareExpression(source: string, options: SyntaxOptions): Expression {
  const { text, tokens } = lex(`${options.variableStart} ${source} ${options.variableEnd}`, options);
  const stream = new TokenStream(text, tokens);
  stream.expect('variable_begin');
  const value = parseTuple(stream);
  stream.expect('variable_end');
  stream.expect('eof');
  return value;
}

/** Keeps the stack of open tags, for its messages. */
class Parser {
  readonly #stream: TokenStream;
  readonly #tags: ReadonlySet<string>;
  readonly #openTags: string[] = [];
  readonly #endTags: (readonly string[])[] = [];

  constructor(stream: TokenStream, tags: ReadonlySet<string>) {
    this.#stream = stream;
    this.#tags = tags;
  }

  /** Statements up to one of the end tags, whose name is then the current token. */
  parseBody(endTags: readonly string[] | undefined): Statement[] {
    const body: Statement[] = [];
    if (endTags !== undefined) this.#endTags.push(endTags);
    if (this.#endTags.length > limits.templateNestingMax)
      throw limitError('maximum recursion depth exceeded during compilation');
    while (!this.#stream.is('eof')) {
      const { type, value, line } = this.#stream.next();
      if (type === 'data') body.push({ kind: 'output', value: { kind: 'const', value, line }, line });
      else if (type === 'variable_begin') {
        body.push({ kind: 'output', value: parseTuple(this.#stream), line });
        this.#stream.expect('variable_end');
      } else {
        if (endTags !== undefined && this.#stream.isAny(endTags)) break;
        body.push(...this.#parseStatement());
        this.#stream.expect('block_end');
      }
    }
    if (endTags !== undefined) this.#endTags.pop();
    return body;
  }

  /** The body of a tag up to its end tag. Without `isKept` the end tag's name is consumed. */
  #parseStatements(endTags: readonly string[], isKept = false): Statement[] {
    this.#stream.skipIf(':');
    this.#stream.expect('block_end');
    const body = this.parseBody(endTags);
    if (this.#stream.is('eof')) throw this.#failAtEnd(undefined, [...this.#endTags, endTags]);
    if (!isKept) this.#stream.next();
    return body;
  }

  #failAtEnd(name: string | undefined, endTags: readonly (readonly string[])[], line?: number): Error {
    const message = [
      name === undefined ? 'Unexpected end of template.' : `Encountered unknown tag ${quoted(name)}.`,
    ];
    const wanted = endTags
      .at(-1)
      ?.map((tag) => quoted(describeExpected(tag)))
      .join(' or ');
    if (wanted !== undefined) {
      const isExpected = name !== undefined && endTags.flat().some((tag) => describeExpected(tag) === name);
      message.push(
        isExpected
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${wanted}.`
          : `Jinja was looking for the following tags: ${wanted}.`,
      );
    }
    const innermost = this.#openTags.at(-1);
    if (innermost !== undefined) {
      message.push(`The innermost block that needs to be closed is ${quoted(innermost)}.`);
    }
    return this.#stream.fail(message.join(' '), line);
  }

  #parseStatement(): Statement[] {
    const token = this.#stream.current;
    if (token.type !== 'name') throw this.#stream.fail('tag name expected');
    const name = String(token.value);
    const parse = STATEMENTS.get(name);
    if (parse === undefined || (EXTENSION_TAGS.has(name) && !this.#tags.has(name))) {
      throw this.#failAtEnd(name, this.#endTags, token.line);
    }
    this.#openTags.push(name);
    this.#stream.next();
    const context: StatementContext = {
      stream: this.#stream,
      line: token.line,
      parseBody: (endTags) => this.#parseStatements(endTags),
      parseBodyKeeping: (endTags) => this.#parseStatements(endTags, true),
    };
    const statements = parse(context);
    this.#openTags.pop();
    return statements;
  }
}

/** What the parser of one tag needs; the tag's name is consumed already. */
type StatementContext = {
  readonly stream: TokenStream;
  readonly line: number;
  readonly parseBody: (endTags: readonly string[]) => Statement[];
  readonly parseBodyKeeping: (endTags: readonly string[]) => Statement[];
};

const EXTENSION_TAGS: ReadonlySet<string> = new Set(['break', 'continue', 'do']);

const STATEMENTS: ReadonlyMap<string, (context: StatementContext) => Statement[]> = new Map([
  ['autoescape', parseAutoescape],
  ['block', parseBlock],
  ['break', ({ line }: StatementContext): Statement[] => [{ kind: 'break', line }]],
  ['call', parseCallBlock],
  ['continue', ({ line }: StatementContext): Statement[] => [{ kind: 'continue', line }]],
  [
    'do',
    ({ stream, line }: StatementContext): Statement[] => [{ kind: 'do', value: parseTuple(stream), line }],
  ],
  [
    'extends',
    ({ stream, line }: StatementContext): Statement[] => [
      { kind: 'extends', template: parseExpression(stream), line },
    ],
  ],
  ['filter', parseFilterBlock],
  ['for', parseFor],
  ['from', parseFrom],
  ['if', parseIf],
  ['import', parseImport],
  ['include', parseInclude],
  ['macro', parseMacro],
  ['print', parsePrint],
  ['set', parseSet],
  ['with', parseWith],
]);

function parseSet({ stream, line, parseBody }: StatementContext): Statement[] {
  const target = parseTarget(stream, true);
  if (stream.skipIf('=')) return [{ kind: 'set', target, value: parseTuple(stream), line }];
  const filter = parseFilter(stream, undefined);
  return [{ kind: 'setblock', target, filter, body: parseBody(['name:endset']), line }];
}

function parseTarget(stream: TokenStream, withNamespace = false): Target {
  if (withNamespace && stream.following.type === '.') {
    const name = stream.expectName();
    stream.next();
    return { kind: 'namespace', name, attribute: stream.expectName() };
  }
  const { line } = stream.current;
  const parsed = parseTuple(stream, { isSimplified: true });
  return toTarget(stream, parsed, line);
}

function toTarget(stream: TokenStream, node: Expression, line: number): Target {
  if (node.kind === 'name') return { kind: 'name', name: node.name };
  if (node.kind === 'tuple' && mayBeTarget(node))
    return { kind: 'tuple', items: node.items.map((item) => toTarget(stream, item, line)) };
  throw stream.fail(`can't assign to ${quoted(node.kind)}`, line);
}

function mayBeTarget(node: Expression): boolean {
  return node.kind === 'name' || (node.kind === 'tuple' && node.items.every(mayBeTarget));
}

function parseName(stream: TokenStream): string {
  const { line } = stream.current;
  const name = stream.expectName();
  if (['true', 'false', 'none', 'True', 'False', 'None'].includes(name)) {
    throw stream.fail("can't assign to 'name'", line);
  }
  return name;
}

function parseFor({ stream, line, parseBody, parseBodyKeeping }: StatementContext): Statement[] {
  const target = parseTarget(stream);
  stream.expect('name:in');
  const items = parseTuple(stream, { withCondition: false });
  const test = stream.skipIf('name:if') ? parseExpression(stream) : undefined;
  const isRecursive = stream.skipIf('name:recursive');
  const body = parseBodyKeeping(['name:endfor', 'name:else']);
  const otherwise = stream.next().value === 'endfor' ? [] : parseBody(['name:endfor']);
  const statement: Statement = { kind: 'for', target, items, test, isRecursive, body, otherwise, line };
  if (assignsLoop([statement])) {
    throw stream.fail("Can't assign to special loop variable in for-loop target", line);
  }
  return [statement];
}

function parseIf({ stream, line, parseBody, parseBodyKeeping }: StatementContext): Statement[] {
  const branches: { test: Expression; body: Statement[] }[] = [];
  for (;;) {
    const test = parseTuple(stream, { withCondition: false });
    branches.push({ test, body: parseBodyKeeping(['name:elif', 'name:else', 'name:endif']) });
    const { value } = stream.next();
    if (value === 'elif') continue;
    const otherwise = value === 'else' ? parseBody(['name:endif']) : [];
    return [{ kind: 'if', branches, otherwise, line }];
  }
}

function parseWith({ stream, line, parseBody }: StatementContext): Statement[] {
  const targets: { target: Target; value: Expression }[] = [];
  while (!stream.is('block_end')) {
    if (targets.length > 0) stream.expect(',');
    const target = parseTarget(stream);
    stream.expect('=');
    targets.push({ target, value: parseExpression(stream) });
  }
  return [{ kind: 'with', targets, body: parseBody(['name:endwith']), line }];
}

function parseAutoescape({ stream, line, parseBody }: StatementContext): Statement[] {
  parseExpression(stream);
  return [{ kind: 'scope', body: parseBody(['name:endautoescape']), line }];
}

function parseBlock({ stream, line, parseBody }: StatementContext): Statement[] {
  const name = stream.expectName();
  const isScoped = stream.skipIf('name:scoped');
  const isRequired = stream.skipIf('name:required');
  if (stream.is('-')) {
    throw stream.fail(
      'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.',
    );
  }
  const body = parseBody(['name:endblock']);
  if (isRequired && !body.every(isBlankOutput)) {
    throw stream.fail('Required blocks can only contain comments or whitespace');
  }
  stream.skipIf(`name:${name}`);
  return [{ kind: 'block', name, isScoped, isRequired, body, line }];
}

function isBlankOutput(statement: Statement): boolean {
  if (statement.kind !== 'output' || statement.value.kind !== 'const') return false;
  return isBlank(String(statement.value.value));
}

/** `with context` or `without context`; undefined when neither is written. */
function parseContext(stream: TokenStream): boolean | undefined {
  if (!stream.isAny(['name:with', 'name:without']) || stream.following.value !== 'context') return undefined;
  const isWith = stream.next().value === 'with';
  stream.next();
  return isWith;
}

function parseInclude({ stream, line }: StatementContext): Statement[] {
  const template = parseExpression(stream);
  const isMissingIgnored = stream.is('name:ignore') && stream.following.value === 'missing';
  if (isMissingIgnored) {
    stream.next();
    stream.next();
  }
  return [{ kind: 'include', template, isMissingIgnored, withContext: parseContext(stream) ?? true, line }];
}

function parseImport({ stream, line }: StatementContext): Statement[] {
  const template = parseExpression(stream);
  stream.expect('name:as');
  const name = parseName(stream);
  return [{ kind: 'import', template, name, withContext: parseContext(stream) ?? false, line }];
}

function parseFrom({ stream, line }: StatementContext): Statement[] {
  const template = parseExpression(stream);
  stream.expect('name:import');
  const names: { name: string; alias: string }[] = [];
  let withContext: boolean | undefined;
  for (;;) {
    if (names.length > 0) stream.expect(',');
    withContext = parseContext(stream);
    if (withContext !== undefined) break;
    const nameLine = stream.current.line;
    const name = parseName(stream);
    if (name.startsWith('_')) {
      const at = { source: stream.source, line: nameLine };
      const message = 'names starting with an underline can not be imported';
      throw new TemplateError('syntax', 'TemplateAssertionError', message, at);
    }
    names.push({ name, alias: stream.skipIf('name:as') ? parseName(stream) : name });
    withContext = parseContext(stream);
    if (withContext !== undefined || !stream.is(',')) break;
  }
  return [{ kind: 'from', template, names, withContext: withContext ?? false, line }];
}

function parseSignature(stream: TokenStream): Parameter[] {
  const parameters: Parameter[] = [];
  stream.expect('(');
  while (!stream.is(')')) {
    if (parameters.length > 0) stream.expect(',');
    const name = parseName(stream);
    if (stream.skipIf('=')) parameters.push({ name, default: parseExpression(stream) });
    else if (parameters.some((parameter) => parameter.default !== undefined)) {
      throw stream.fail('non-default argument follows default argument');
    } else parameters.push({ name, default: undefined });
  }
  stream.expect(')');
  return parameters;
}

function parseMacro({ stream, line, parseBody }: StatementContext): Statement[] {
  const name = parseName(stream);
  const parameters = parseSignature(stream);
  const body = parseBody(['name:endmacro']);
  checkCaller(stream, { parameters, body, line });
  return [{ kind: 'macro', name, parameters, body, line }];
}

function checkCaller(
  stream: TokenStream,
  macro: { readonly parameters: Parameter[]; readonly body: Statement[]; readonly line: number },
): void {
  const explicit = macro.parameters.find(({ name }) => name === 'caller');
  if (explicit === undefined || explicit.default !== undefined || !findNames(macro.body).has('caller'))
    return;
  throw stream.fail(
    'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.',
    macro.line,
  );
}

function parseCallBlock({ stream, line, parseBody }: StatementContext): Statement[] {
  const parameters = stream.is('(') ? parseSignature(stream) : [];
  const call = parseExpression(stream);
  if (call.kind !== 'call') throw stream.fail('expected call', line);
  const body = parseBody(['name:endcall']);
  checkCaller(stream, { parameters, body, line });
  return [{ kind: 'callblock', call, parameters, body, line }];
}

function parseFilterBlock({ stream, line, parseBody }: StatementContext): Statement[] {
  const filter = parseFilter(stream, undefined, true);
  const body = parseBody(['name:endfilter']);
  return filter === undefined ? body : [{ kind: 'filterblock', filter, body, line }];
}

function parsePrint({ stream, line }: StatementContext): Statement[] {
  const outputs: Statement[] = [];
  while (!stream.is('block_end')) {
    if (outputs.length > 0) stream.expect(',');
    outputs.push({ kind: 'output', value: parseExpression(stream), line });
  }
  return outputs;
}
