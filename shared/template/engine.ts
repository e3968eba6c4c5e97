/** Puts a render together: variables, globals, templates of files, and what becomes of what was printed. */

import type { Value } from '../base/value.ts';
import { withinBudget } from './budget.ts';
import { builtins } from './builtins.ts';
import { concatGuessing, concatNative, concatText, finalizeText, finalizeValue } from './compile/concat.ts';
import { Output } from './compile/output.ts';
import { type CompiledTemplate, type Engine, makeContext, runTemplate } from './compile/runtime.ts';
import { type CompileOptions, compileCached } from './compile/template-cache.ts';
import type { Environment } from './environment.ts';
import { type LocalNames, NO_LOCAL_NAMES, originOf, originOfRaw } from './find-text-origin.ts';
import { type LookupRuntime, resolveLookupGlobal } from './globals/lookup-call.ts';
import { resolveGlobal } from './globals/resolve-global.ts';
import { pythonClass } from './python/class-name.ts';
import { pythonError } from './python/error.ts';
import { str } from './python/repr.ts';
import { Undefined, Vaulted } from './python/special.ts';
import { ansibleSyntax, type SyntaxOptions } from './syntax/syntax-options.ts';
import type { Expression, Statement } from './syntax/syntax-tree.ts';
import { TemplateError } from './template-error.ts';
import { isKeptAsText, type TextOrigin, WRITTEN } from './text-origin.ts';

/** How one text is rendered. */
export type RenderMode = {
  readonly syntax: SyntaxOptions;
  /** Texts of playbooks are guessed at and their backslashes doubled; template files are plain text. */
  readonly isFile: boolean;
  readonly areLookupsDisabled: boolean;
};

/** Texts of playbooks. */
export const playbookMode: RenderMode = { syntax: ansibleSyntax, isFile: false, areLookupsDisabled: false };

/** Compiles and runs one text. Errors are as Jinja2 raises them. */
export function runSource(source: string, env: Environment, mode: RenderMode): Value {
  const { template, mayChange } = compileCached(source, compileOptions(env, mode));
  return withinBudget(() => {
    const engine = makeEngine(env, mode, mayChange);
    const out = new Output(mode.isFile);
    runTemplate(template, makeContext(template, engine), out);
    return engine.concat(out);
  });
}

/** A template that changes lists and dicts gets copies, as the variables outlive it. */
function copyContainers(value: Value | undefined): Value | undefined {
  if (Array.isArray(value)) return value.map((item) => copyContainers(item) ?? null);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key, copyContainers(item) ?? null]));
  return value;
}

function compileOptions(env: Environment, mode: RenderMode): CompileOptions {
  return {
    builtins,
    syntax: mode.syntax,
    extensions: env.options.extensions,
    doublesBackslashes: !mode.isFile,
  };
}

/** The engine that templates of one render share. */
export function makeEngine(env: Environment, mode: RenderMode, isChanging = false): Engine {
  const originIn = (expression: Expression, locals: LocalNames): TextOrigin =>
    originOf(expression, { env, parse: parserIn(env), ...locals });
  const runtime: LookupRuntime = { env, builtins, areLookupsDisabled: mode.areLookupsDisabled };
  const native = env.options.native && !mode.isFile;
  return {
    env,
    builtins,
    concat: native ? concatNative : mode.isFile ? concatText : concatGuessing,
    finalize: env.options.native || env.options.printsNone === true ? finalizeValue : finalizeText,
    getTemplate: (name) => findTemplateFile(name, env, mode),
    resolveVariable: isChanging
      ? (name) => copyContainers(resolveVariable(name, env))
      : (name) => resolveVariable(name, env),
    resolveGlobal: (name) => resolveLookupGlobal(name, runtime) ?? resolveGlobal(name, env),
    textOrigin: originIn,
  };
}

function parserIn(env: Environment): (source: string) => readonly Statement[] {
  return (source) => compileCached(source, compileOptions(env, playbookMode)).statements;
}

/** Whether a variable's text stays text where it is printed alone, whatever it looks like. */
export function isVariableVerbatim(name: string, env: Environment): boolean {
  return isKeptAsText(
    originOf({ kind: 'name', name, line: 0 }, { env, parse: parserIn(env), ...NO_LOCAL_NAMES }),
  );
}

/** Where the texts come from that something written in YAML gives, once it is rendered. */
export function originOfWritten(raw: Value, env: Environment): TextOrigin {
  return originOfRaw(raw, WRITTEN, { env, parse: parserIn(env), ...NO_LOCAL_NAMES });
}

/** A variable's value; one that cannot be rendered because something in it is undefined is undefined itself. */
export function resolveVariable(name: string, env: Environment): Value | undefined {
  try {
    return env.scope.resolve(name);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    const raw = env.scope.raw?.(name);
    const shown = raw === undefined ? `{{ ${name} }}` : str(opened(raw, env));
    if (error.kind === 'undefined') return new Undefined(`${shown}: ${error.message}`, name);
    throw pythonError(
      'AnsibleError',
      `An unhandled exception occurred while templating '${shown}'. ` +
        `Error was a ${pythonClass(error.pythonType)}, original message: ${error.message}`,
    );
  }
}

/** A variable as it is written, with vaulted scalars as their texts. What cannot be opened is the error to tell. */
function opened(raw: Value, env: Environment): Value {
  if (raw instanceof Vaulted) return raw.openedBy(env.decrypt);
  if (Array.isArray(raw)) return raw.map((item) => opened(item, env));
  if (!(raw instanceof Map)) return raw;
  return new Map([...raw].map(([key, item]): [Value, Value] => [key, opened(item, env)]));
}

/** Faults of included templates are not reported as faults of the text that includes them. */
function compileIncluded(source: string, options: CompileOptions): CompiledTemplate {
  try {
    return compileCached(source, options).template;
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind !== 'syntax') throw error;
    throw new TemplateError('runtime', error.pythonType, error.message, {
      source: options.name ?? '',
      line: error.line ?? 1,
    });
  }
}

/** A template that another includes, from the first directory of the search path that has it. */
function findTemplateFile(name: string, env: Environment, mode: RenderMode): CompiledTemplate | undefined {
  if (name.split('/').includes('..')) return undefined;
  const relative = name.replace(/^\/+/, '');
  for (const directory of env.searchPath) {
    for (const path of [`${directory}/templates/${relative}`, `${directory}/${relative}`]) {
      const content = env.local.readFile(path);
      if (content === undefined) continue;
      const source = Buffer.from(content).toString('utf8');
      return compileIncluded(source, { ...compileOptions(env, mode), doublesBackslashes: false, name });
    }
  }
  return undefined;
}
