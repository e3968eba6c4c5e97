/** How filters, tests and lookups are defined: a name, a Python-like signature, and a function over values. */

import type { Value } from '../base/value.ts';
import { countMade, countWork, isLarge } from './budget.ts';
import type { Environment } from './environment.ts';
import type { Callee } from './python/bind-arguments.ts';
import type { Kwargs } from './python/special.ts';

/**
 * A filter or test. `call` gets the filtered value and then one value per parameter of the signature, defaults
 * filled in; `*args` arrives as a list, `**kwargs` as a dict.
 */
export type Builtin = {
  readonly name: string;
  /** Parameters after the value, as Python writes them: `d='', attribute=None`, `*args, **kwargs`. Defaults are literals. */
  readonly signature: string;
  readonly call: (env: Environment, value: Value, ...args: Value[]) => Value;
  /** Whom messages about its arguments name, when it is not the filter itself. */
  readonly callee?: Callee;
};

/** Whom messages about the arguments of a filter or test name, and what it takes. */
export function calleeFor({ callee, name, signature }: Builtin): Callee {
  return callee ?? { name, signature, before: 1 };
}

/** Calls a filter or test with one argument for each parameter; what is done with something large counts as work. */
export function callBuiltin(
  { call }: Builtin,
  env: Environment,
  { subject, args }: { readonly subject: Value; readonly args: readonly Value[] },
): Value {
  if (isLarge(subject)) return countWork(subject, () => call(env, subject, ...args));
  return countMade(call(env, subject, ...args));
}

/** A filter or test by its name, with its arguments, as `map('name')` and `select('name')` call it. */
export type NamedCall = { readonly name: string; readonly args: readonly Value[]; readonly kwargs: Kwargs };

/** What a filter or test gives for one value. */
export type Applied = (value: Value) => Value;

/** A lookup plugin: `terms` are the positional arguments, flattened as the plugin's documentation says by itself. */
export type Lookup = {
  readonly name: string;
  readonly call: (env: Environment, terms: readonly Value[], options: ReadonlyMap<string, Value>) => Value[];
};

/** What a name in a template can stand for. The tables are made once, in shared/template/builtins.ts. */
export type Builtins = {
  readonly filters: ReadonlyMap<string, Builtin>;
  readonly tests: ReadonlyMap<string, Builtin>;
  readonly lookups: ReadonlyMap<string, Lookup>;
};
