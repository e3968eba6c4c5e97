/** Environments with other variables, for plugins that render texts of their own. */

import type { Value } from '../base/value.ts';
import type { Environment } from './environment.ts';

/** The environment with these variables, rendered as they are, and no others. */
export function withOnlyVariables(env: Environment, variables: ReadonlyMap<Value, Value>): Environment {
  const read = (name: string): Value | undefined => variables.get(name);
  const names = (): string[] => [...variables.keys()].filter((name) => typeof name === 'string');
  return { ...env, scope: { resolve: read, raw: read, names } };
}

/** The environment with these variables, rendered as they are, over those that it has. */
export function withVariables(env: Environment, variables: ReadonlyMap<string, Value>): Environment {
  const { scope } = env;
  const below = scope.raw ?? scope.resolve;
  return {
    ...env,
    scope: {
      ...scope,
      resolve: (name) => (variables.has(name) ? variables.get(name) : scope.resolve(name)),
      raw: (name) => (variables.has(name) ? variables.get(name) : below(name)),
      names: () => new Set([...variables.keys(), ...scope.names()]),
    },
  };
}
