/** Lookups of the collection community.general that reshape lists: flattened, cartesian and dependent. */

import { limits } from '../../base/limits.ts';
import type { Dict, Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import type { Lookup } from '../builtin.ts';
import { engineAbove } from '../engine-above.ts';
import type { Environment } from '../environment.ts';
import { ansibleError, classText, lookupError, rethrown } from '../filter-error.ts';
import { product } from '../filters/combinatorics.ts';
import { isSequence } from '../filters/sequence.ts';
import { compare } from '../python/comparison.ts';
import { dictSet } from '../python/dict-key.ts';
import { repr } from '../python/repr.ts';
import { asDict, asSequence, asText, checkLength, force, toList } from '../python/values.ts';
import { stripText } from '../python/whitespace.ts';
import { withVariables } from '../with-variables.ts';
import { asList, entryOf } from './lists.ts';

/** The lookups. */
export const communityListLookups: readonly Lookup[] = [
  { name: 'flattened', call: (_env, terms) => flattened(terms) },
  { name: 'cartesian', call: (_env, terms) => cartesian(terms) },
  { name: 'dependent', call: dependent },
];

/** Lists at any depth taken apart; the text `None` or `null` ends its list. */
function flattened(terms: readonly Value[]): Value[] {
  const found: Value[] = [];
  for (const raw of terms) {
    const term = onlyItem(force(raw));
    const text = asText(term);
    if (text === 'None' || text === 'null') break;
    if (Array.isArray(term)) for (const item of flattened(term)) found.push(item);
    else found.push(text === undefined ? term : stripText(text));
  }
  return found;
}

/** What stands alone in a list, in whatever many lists around it. */
function onlyItem(term: Value): Value {
  return Array.isArray(term) && term.length === 1 ? onlyItem(force(term[0] ?? null)) : term;
}

function cartesian(terms: readonly Value[]): Value[] {
  if (terms.length === 0) throw ansibleError('with_cartesian requires at least one element in each list');
  return product(terms.map(asList)).map((row) =>
    row.flatMap((item) => [...(asSequence(force(item)) ?? [force(item)])]),
  );
}

/** One loop inside the other; an expression sees in `item` what the loops around it have chosen. */
type Loop = { readonly key: Value; readonly expression: string | undefined; readonly values: Value };

function dependent(env: Environment, terms: readonly Value[]): Value[] {
  const loops = terms.map((term, index) => readLoop(force(term), index));
  for (const [index, { key }] of loops.entries()) {
    if (loops.slice(0, index).some((other) => isSameKey(other.key, key))) {
      throw lookupError(`The variable ${repr(key)} appears more than once`);
    }
  }
  const found: Value[] = [];
  const walk = (depth: number, chosen: Dict): void => {
    const loop = loops[depth];
    if (loop === undefined) {
      checkLength(found.length, limits.templateItemsMax);
      countVisit();
      found.push(chosen);
      return;
    }
    for (const item of itemsOf(env, loop, chosen)) {
      const next: Dict = new Map(chosen);
      dictSet(next, loop.key, item);
      walk(depth + 1, next);
    }
  };
  if (loops.length > 0) walk(0, new Map());
  return found;
}

function isSameKey(left: Value, right: Value): boolean {
  return repr(left) === repr(right);
}

function readLoop(term: Value, index: number): Loop {
  const entries = asDict(term);
  if (entries === undefined) {
    throw lookupError(`Parameter ${index} must be a dictionary, got ${classText(term)}`);
  }
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0) {
    throw lookupError(`Parameter ${index} must be a one-element dictionary, got ${entries.size} elements`);
  }
  const [key, raw] = entry;
  const values = force(raw);
  const expression = asText(values);
  if (expression === undefined && !isSequence(values) && asDict(values) === undefined) {
    throw lookupError(
      `Parameter ${repr(key)} (index ${index}) must have a value of type string, dictionary or list, got type ${classText(values)}`,
    );
  }
  return { key, expression, values };
}

function itemsOf(env: Environment, { key, expression, values }: Loop, chosen: Dict): Value[] {
  const given =
    expression === undefined
      ? values
      : rethrown(
          () => engineAbove().render(`{{${expression}}}`, withVariables(env, new Map([['item', chosen]]))),
          (error) =>
            lookupError(
              `Caught "${error.message}" while evaluating ${repr(key)} with item == ${repr(chosen)}`,
            ),
        );
  const entries = asDict(given);
  if (entries !== undefined) {
    return [...entries].sort(([a], [b]) => compare(a, b)).map(([name, value]) => entryOf(name, force(value)));
  }
  if (isSequence(given) || asText(given) !== undefined) return toList(given);
  throw lookupError(
    `Did not obtain dictionary or list while evaluating ${repr(key)} with item == ${repr(chosen)}, but ${classText(given)}`,
  );
}
