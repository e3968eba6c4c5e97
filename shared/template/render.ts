/** The engine's entry points: from templates and a scope to Python values. */

import { PyFloat, type Value } from '../base/value.ts';
import { withinBudget } from './budget.ts';
import { builtins, namedTest } from './builtins.ts';
import { finalizeValue } from './compile/concat.ts';
import { makeContext, topFrame } from './compile/runtime.ts';
import { compileExpressionCached } from './compile/template-cache.ts';
import { isConditionMet } from './condition.ts';
import {
  isVariableVerbatim,
  makeEngine,
  originOfWritten,
  playbookMode,
  type RenderMode,
  resolveVariable,
  runSource,
} from './engine.ts';
import { connectEngine, type RenderedFile } from './engine-above.ts';
import type { Environment } from './environment.ts';
import { str } from './python/repr.ts';
import { Markup, PyTuple, Template, Vaulted } from './python/special.ts';
import { SPACE_CLASS } from './python/whitespace.ts';
import { readFileHeader } from './syntax/file-header.ts';
import { doubleBackslashes } from './syntax/lexer.ts';
import type { FileTemplateOptions } from './syntax/syntax-options.ts';
import { TemplateError } from './template-error.ts';
import { isFromOutside } from './text-origin.ts';

/**
 * Renders every template inside `raw` (also in keys), decrypts vaulted scalars, and keeps everything else.
 * A string that is one single expression keeps the type of its value, as Ansible does.
 */
export function renderValue(raw: Value, env: Environment): Value {
  if (raw === null || typeof raw !== 'object') return raw;
  if (raw instanceof Template) return raw.isUnsafe ? raw.source : renderText(raw.source, env, playbookMode);
  if (raw instanceof Vaulted) return env.decrypt(raw.ciphertext);
  return renderParts(raw, env, renderValue);
}

/** As {@link renderValue} for what a variable holds: its vaulted scalars open when their text is needed. */
export function renderVariable(raw: Value, env: Environment): Value {
  if (raw instanceof Vaulted) return raw.openedBy(env.decrypt);
  return raw instanceof Template ? renderValue(raw, env) : renderParts(raw, env, renderVariable);
}

function renderParts(raw: Value, env: Environment, render: typeof renderValue): Value {
  if (Array.isArray(raw)) return renderItems(raw, env, render);
  if (raw instanceof PyTuple) return renderItems([...raw.items], env, render);
  if (raw instanceof Map) return renderDict(raw, env, render);
  return raw;
}

function renderItems(items: Value[], env: Environment, render: typeof renderValue): Value[] {
  return items.map((item) => render(item, env));
}

function renderDict(map: Map<Value, Value>, env: Environment, render: typeof renderValue): Value {
  const rendered = new Map<Value, Value>();
  for (const [key, item] of map) {
    rendered.set(key instanceof Template ? renderValue(key, env) : key, render(item, env));
  }
  return rendered;
}

const SINGLE_NAME = new RegExp(`^\\{\\{[${SPACE_CLASS}]*([\\p{L}\\p{N}_]*)[${SPACE_CLASS}]*\\}\\}\\n?$`, 'u');

function renderText(source: string, env: Environment, mode: RenderMode): Value {
  const single = SINGLE_NAME.exec(source)?.[1];
  if (single !== undefined) {
    const scalar = plainScalar(single, env);
    if (scalar !== undefined) return scalar;
  }
  let body = source;
  try {
    const header = readFileHeader(source);
    body = header?.body ?? source;
    const syntax = header === undefined ? mode.syntax : { ...mode.syntax, ...header.options };
    const result = runSource(body, env, { ...mode, syntax });
    const isText = typeof result === 'string' || (result instanceof Markup && source.endsWith('\n'));
    return isText ? restoreNewlines(syntax.newlineSequence, source, str(result)) : result;
  } catch (error) {
    if (isUndefined(error) && !env.options.strictUndefined) return source;
    throw inAnsiblesWords(error, shownSource(body, mode));
  }
}

/** A number, bool or None that a variable holds unrendered: `{{ name }}` alone gives it as it is. */
function plainScalar(name: string, env: Environment): Value | undefined {
  const raw = env.scope.raw === undefined ? resolveVariable(name, env) : env.scope.raw(name);
  if (raw === null || typeof raw === 'number' || typeof raw === 'boolean') return raw;
  return typeof raw === 'bigint' || raw instanceof PyFloat ? raw : undefined;
}

/** Rendering drops one trailing line end; Ansible puts back as many as there were. */
function restoreNewlines(newline: string, source: string, result: string): string {
  if (!source.endsWith('\n')) return result;
  const missing = trailingNewlines(source) - trailingNewlines(result);
  return missing > 0 ? result + newline.repeat(missing) : result;
}

