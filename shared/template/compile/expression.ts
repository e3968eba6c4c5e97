/** Turns expressions into closures. */

import type { Dict, Value } from '../../base/value.ts';
import { type Builtin, type Builtins, callBuiltin, calleeFor } from '../builtin.ts';
import { couldNotLoad, LOOKUP_FUNCTIONS, shortName } from '../plugin-name.ts';
import { getAttribute, getItem, getSlice } from '../python/access.ts';
import { checkText, operate, operateUnary } from '../python/arithmetic.ts';
import { bindArguments, bindSources } from '../python/bind-arguments.ts';
import { contains, equals, isOrdered } from '../python/comparison.ts';
import { dictSet } from '../python/dict-key.ts';
import { typeError, undefinedError } from '../python/error.ts';
import { reprText, str } from '../python/repr.ts';
import { hasMarkers, type Kwargs, Markup, PyTuple, Template, Undefined } from '../python/special.ts';
import { asDict, asText, isTrue, iterateOrUndefined, typeName } from '../python/values.ts';
import type { CallArguments, CompareOperator, Expression } from '../syntax/syntax-tree.ts';
import { TemplateError } from '../template-error.ts';
import { classOf, isKeptAsText } from '../text-origin.ts';
import { applyBound } from './apply-bound.ts';
import { selfOf } from './block.ts';
import { explainMissing, findOrigin, givesOn, type LoopItems, looksLikeLiteral } from './origin.ts';
import { callValue, type Evaluate, type Frame, lookUp, readVariable } from './runtime.ts';

/** What compiling needs to know. */
export type Compiler = {
  readonly builtins: Builtins;
  readonly source: string;
  /** The name of its file, where it is a file that another template names. */
  readonly name?: string | undefined;
  /** Whether a scope within the template may hold a name; all others are variables from outside. */
  readonly mayAssign: (name: string) => boolean;
  /** What the loops around run over, by the name that each sets. */
  readonly loopItems?: LoopItems;
};

/** A place in a template, as messages name it. */
export function placeOf({ line }: { readonly line: number }, { name }: Compiler): string {
  return name === undefined ? `line ${line}` : `line ${line} in ${reprText(name)}`;
}

/** As {@link compileExpression}, but text that is to stay text comes with a mark. */
export function compileMarked(expression: Expression, compiler: Compiler): Evaluate {
  if (expression.kind === 'condexpr') {
    return compileChoice(expression, compiler, compileMarked);
  }
  const evaluate = compileExpression(expression, compiler);
  if (!givesOn(expression)) return evaluate;
  return (frame) => {
    const value = evaluate(frame);
    if (typeof value !== 'string' || !looksLikeLiteral(value)) return value;
    return isKeptAsText(findOrigin(expression, frame, compiler.loopItems))
      ? new Markup(value, 'verbatim')
      : value;
  };
}

