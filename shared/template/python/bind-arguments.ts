/** Binds the arguments of a call to a signature written as Python writes it, with Python's TypeErrors. */

import { PyFloat, type Value } from '../../base/value.ts';
import { typeError } from './error.ts';
import { type Kwargs, PyCallable } from './special.ts';

/** What is called: its name stands in messages, `before` counts arguments that come before those of the signature. */
export type Callee = {
  readonly name: string;
  readonly signature: string;
  readonly before?: number;
  /** Written in C: takes no keywords and all of its arguments, and says so in other words. */
  readonly isNative?: boolean;
};

type Parameter = {
  readonly name: string;
  readonly kind: 'kwargs' | 'named' | 'positional' | 'varargs';
  /** Makes the default, fresh each time: a call may change a list or dict. */
  readonly makeDefault: (() => Value) | undefined;
};

const parsed = new Map<string, readonly Parameter[]>();

/** One value per parameter, in order: defaults filled in, `*args` as a list, `**kwargs` as a dict. */
export function bindArguments(callee: Callee, args: readonly Value[], kwargs: Kwargs): Value[] {
  const parameters = parseSignature(callee.signature);
  if (kwargs.size === 0 && args.length === parameters.length && parameters.every(isPositional))
    return [...args];
  if (callee.isNative === true) throw nativeError(callee, parameters.length, { args, kwargs });
  checkKeywords(callee, parameters, { args, kwargs });
  checkCount(callee, parameters, args.length);
  const simple = kwargs.size === 0 ? withDefaults(parameters, args) : undefined;
  if (simple !== undefined) return simple;
  const rest = new Map(kwargs);
  const missing: string[] = [];
  const bound = parameters.map((parameter, index): Value => {
    switch (parameter.kind) {
      case 'varargs':
        return args.slice(index);
      case 'kwargs':
        return new Map(rest);
      case 'named':
      case 'positional':
        return bindOne(parameter, parameter.kind === 'positional' ? args[index] : undefined);
      default:
        return parameter.kind satisfies never;
    }
  });
  if (missing.length > 0) throw missingArguments(callee, missing);
  return bound;

  function bindOne(parameter: Parameter, given: Value | undefined): Value {
    if (given !== undefined) return given;
    const named = rest.get(parameter.name);
    rest.delete(parameter.name);
    if (named !== undefined) return named;
    if (parameter.makeDefault !== undefined) return parameter.makeDefault();
    missing.push(parameter.name);
    return null;
  }
}

/** A method of one of Jinja2's own classes, `Class.name`. */
export function boundMethod(
  name: string,
  signature: string,
  call: (...args: readonly Value[]) => Value,
): PyCallable {
  const callee = { name, signature, before: 1 };
  return new PyCallable(name.replace(/^.*\./, ''), (args, kwargs) =>
    call(...bindArguments(callee, args, kwargs)),
  );
}

type Given = { readonly args: readonly Value[]; readonly kwargs: Kwargs };

function checkKeywords({ name }: Callee, parameters: readonly Parameter[], { args, kwargs }: Given): void {
  for (const key of kwargs.keys()) {
    const place = parameters.findIndex((parameter) => parameter.name === key && isNameable(parameter));
    if (place < 0 && !parameters.some(({ kind }) => kind === 'kwargs'))
      throw typeError(`${name}() got an unexpected keyword argument '${key}'`);
    if (place >= 0 && place < args.length && parameters.slice(0, place + 1).every(isPositional))
      throw typeError(`${name}() got multiple values for argument '${key}'`);
  }
}

function isNameable({ kind }: Parameter): boolean {
  return kind === 'named' || kind === 'positional';
}

/** An argument still to be computed, in whatever it is computed in. */
type Source<Scope> = (scope: Scope) => Value;

/** The arguments of a call as they are written, in order. */
type Written<Scope> = {
  readonly args: readonly Source<Scope>[];
  readonly kwargs: readonly { readonly key: string; readonly value: Source<Scope> }[];
};

/**
 * As {@link bindArguments} before the arguments are computed: one source per parameter. Undefined for a call that is
 * wrong, and for one that would be computed in another order than it is written in.
 */
export function bindSources<Scope>(signature: string, written: Written<Scope>): Source<Scope>[] | undefined {
  const parameters = parseSignature(signature);
  const { args, kwargs } = written;
  const rest = [...kwargs];
  const bound: Source<Scope>[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const source = sourceFor(parameter, args.slice(index), rest);
    if (source === undefined) return undefined;
    bound.push(source);
  }
  const takesAll = parameters.some(({ kind }) => kind === 'varargs');
  const positional = parameters.filter(isPositional).length;
  return rest.length > 0 || (args.length > positional && !takesAll) ? undefined : bound;
}