function trailingNewlines(text: string): number {
  let count = 0;
  while (count < text.length && text[text.length - 1 - count] === '\n') count++;
  return count;
}

function isUndefined(error: unknown): boolean {
  return error instanceof TemplateError && error.kind === 'undefined';
}

/** The text as messages show it: with the backslashes doubled that were doubled to render it. */
function shownSource(source: string, mode: RenderMode): string {
  try {
    return mode.isFile ? source : doubleBackslashes(source, mode.syntax);
  } catch {
    return source;
  }
}

function isRecursion(error: TemplateError): boolean {
  return error.pythonType === 'RecursionError' && error.message.startsWith('maximum recursion');
}

/** The error as Ansible reports it for a text, its cause repeated as there; everything else is passed on as it is. */
function inAnsiblesWords(error: unknown, source: string): unknown {
  if (!(error instanceof TemplateError)) return error;
  const at = { source, line: error.line ?? 1 };
  const { message: original } = error;
  if (error.kind === 'undefined') {
    return new TemplateError('undefined', 'AnsibleUndefinedVariable', `${original}. ${original}`, at);
  }
  if (isRecursion(error)) {
    const message = `recursive loop detected in template string: ${source}. ${original}`;
    return new TemplateError('limit', 'AnsibleError', message, at);
  }
  if (error.kind === 'syntax') {
    const message = `template error while templating string: ${original}. String: ${source}. ${original}`;
    return new TemplateError('syntax', 'AnsibleError', message, at);
  }
  if (error.pythonType === 'TemplateSyntaxError' && error.line === 0) {
    return new TemplateError('runtime', error.pythonType, `${original}\n  line 0`, { source, line: 1 });
  }
  const isTypeError = error.pythonType === 'TypeError' || error.pythonType === 'AnsibleFilterTypeError';
  if (isTypeError && original.includes('AnsibleUndefined')) {
    const message =
      `Unable to look up a name or access an attribute in template string (${source}).\n` +
      `Make sure your variable name does not contain invalid characters like '-': ${original}. ${original}`;
    return new TemplateError('undefined', 'AnsibleUndefinedVariable', `${message}. ${message}`, at);
  }
  if (isTypeError) {
    const message = `Unexpected templating type error occurred on (${source}): ${original}. ${original}`;
    return new TemplateError('runtime', 'AnsibleError', message, at);
  }
  return error;
}

/** The value of a bare expression, as `when`, `until` and `loop` conditions are written: without braces. */
export function renderExpression(expression: string, env: Environment): Value {
  try {
    const evaluate = compileExpressionCached(expression, builtins);
    return withinBudget(() => {
      const engine = makeEngine(env, playbookMode);
      const template = { name: undefined, blocks: new Map(), run: () => 0 as const };
      const value = finalizeValue(evaluate(topFrame(makeContext(template, engine))));
      return value instanceof Markup ? value.text : value;
    });
  } catch (error) {
    throw inAnsiblesWords(error, expression);
  }
}

/** Ansible's rule for one entry of `when`, `changed_when`, `failed_when`, `until` and `assert.that`. */
export function isConditionTrue(condition: Value, env: Environment): boolean {
  const render = (text: string, areLookupsDisabled: boolean): Value =>
    renderText(text, env, { ...playbookMode, areLookupsDisabled });
  const isReceived = (): boolean => isFromOutside(originOfWritten(condition, env));
  return isConditionMet(condition, {
    isReceived,
    renderValue: (raw) => renderValue(raw, env),
    renderText: render,
  });
}

type TemplateFile = { readonly name: string; readonly options: FileTemplateOptions };

/** Renders the text of a template file to a string; `name` stands in error messages. */
export function renderFile(source: string, file: TemplateFile, env: Environment): string {
  return str(renderMarkedFile(source, file, env).text);
}

/** As {@link renderFile}, for lookups. */
function renderMarkedFile(source: string, file: TemplateFile, env: Environment): RenderedFile {
  const header = readFileHeader(source);
  const syntax = { ...playbookMode.syntax, ...file.options, ...header?.options };
  const body = header?.body ?? source;
  try {
    const result = runSource(body, env, { syntax, isFile: true, areLookupsDisabled: false });
    const printed = str(result ?? '');
    const text = restoreNewlines(syntax.newlineSequence, source, printed);
    if (!(result instanceof Markup)) return { text, data: printed };
    return { text: printed === text ? result : text, data: undefined };
  } catch (error) {
    throw inAnsiblesWords(error, body);
  }
}

connectEngine({
  run: (source, env) => runSource(source, env, playbookMode),
  render: (source, env, { areLookupsDisabled } = playbookMode) =>
    renderText(source, env, { ...playbookMode, areLookupsDisabled }),
  renderFile: renderMarkedFile,
  isVerbatim: isVariableVerbatim,
  hasTest: (name) => builtins.tests.has(name),
  test: namedTest,
});