/** An expression as a function of the scope it stands in. */
export function compileExpression(expression: Expression, compiler: Compiler): Evaluate {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return compileLogic(expression, compiler);
    case 'arithmetic':
      return compileArithmetic(expression, compiler);
    case 'call':
      return compileCall(expression, compiler);
    case 'compare':
      return compileCompare(expression, compiler);
    case 'concat': {
      const parts = expression.parts.map((part) => compileExpression(part, compiler));
      return (frame) => checkText(joinText(parts.map((part) => part(frame))));
    }
    case 'condexpr':
      return compileChoice(expression, compiler, compileExpression);
    case 'const': {
      const { value } = expression;
      return () => value;
    }
    case 'dict':
      return compileDict(expression, compiler);
    case 'filter':
      return compileFilter(expression, compiler);
    case 'getattr': {
      const { name } = expression;
      const value = compileExpression(expression.value, compiler);
      return (frame) => {
        const whole = value(frame);
        const found = getAttribute(whole, name);
        if (typeof whole !== 'string' || !(found instanceof Undefined)) return found;
        return explainMissing(found, findOrigin(expression.value, frame, compiler.loopItems));
      };
    }
    case 'getitem':
      return compileItem(expression, compiler);
    case 'list': {
      const items = expression.items.map((item) => compileExpression(item, compiler));
      return (frame) => items.map((item) => item(frame));
    }
    case 'name': {
      const { name } = expression;
      if (name === 'self') return (frame) => selfOf(frame.context);
      if (compiler.mayAssign(name)) return (frame) => lookUp(frame, name);
      return (frame) => readVariable(frame.context, name);
    }
    case 'not': {
      const value = compileExpression(expression.value, compiler);
      return (frame) => !isTrue(value(frame));
    }
    case 'slice':
      throw new TemplateError('syntax', 'TemplateSyntaxError', 'a slice stands outside of brackets');
    case 'test':
      return compileTest(expression, compiler);
    case 'tuple': {
      const items = expression.items.map((item) => compileExpression(item, compiler));
      return (frame) => new PyTuple(items.map((item) => item(frame)));
    }
    case 'unary': {
      const { operator } = expression;
      const value = compileExpression(expression.value, compiler);
      return (frame) => operateUnary(operator, value(frame));
    }
    default:
      return expression satisfies never;
  }
}

type OfKind<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>;

function compileArithmetic(expression: OfKind<'arithmetic'>, compiler: Compiler): Evaluate {
  const { operator } = expression;
  const left = compileExpression(expression.left, compiler);
  const right = compileExpression(expression.right, compiler);
  return (frame) => operate(operator, left(frame), right(frame));
}

/** An inline `if`; `compile` makes its branches. */
function compileChoice(
  expression: OfKind<'condexpr'>,
  compiler: Compiler,
  compile: (branch: Expression, compiler: Compiler) => Evaluate,
): Evaluate {
  const test = compileExpression(expression.test, compiler);
  const whenTrue = compile(expression.whenTrue, compiler);
  const message = `the inline if-expression on ${placeOf(expression, compiler)} evaluated to false and no else section was defined.`;
  const otherwise =
    expression.otherwise === undefined
      ? (): Value => new Undefined(message, undefined, { isLenient: true })
      : compile(expression.otherwise, compiler);
  return (frame) => (isTrue(test(frame)) ? whenTrue(frame) : otherwise(frame));
}

function compileLogic(expression: OfKind<'and' | 'or'>, compiler: Compiler): Evaluate {
  const left = compileExpression(expression.left, compiler);
  const right = compileExpression(expression.right, compiler);
  const stopsWhen = expression.kind === 'or';
  return (frame) => {
    const value = left(frame);
    return isTrue(value) === stopsWhen ? value : right(frame);
  };
}

function compileCompare(expression: OfKind<'compare'>, compiler: Compiler): Evaluate {
  const first = compileExpression(expression.first, compiler);
  const rest = expression.rest.map(({ operator, right }) => ({
    operator,
    right: compileExpression(right, compiler),
  }));
  return (frame) => {
    let left = first(frame);
    for (const { operator, right } of rest) {
      const value = right(frame);
      if (!holds(operator, left, value)) return false;
      left = value;
    }
    return true;
  };
}

function holds(operator: CompareOperator, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return equals(left, right);
    case '!=':
      return !equals(left, right);
    case 'in':
      return contains(right, left);
    case 'notin':
      return !contains(right, left);
    default:
      return isOrdered(operator, left, right);
  }
}

/** Texts of values, put together once all of them are computed. */
function joinText(values: readonly Value[]): string {
  return values.map(str).join('');
}

function compileDict(expression: OfKind<'dict'>, compiler: Compiler): Evaluate {
  const pairs = expression.pairs.map(({ key, value }) => ({
    key: compileExpression(key, compiler),
    value: compileExpression(value, compiler),
  }));
  return (frame) => {
    const map: Dict = new Map();
    const entries = pairs.map(({ key, value }) => [key(frame), value(frame)] as const);
    for (const [key, value] of entries) dictSet(map, key, value);
    return map;
  };
}

