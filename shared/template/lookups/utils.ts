/** The lookups get_path, index_of and to_paths of the collection ansible.utils. */

import type { Value } from '../../base/value.ts';
import { checkArguments, makeSpec } from '../argument-spec/check-arguments.ts';
import type { Lookup } from '../builtin.ts';
import { lookupError } from '../filter-error.ts';
import { bindPositions, type CheckedFilter } from '../filters/checked-filter.ts';
import { pathPlugins } from '../filters/utils-paths.ts';
import { repr } from '../python/repr.ts';
import { toList } from '../python/values.ts';

/** The lookups under their full names. */
export const utilsLookups: readonly Lookup[] = pathPlugins.map(asLookup);

function asLookup({ name, positions, options, run }: CheckedFilter): Lookup {
  const spec = makeSpec(options);
  const names = positions.filter((position) => position !== 'wantlist' || name === 'index_of');
  return {
    name: `ansible.utils.${name}`,
    call: (env, terms, given) => {
      const values = new Map<Value, Value>([...bindPositions(names, terms), ...given]);
      const errors = checkArguments(spec, values);
      if (errors.length > 0) throw lookupError(repr(errors));
      return toList(run(env, values.set('wantlist', true)));
    },
  };
}
