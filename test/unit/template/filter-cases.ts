/** Evaluates an expression as the recorder of filter cases does, and writes the outcome in its form. */

import { globSync, lstatSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { walkTree } from '../../../functions/host/machine/file-tree.ts';
import { PyFloat, type Value } from '../../../shared/base/value.ts';
import { parseYamlText } from '../../../shared/project/yaml-text.ts';
import { builtins } from '../../../shared/template/builtins.ts';
import { makeContext, topFrame } from '../../../shared/template/compile/runtime.ts';
import { compileExpressionCached } from '../../../shared/template/compile/template-cache.ts';
import { makeEngine, playbookMode } from '../../../shared/template/engine.ts';
import type { Environment, LocalStat } from '../../../shared/template/environment.ts';
import { repr, reprFloat } from '../../../shared/template/python/repr.ts';
import {
  LazyDict,
  LazyList,
  Markup,
  PyBytes,
  PySet,
  PyTuple,
  Undefined,
} from '../../../shared/template/python/special.ts';
import { force } from '../../../shared/template/python/values.ts';
// Connects filters and lookups with the engine.
import '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { noAws } from '../no-aws.ts';

const ENVIRONMENT: Readonly<Record<string, string>> = {
  FILTER_CASE: 'from the environment',
  HOME: '/home/case',
  PWD: '/',
};

function localStat(read: (path: string) => Stats, path: string): LocalStat | undefined {
  try {
    const stat = read(path);
    const kind = stat.isFile()
      ? 'file'
      : stat.isDirectory()
        ? 'directory'
        : stat.isSymbolicLink()
          ? 'link'
          : 'other';
    return { kind, size: stat.size, inode: stat.ino, device: stat.dev };
  } catch {
    return undefined;
  }
}

function readFile(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** An environment over fixed variables and the case files. */
export function makeCaseEnvironment(directory: string, variables: ReadonlyMap<string, Value>): Environment {
  return {
    scope: { resolve: (name) => variables.get(name), names: () => variables.keys() },
    options: { native: false, strictUndefined: true, extensions: [] },
    local: {
      readFile,
      writeFile: () => {
        throw new Error('cases write no files');
      },
      stat: (path, follow) => localStat(follow ? statSync : lstatSync, path),
      glob: (pattern) => globSync(pattern).sort(),
      walk: walkTree,
      environment: (name) => ENVIRONMENT[name],
      aws: noAws,
      realPath,
      fetch: () => Promise.resolve({ kind: 'failed', why: 'there is no network' }),
      run: () => Promise.reject(new Error('cases run no commands')),
    },
    memory: {
      once: (_key, ask) => ask(),
      later: () => {
        throw new Error('cases run no commands');
      },
    },
    now: () => 0,
    randomBytes: (length) => new Uint8Array(length),
    parseYaml: parseYamlText,
    decrypt: (ciphertext) => ciphertext,
    searchPath: [directory],
    config: () => undefined,
  };
}

/** What an expression gave. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'error'; readonly error: TemplateError };

/** The value of an expression before it is finalized, or the error as it was raised. */
export function evaluateRaw(expression: string, env: Environment): Outcome {
  try {
    const evaluate = compileExpressionCached(expression, builtins);
    const template = { name: undefined, blocks: new Map(), run: () => 0 as const };
    const engine = makeEngine(env, playbookMode);
    return { kind: 'value', value: force(evaluate(topFrame(makeContext(template, engine)))) };
  } catch (error) {
    if (error instanceof TemplateError) return { kind: 'error', error };
    throw error;
  }
}

/** The recorder's form of an outcome. */
export function toCaseJson(outcome: Outcome, directory: string): unknown {
  if (outcome.kind === 'value') return { value: tagged(outcome.value, directory) };
  const { kind, pythonType, message } = outcome.error;
  const type = kind === 'undefined' ? 'UndefinedError' : pythonType.replace(/^.*\./, '');
  return { error: { type, message: message.replaceAll(directory, '{cases}') } };
}

function tagged(raw: Value, directory: string): unknown {
  const value = force(raw);
  const inner = (item: Value): unknown => tagged(item, directory);
  if (typeof value === 'string') return value.replaceAll(directory, '{cases}');
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return { int: String(value) };
  if (value instanceof PyFloat) return { float: reprFloat(value.value) };
  if (value instanceof Undefined) return { undefined: true };
  if (value instanceof Markup) return value.mark === 'html' ? { markup: value.text } : value.text;
  if (value instanceof PyBytes) return { bytes: Buffer.from(value.bytes).toString('hex') };
  if (value instanceof PyTuple) return { tuple: value.items.map(inner) };
  if (value instanceof PySet) return { set: [...value.items].map(inner).sort() };
  if (value instanceof LazyDict) return inner(value.toDict());
  if (value instanceof Map) return { dict: [...value].map(([key, item]) => [inner(key), inner(item)]) };
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof LazyList) return { other: value.repr() };
  return { other: repr(value) };
}
