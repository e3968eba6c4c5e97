/** What filters and lookups ask of the engine, which stands above the tables that name them. */

import type { Value } from '../base/value.ts';
import type { Environment } from './environment.ts';
import type { Kwargs } from './python/special.ts';

/** A test by its name, with its arguments. */
export type TestCall = { readonly name: string; readonly args: readonly Value[]; readonly kwargs: Kwargs };

export type EngineAbove = {
  /** Renders a text of a playbook; errors are as Jinja2 raises them. */
  readonly run: (source: string, env: Environment) => Value;
  /** As `run`, with errors in Ansible's words. */
  readonly render: (source: string, env: Environment) => Value;
  readonly hasTest: (name: string) => boolean;
  readonly test: (env: Environment, call: TestCall) => (value: Value) => Value;
};

const above: { engine: EngineAbove | undefined } = { engine: undefined };

/** Connects filters and lookups with the engine; render.ts does it. */
export function connectEngine(engine: EngineAbove): void {
  above.engine = engine;
}

/** The engine. */
export function engineAbove(): EngineAbove {
  if (above.engine === undefined) throw new Error('no engine is connected with the filters');
  return above.engine;
}

/** The environment with other variables, and no others. */
export function withVariables(env: Environment, variables: ReadonlyMap<Value, Value>): Environment {
  return {
    ...env,
    scope: {
      resolve: (name) => variables.get(name),
      raw: (name) => variables.get(name),
      names: () => [...variables.keys()].filter((name) => typeof name === 'string'),
    },
  };
}

/** The environment with one more variable, or with another value of one. */
export function withVariable(env: Environment, name: string, value: Value): Environment {
  const { scope } = env;
  return {
    ...env,
    scope: {
      ...scope,
      resolve: (each) => (each === name ? value : scope.resolve(each)),
      raw: (each) =>
        each === name ? value : scope.raw === undefined ? scope.resolve(each) : scope.raw(each),
      names: () => new Set([...scope.names(), name]),
    },
  };
}
