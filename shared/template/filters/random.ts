/** Ansible's filters that choose: random and shuffle, the same as Python's when they are given a seed. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { filterError } from '../filter-error.ts';
import { dictGet } from '../python/dict-key.ts';
import { pythonError, typeError, valueError } from '../python/error.ts';
import { normalizeInt, numberOrUndefined, toInt } from '../python/number.ts';
import {
  type RandomBits,
  randomBelow,
  randomChoice,
  seededRandom,
  shuffleInPlace,
  systemRandom,
} from '../python/random.ts';
import { repr } from '../python/repr.ts';
import { LazyList, PyBytes } from '../python/special.ts';
import {
  asDict,
  asInt,
  asText,
  force,
  isTrue,
  iterateOrUndefined,
  toList,
  typeName,
} from '../python/values.ts';

/** Choosing filters. */
export const randomFilters: readonly Builtin[] = [
  { name: 'random', signature: 'start=None, step=None, seed=None', call: random },
  { name: 'shuffle', signature: 'seed=None', call: shuffle },
];

/** Draws once per task when there is no seed: rendering again must not draw again. */
function draw(
  env: Environment,
  seed: Value,
  how: { key: string; choose: (bits: RandomBits) => Value },
): Value {
  if (seed !== null) return how.choose(seededRandom(force(seed)));
  return env.memory.once(how.key, () => how.choose(systemRandom(env.randomBytes)));
}

function random(
  env: Environment,
  value: Value,
  start: Value = null,
  step: Value = null,
  seed: Value = null,
): Value {
  const end = force(value);
  const bound = asInt(end);
  if (bound !== undefined) {
    const low = isUnset(start) ? 0 : toInt(start);
    const stride = isUnset(step) ? 1 : toInt(step);
    const choose = (bits: RandomBits): Value =>
      randomRange(bits, [BigInt(low), BigInt(bound), BigInt(stride)]);
    return draw(env, seed, { key: `random ${low} ${bound} ${stride}`, choose });
  }
  if (iterateOrUndefined(end) === undefined) {
    throw filterError('random can only be used on sequences and integers');
  }
  if (!isUnset(start) || !isUnset(step)) {
    throw filterError('start and step can only be used with integer values');
  }
  if (end instanceof LazyList && end.typeName !== 'range')
    throw typeError(`'${typeName(end)}' object is not subscriptable`);
  const map = asDict(end);
  const items = asText(end) === undefined ? toList(end) : [...(asText(end) ?? '')];
  const choose = (bits: RandomBits): Value => {
    const chosen = randomChoice(bits, map === undefined ? items : [...items.keys()]);
    if (chosen === undefined) throw pythonError('IndexError', 'Cannot choose from an empty sequence');
    const item = map === undefined ? chosen : dictGet(map, chosen);
    if (item === undefined) throw pythonError('KeyError', repr(chosen));
    return force(item);
  };
  return draw(env, seed, { key: `random ${repr(end)}`, choose });
}

function isUnset(value: Value): boolean {
  return value === null || !isTrue(force(value));
}

/** Python's `randrange`. */
function randomRange(bits: RandomBits, [start, stop, step]: readonly [bigint, bigint, bigint]): Value {
  const width = stop - start;
  if (step === 1n) {
    if (width <= 0n) throw valueError(`empty range for randrange() (${start}, ${stop}, ${width})`);
    return normalizeInt(start + randomBelow(bits, width));
  }
  const count = step > 0n ? (width + step - 1n) / step : (width + step + 1n) / step;
  if (count <= 0n) throw valueError('empty range for randrange()');
  return normalizeInt(start + step * randomBelow(bits, count));
}

function isSeed(seed: Value): boolean {
  return seed instanceof PyBytes || asText(seed) !== undefined || numberOrUndefined(seed) !== undefined;
}

function shuffle(env: Environment, value: Value, seed: Value = null): Value {
  const settled = force(value);
  if (iterateOrUndefined(settled) === undefined) return settled;
  const choose = (bits: RandomBits): Value => {
    const items = toList(settled);
    shuffleInPlace(bits, items);
    return items;
  };
  const isSeeded = seed !== null && isTrue(force(seed));
  // Ansible leaves the items as they are where Python cannot take the seed.
  if (isSeeded && !isSeed(force(seed))) return toList(settled);
  return draw(env, isSeeded ? seed : null, { key: `shuffle ${repr(settled)}`, choose });
}
