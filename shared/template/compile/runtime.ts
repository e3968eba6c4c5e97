/** What a compiled template runs on: the context of one template, and the frames of its scopes. */

import type { Value } from '../../base/value.ts';
import { countSteps } from '../budget.ts';
import type { Builtins } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import type { LocalNames } from '../find-text-origin.ts';
import { dictKey } from '../python/dict-key.ts';
import { typeError, undefinedError } from '../python/error.ts';
import type { Kwargs } from '../python/special.ts';
import { PyCallable, PyObject, Undefined } from '../python/special.ts';
import { force, typeName } from '../python/values.ts';
import type { Expression } from '../syntax/syntax-tree.ts';
import type { TextOrigin } from '../text-origin.ts';
import type { Output } from './output.ts';

/** How a statement ended: 0 went through, 1 `break`, 2 `continue`. */
export type Signal = 0 | 1 | 2;
/** A compiled expression. */
export type Evaluate = (frame: Frame) => Value;
/** A compiled statement: appends what it prints to `out`. */
export type Execute = (frame: Frame, out: Output) => Signal;

/** A template made ready to run. */
export type CompiledTemplate = {
  readonly name: string | undefined;
  readonly run: Execute;
  readonly blocks: ReadonlyMap<string, CompiledBlock>;
};

/** A block made ready to run; a required one must be replaced by a template that extends this one. */
export type CompiledBlock = { readonly name: string; readonly isRequired: boolean; readonly run: Execute };

/** What all templates of one render share. */
export type Engine = {
  readonly env: Environment;
  readonly builtins: Builtins;
  /** Turns what a template, macro or set block printed into its value. */
  readonly concat: (printed: Output) => Value;
  /** Makes what is printed printable: undefined raises, None is nothing. */
  readonly finalize: (value: Value) => Value;
  /** The template of that name, or undefined when no file has it. */
  readonly getTemplate: (name: string) => CompiledTemplate | undefined;
  readonly resolveVariable: (name: string) => Value | undefined;
  readonly resolveGlobal: (name: string) => Value | undefined;
  /** Where the texts of an expression's value come from. */
  readonly textOrigin: (expression: Expression, locals: LocalNames) => TextOrigin;
};

/** One template being run. Its top-level variables are what it exports. */
export type Context = {
  readonly engine: Engine;
  readonly name: string | undefined;
  readonly vars: Map<string, Value>;
  /** What was read from outside already: variables, globals, and names that nothing has. */
  readonly resolved: Map<string, Value>;
  /** Variables of the template that included this one. */
  readonly locals: ReadonlyMap<string, Value>;
  /** An imported template without context sees globals only. */
  readonly isIsolated: boolean;
  /** For each block the ways to render it, the child's first. */
  readonly blocks: Map<string, CompiledBlock[]>;
  /** The template that this one extends, once that statement was run. */
  parent: CompiledTemplate | undefined;
};

/** A scope: names set in it, and the scope around it. */
export type Frame = {
  readonly context: Context;
  readonly vars: Map<string, Value>;
  readonly outer: Frame | undefined;
};

/** The context of a template that starts to run. */
export function makeContext(
  template: CompiledTemplate,
  engine: Engine,
  around: { readonly locals?: ReadonlyMap<string, Value>; readonly isIsolated?: boolean } = {},
): Context {
  return {
    engine,
    name: template.name,
    vars: new Map(),
    resolved: new Map(),
    locals: around.locals ?? new Map(),
    isIsolated: around.isIsolated ?? false,
    blocks: new Map([...template.blocks].map(([name, block]) => [name, [block]])),
    parent: undefined,
  };
}

/** The outermost frame of a context: what is set there is exported. */
export function topFrame(context: Context): Frame {
  return { context, vars: context.vars, outer: undefined };
}

/** A scope within `outer`. */
export function innerFrame(outer: Frame): Frame {
  return { context: outer.context, vars: new Map(), outer };
}

/** The value of a name, or Undefined. */
export function lookUp(frame: Frame, name: string): Value {
  for (let scope: Frame | undefined = frame; scope !== undefined; scope = scope.outer) {
    const value = scope.vars.get(name);
    if (value !== undefined) return force(value);
  }
  return readVariable(frame.context, name);
}

/**
 * The value of a name that no scope within the template sets, or Undefined. It is read from outside once per template:
 * what a template does to a list it sees again.
 */
export function readVariable(context: Context, name: string): Value {
  let known = context.vars.get(name);
  if (known === undefined) known = context.resolved.get(name);
  if (known !== undefined) return force(known);
  const found = resolve(context, name);
  const value = found === undefined ? new Undefined(`'${name}' is undefined`, name) : force(found);
  context.resolved.set(name, value);
  return value;
}

/** Reads what a scope asks for before anything in it runs, so that what cannot be rendered fails as it does in Jinja2. */
export function readAhead(names: readonly string[], frame: Frame): void {
  for (const name of names) lookUp(frame, name);
}

function resolve({ locals, isIsolated, engine }: Context, name: string): Value | undefined {
  let value = locals.get(name);
  if (value === undefined && !isIsolated) value = engine.resolveVariable(name);
  return value === undefined ? engine.resolveGlobal(name) : value;
}

/** Whether the template itself, or one that includes it, has set the name. */
export function isSetByTemplate(frame: Frame, name: string): boolean {
  for (let scope: Frame | undefined = frame; scope !== undefined; scope = scope.outer)
    if (scope.vars.has(name)) return true;
  return frame.context.vars.has(name) || frame.context.locals.has(name);
}

/** All names set in a frame and around it, for included templates. */
export function visibleLocals(frame: Frame): Map<string, Value> {
  const locals = frame.outer === undefined ? new Map(frame.context.locals) : visibleLocals(frame.outer);
  if (frame.outer === undefined) for (const [name, value] of frame.context.vars) locals.set(name, value);
  for (const [name, value] of frame.vars) if (name !== 'loop') locals.set(name, value);
  return locals;
}

/** Runs statements until one breaks out. */
export function runAll(statements: readonly Execute[], frame: Frame, out: Output): Signal {
  for (const execute of statements) {
    const signal = execute(frame, out);
    if (signal !== 0) return signal;
  }
  return 0;
}

/** Runs a template with all that it extends. */
export function runTemplate(template: CompiledTemplate, context: Context, out: Output): void {
  template.run(topFrame(context), out);
  const { parent } = context;
  if (parent === undefined) return;
  context.parent = undefined;
  runTemplate(parent, context, out);
}

/** Calls what a template calls. */
export function callValue(callee: Value, args: readonly Value[], kwargs: Kwargs): Value {
  countSteps(1);
  if (callee instanceof PyCallable) return callee.call(args, kwargs);
  if (callee instanceof Undefined) throw undefinedError(callee);
  if (callee instanceof PyObject && callee.behaviour.call !== undefined)
    return callee.behaviour.call(args, kwargs);
  dictKey(callee);
  throw typeError(`'${typeName(callee)}' object is not callable`);
}