/** Takes from `rest` what it uses. */
function sourceFor<Scope>(
  { kind, name, makeDefault }: Parameter,
  args: Written<Scope>['args'],
  rest: Written<Scope>['kwargs'][number][],
): Source<Scope> | undefined {
  if (kind === 'varargs') return (scope) => args.map((source) => source(scope));
  if (kind === 'kwargs') {
    const named = rest.splice(0);
    return (scope) => new Map(named.map(({ key, value }) => [key, value(scope)]));
  }
  if (kind === 'positional' && args[0] !== undefined) return args[0];
  return rest[0]?.key === name ? rest.shift()?.value : makeDefault;
}

/** The values of a call without keywords to a function with nothing but plain parameters, all of which have a value. */
function withDefaults(parameters: readonly Parameter[], args: readonly Value[]): Value[] | undefined {
  const bound = args.slice();
  for (let index = 0; index < parameters.length; index++) {
    const parameter = parameters[index];
    if (parameter === undefined || parameter.kind === 'varargs' || parameter.kind === 'kwargs')
      return undefined;
    if (index < args.length) continue;
    if (parameter.makeDefault === undefined) return undefined;
    bound.push(parameter.makeDefault());
  }
  return bound;
}

function isPositional(parameter: Parameter): boolean {
  return parameter.kind === 'positional';
}

function checkCount(callee: Callee, parameters: readonly Parameter[], given: number): void {
  if (parameters.some((parameter) => parameter.kind === 'varargs')) return;
  const positional = parameters.filter(isPositional);
  if (given <= positional.length) return;
  const before = callee.before ?? 0;
  const most = positional.length + before;
  const least = positional.filter((parameter) => parameter.makeDefault === undefined).length + before;
  const range = least === most ? `${most}` : `from ${least} to ${most}`;
  const noun = most === 1 && least === most ? 'argument' : 'arguments';
  const total = given + before;
  throw typeError(
    `${callee.name}() takes ${range} positional ${noun} but ${total} ${total === 1 ? 'was' : 'were'} given`,
  );
}

const OPERATORS = /^(?:[lg][te]|eq|ne)$/;

function nativeError({ name, before = 0 }: Callee, count: number, { args, kwargs }: Given): Error {
  if (kwargs.size > 0)
    return typeError(`${OPERATORS.test(name) ? '_operator.' : ''}${name}() takes no keyword arguments`);
  const given = args.length + before;
  if (count + before === 1) return typeError(`${name}() takes exactly one argument (${given} given)`);
  return typeError(`${name} expected ${count + before} arguments, got ${given}`);
}

function missingArguments(callee: Callee, names: readonly string[]): Error {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.at(-1) ?? '';
  const list = quoted.length < 3 ? quoted.join(' and ') : `${quoted.slice(0, -1).join(', ')}, and ${last}`;
  const noun = names.length === 1 ? 'argument' : 'arguments';
  return typeError(`${callee.name}() missing ${names.length} required positional ${noun}: ${list}`);
}

function parseSignature(signature: string): readonly Parameter[] {
  const known = parsed.get(signature);
  if (known !== undefined) return known;
  const parameters: Parameter[] = [];
  let isNamedOnly = false;
  for (const piece of splitAtCommas(signature)) {
    if (piece === '*') isNamedOnly = true;
    else if (piece.startsWith('**'))
      parameters.push({ name: piece.slice(2), kind: 'kwargs', makeDefault: undefined });
    else if (piece.startsWith('*')) {
      isNamedOnly = true;
      parameters.push({ name: piece.slice(1), kind: 'varargs', makeDefault: undefined });
    } else parameters.push(parseParameter(piece, isNamedOnly ? 'named' : 'positional'));
  }
  parsed.set(signature, parameters);
  return parameters;
}

/** Pieces between commas that stand outside quotes and brackets. */
function splitAtCommas(text: string): string[] {
  const pieces = text.match(/(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\([^)]*\)|\[[^\]]*\]|[^,])+/g) ?? [];
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '');
}

function parseParameter(piece: string, kind: 'named' | 'positional'): Parameter {
  const [, name = piece, literal] = /^(\w+)\s*=\s*(.*)$/s.exec(piece) ?? [];
  return { name, kind, makeDefault: literal === undefined ? undefined : parseLiteral(literal) };
}

function parseLiteral(literal: string): () => Value {
  if (literal === 'None') return () => null;
  if (literal === 'True' || literal === 'False') return () => literal === 'True';
  if (/^-?\d+$/.test(literal)) return () => Number(literal);
  if (/^-?\d*\.\d+$/.test(literal)) return () => new PyFloat(Number(literal));
  if (literal === '[]') return () => [];
  if (literal === '{}') return () => new Map();
  const text = /^(['"])(.*)\1$/s.exec(literal)?.[2];
  if (text === undefined) throw new Error(`the signature default ${literal} is not a literal`);
  const unescaped = text.replace(/\\(.)/gs, (_, letter: string) => LITERAL_ESCAPES.get(letter) ?? letter);
  return () => unescaped;
}

const LITERAL_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);
