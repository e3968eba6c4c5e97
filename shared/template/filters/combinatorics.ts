/** Ansible's filters that combine lists: zip, product, permutations, combinations. */

import { limits } from '../../base/limits.ts';
import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { typeError, valueError } from '../python/error.ts';
import { intArgument } from '../python/method.ts';
import { PyTuple } from '../python/special.ts';
import { asInt, checkSize, force, isTrue, iterateOrUndefined, toList, typeName } from '../python/values.ts';

/** Combining filters. */
export const combinatoricFilters: readonly Builtin[] = [
  { name: 'zip', signature: '*args, **kwargs', call: zip },
  { name: 'zip_longest', signature: '*args, **kwargs', call: zipLongest },
  { name: 'product', signature: '*args, **kwargs', call: productFilter },
  { name: 'permutations', signature: 'r=None', call: (_env, value, r = null) => permutations(value, r) },
  { name: 'combinations', signature: 'r', call: (_env, value, r = 0) => combinations(value, r) },
];

function lists(value: Value, args: Value): Value[][] {
  return [value, ...(Array.isArray(args) ? args : [])].map((item) => toList(force(item)));
}

function option(kwargs: Value, name: string): Value | undefined {
  return kwargs instanceof Map ? kwargs.get(name) : undefined;
}

function refuseOthers(kwargs: Value, callee: string, known: string): void {
  const other = kwargs instanceof Map ? [...kwargs.keys()].find((key) => key !== known) : undefined;
  if (other !== undefined)
    throw typeError(`${callee}() got an unexpected keyword argument '${String(other)}'`);
}

function zip(_env: unknown, value: Value, args: Value = [], kwargs: Value = null): Value {
  const given = [value, ...(Array.isArray(args) ? args : [])].map(force);
  for (const item of given) {
    if (iterateOrUndefined(item) === undefined) throw typeError(`'${typeName(item)}' object is not iterable`);
  }
  refuseOthers(kwargs, 'zip', 'strict');
  const columns = given.map(toList);
  const count = Math.min(...columns.map((column) => column.length));
  if (isTrue(option(kwargs, 'strict') ?? false)) checkStrict(columns);
  return Array.from({ length: count }, (_, row) => new PyTuple(columns.map((column) => column[row] ?? null)));
}

function checkStrict(columns: readonly Value[][]): void {
  const size = columns[0]?.length ?? 0;
  const odd = columns.findIndex((column) => column.length !== size);
  if (odd < 0) return;
  const others = odd === 1 ? 'argument 1' : `arguments 1-${odd}`;
  const relation = (columns[odd]?.length ?? 0) < size ? 'shorter' : 'longer';
  throw valueError(`zip() argument ${odd + 1} is ${relation} than ${others}`);
}

function zipLongest(_env: unknown, value: Value, args: Value = [], kwargs: Value = null): Value {
  refuseOthers(kwargs, 'zip_longest', 'fillvalue');
  const fill = option(kwargs, 'fillvalue') ?? null;
  const columns = lists(value, args);
  const count = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: count }, (_, row) => {
    const items = columns.map((column) => (row < column.length ? (column[row] ?? null) : fill));
    return new PyTuple(items);
  });
}

function productFilter(_env: unknown, value: Value, args: Value = [], kwargs: Value = null): Value {
  refuseOthers(kwargs, 'product', 'repeat');
  const pools = lists(value, args);
  const given = option(kwargs, 'repeat');
  const repeat = given === undefined ? 1 : intArgument(given);
  if (repeat < 0) throw valueError('repeat argument cannot be negative');
  checkSize(repeat * pools.length, limits.templateItemsMax);
  const all = Array.from({ length: repeat }, () => pools).flat();
  return product(all).map((items) => new PyTuple(items));
}

/** Every way to take one item of each pool, the last pool turning fastest. */
export function product(pools: readonly (readonly Value[])[]): Value[][] {
  let rows: Value[][] = [[]];
  let width = 0;
  for (const pool of pools) {
    width++;
    checkSize(rows.length * pool.length * width, limits.templateItemsMax);
    rows = rows.flatMap((row) => pool.map((item) => [...row, item]));
  }
  return rows;
}

function permutations(value: Value, r: Value): Value {
  const pool = toList(force(value));
  if (r !== null && asInt(force(r)) === undefined) throw typeError('Expected int as r');
  const size = r === null ? pool.length : intArgument(r);
  if (size < 0) throw valueError('r must be non-negative');
  checkSize(countWays(pool.length, size, () => 1) * size, limits.templateItemsMax);
  const found: Value[] = [];
  const walk = (chosen: readonly number[]): void => {
    if (chosen.length === size) {
      found.push(new PyTuple(chosen.map((index) => pool[index] ?? null)));
      return;
    }
    for (let index = 0; index < pool.length; index++) if (!chosen.includes(index)) walk([...chosen, index]);
  };
  if (size <= pool.length) walk([]);
  return found;
}

/** How many ways there are to draw `size` of `from`, of which `alike` count as one after each draw; no more exactly than anybody could want. */
function countWays(from: number, size: number, alike: (drawn: number) => number): number {
  let ways = 1;
  for (let drawn = 1; drawn <= size && ways > 0 && ways < Number.MAX_SAFE_INTEGER; drawn++)
    ways = (ways * (from - drawn + 1)) / alike(drawn);
  return ways;
}

function combinations(value: Value, r: Value): Value {
  const pool = toList(force(value));
  const size = intArgument(r);
  if (size < 0) throw valueError('r must be non-negative');
  const fewest = Math.min(size, Math.max(0, pool.length - size));
  checkSize(countWays(pool.length, fewest, (drawn) => drawn) * size, limits.templateItemsMax);
  const found: Value[] = [];
  const walk = (chosen: readonly Value[], from: number): void => {
    if (chosen.length === size) {
      found.push(new PyTuple(chosen));
      return;
    }
    for (let index = from; index <= pool.length - (size - chosen.length); index++) {
      walk([...chosen, pool[index] ?? null], index + 1);
    }
  };
  walk([], 0);
  return found;
}