function compileItem(expression: OfKind<'getitem'>, compiler: Compiler): Evaluate {
  const value = compileExpression(expression.value, compiler);
  const { key } = expression;
  if (key.kind !== 'slice') {
    const subscript = compileExpression(key, compiler);
    return (frame) => {
      const whole = value(frame);
      const found = getItem(whole, subscript(frame));
      if (typeof whole !== 'string' || !(found instanceof Undefined)) return found;
      return explainMissing(found, findOrigin(expression.value, frame, compiler.loopItems));
    };
  }
  const bound = (part: Expression | undefined): Evaluate =>
    part === undefined ? () => null : compileExpression(part, compiler);
  const start = bound(key.start);
  const stop = bound(key.stop);
  const step = bound(key.step);
  return (frame) => getSlice(value(frame), { start: start(frame), stop: stop(frame), step: step(frame) });
}

/** Evaluated arguments of one call. */
export type Given = { readonly args: readonly Value[]; readonly kwargs: Kwargs };

const NO_KWARGS: Kwargs = new Map();

const CALLER = 'ansible.template.AnsibleContext.call';

/** Arguments of a call, filter or test as a function of the scope; messages name the `callee`. */
export function compileArguments(
  given: CallArguments,
  compiler: Compiler,
  callee: string = CALLER,
): (frame: Frame) => Given {
  const args = given.args.map((argument) => compileExpression(argument, compiler));
  const kwargs = given.kwargs.map(({ key, value }) => ({ key, value: compileExpression(value, compiler) }));
  const { dynArgs, dynKwargs } = given;
  const moreArgs = dynArgs === undefined ? undefined : compileExpression(dynArgs, compiler);
  const moreKwargs = dynKwargs === undefined ? undefined : compileExpression(dynKwargs, compiler);
  if (kwargs.length === 0 && moreArgs === undefined && moreKwargs === undefined) {
    return (frame) => ({ args: args.map((argument) => argument(frame)), kwargs: NO_KWARGS });
  }
  return (frame) => {
    const values = args.map((argument) => argument(frame));
    if (moreArgs !== undefined) for (const item of itemsToAdd(moreArgs(frame))) values.push(item);
    const named = new Map(kwargs.map(({ key, value }) => [key, value(frame)]));
    if (moreKwargs !== undefined) addKeywords(named, moreKwargs(frame), callee);
    return { args: values, kwargs: named };
  };
}

function itemsToAdd(more: Value): Iterable<Value> {
  const items = iterateOrUndefined(more);
  if (items === undefined) throw typeError(`Value after * must be an iterable, not ${typeName(more)}`);
  return items;
}

function addKeywords(named: Map<string, Value>, more: Value, callee: string): void {
  if (more instanceof Undefined) throw undefinedError(more);
  const map = asDict(more);
  if (map === undefined)
    throw typeError(`${callee}() argument after ** must be a mapping, not ${typeName(more)}`);
  for (const [key, value] of map) {
    const name = asText(key);
    if (name === undefined) throw typeError('keywords must be strings');
    if (named.has(name)) throw typeError(`${callee}() got multiple values for keyword argument '${name}'`);
    named.set(name, value);
  }
}

/** Ansible renders the terms of a lookup once more; here only those that are written out, never what was found. */
function asTerm(term: Expression): Expression {
  if (term.kind === 'list') return { ...term, items: term.items.map(asTerm) };
  if (term.kind === 'dict') {
    return { ...term, pairs: term.pairs.map(({ key, value }) => ({ key, value: asTerm(value) })) };
  }
  if (term.kind !== 'const' || typeof term.value !== 'string' || !hasMarkers(term.value)) return term;
  return { ...term, value: new Template(term.value) };
}

