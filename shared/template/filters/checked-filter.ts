/** Filters of the collection ansible.utils: their arguments are checked as those of modules are. */

import type { Dict, Value } from '../../base/value.ts';
import { type ArgumentOptions, checkArguments, makeSpec } from '../argument-spec/check-arguments.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { filterError } from '../filter-error.ts';
import { repr } from '../python/repr.ts';
import { asDict, force, toList } from '../python/values.ts';

/** A plugin of the collection: what it takes, and what it does with arguments that fit. */
export type CheckedFilter = {
  readonly name: string;
  /** The names of what is given by position, the filtered value first. */
  readonly positions: readonly string[];
  readonly options: ArgumentOptions;
  readonly run: (env: Environment, values: Dict) => Value;
};

/** A filter whose arguments are checked. More positions than it knows are forgotten, as in the collection. */
export function checkedFilter({ name, positions, options, run }: CheckedFilter): Builtin {
  const spec = makeSpec(options);
  const call: Builtin['call'] = (env, value, args = [], kwargs = null) => {
    const values = bindPositions(positions, [value, ...toList(args)]);
    for (const [key, item] of asDict(kwargs) ?? []) values.set(key, force(item));
    const errors = checkArguments(spec, values);
    if (errors.length > 0) throw filterError(repr(errors));
    return run(env, values);
  };
  return { name, signature: '*args, **kwargs', call };
}

/** The given values under their names; those without a name are left out. */
export function bindPositions(names: readonly string[], given: readonly Value[]): Dict {
  const values: Dict = new Map();
  for (const [index, value] of given.entries()) {
    const name = names[index];
    if (name !== undefined) values.set(name, force(value));
  }
  return values;
}

/** An error of a plugin that says which one it is. */
export function pluginError(plugin: string, message: string): Error {
  return filterError(`Error when using plugin '${plugin}': ${message}`);
}
