/** Puts one layer of variables over another, under DEFAULT_HASH_BEHAVIOUR. */

import { type Dict, isDict } from '../../base/value.ts';

/** `replace`: the upper layer's dict takes the place of the lower one's. `merge`: dicts are merged, to any depth. */
export type HashBehaviour = 'merge' | 'replace';

/** A new dict with the variables of both; those of `upper` win. Neither argument is changed. */
export function combineVars(lower: Dict, upper: Dict, behaviour: HashBehaviour): Dict {
  const combined: Dict = new Map(lower);
  for (const [name, value] of upper) {
    const below = lower.get(name);
    const isMerge = behaviour === 'merge' && isDict(below) && isDict(value);
    combined.set(name, isMerge ? combineVars(below, value, behaviour) : value);
  }
  return combined;
}