function compileCall(expression: OfKind<'call'>, compiler: Compiler): Evaluate {
  const callee = compileExpression(expression.callee, compiler);
  const isLookup = expression.callee.kind === 'name' && LOOKUP_FUNCTIONS.has(expression.callee.name);
  const written = isLookup ? { ...expression.with, args: expression.with.args.map(asTerm) } : expression.with;
  const given = compileArguments(written, compiler);
  return (frame) => {
    const target = callee(frame);
    const { args, kwargs } = given(frame);
    return callValue(target, args, kwargs);
  };
}

function compileFilter(expression: OfKind<'filter'>, compiler: Compiler): Evaluate {
  if (expression.value === undefined) {
    throw new TemplateError('syntax', 'TemplateSyntaxError', 'a filter has nothing to filter');
  }
  const value = compileExpression(expression.value, compiler);
  const builtin = findBuiltin(compiler.builtins.filters, expression, compiler);
  const filtered = apply(builtin, value, expression.with, compiler);
  return builtin.name === 'type_debug' ? compileTypeDebug(expression.value, filtered, compiler) : filtered;
}

/** The class that `type_debug` tells; that of a text follows from where it comes from. */
function compileTypeDebug(value: Expression, filtered: Evaluate, compiler: Compiler): Evaluate {
  return (frame) => {
    const name = asText(filtered(frame)) ?? '';
    if (name !== 'str' && name !== 'dict' && name !== 'list') return name;
    return classOf(name, findOrigin(value, frame, compiler.loopItems));
  };
}

/** A chain of filters over something already compiled, for filter blocks and set blocks. */
export function compileFilterOver(expression: Expression, inner: Evaluate, compiler: Compiler): Evaluate {
  if (expression.kind !== 'filter') return compileExpression(expression, compiler);
  const builtin = findBuiltin(compiler.builtins.filters, expression, compiler);
  const value = expression.value === undefined ? inner : compileFilterOver(expression.value, inner, compiler);
  return apply(builtin, value, expression.with, compiler);
}

function compileTest(expression: OfKind<'test'>, compiler: Compiler): Evaluate {
  const value = compileExpression(expression.value, compiler);
  const builtin = findBuiltin(compiler.builtins.tests, expression, compiler);
  return apply(builtin, value, expression.with, compiler);
}

/** A filter or test over `value`. Where it can be told before, each argument finds its parameter once. */
function apply(builtin: Builtin, value: Evaluate, written: CallArguments, compiler: Compiler): Evaluate {
  const bound = bindWritten(builtin, written, compiler);
  if (bound !== undefined) return applyBound(builtin, value, bound);
  const callee = calleeFor(builtin);
  const given = compileArguments(written, compiler, callee.name);
  return (frame) => {
    const subject = value(frame);
    const { args, kwargs } = given(frame);
    return callBuiltin(builtin, frame.context.engine.env, {
      subject,
      args: bindArguments(callee, args, kwargs),
    });
  };
}

function bindWritten(builtin: Builtin, written: CallArguments, compiler: Compiler): Evaluate[] | undefined {
  if (written.dynArgs !== undefined || written.dynKwargs !== undefined) return undefined;
  return bindSources<Frame>(builtin.signature, {
    args: written.args.map((argument) => compileExpression(argument, compiler)),
    kwargs: written.kwargs.map(({ key, value }) => ({ key, value: compileExpression(value, compiler) })),
  });
}

function findBuiltin(
  table: ReadonlyMap<string, Builtin>,
  node: { readonly name: string; readonly line: number },
  compiler: Compiler,
): Builtin {
  const builtin = table.get(node.name) ?? table.get(shortName(node.name));
  if (builtin !== undefined) return builtin;
  const at = { source: compiler.source, line: node.line };
  throw new TemplateError('syntax', 'TemplateSyntaxError', couldNotLoad(node.name), at);
}
