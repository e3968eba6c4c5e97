/** Loose versions: runs of digits and of letters, compared one by one. */

import { typeError } from '../python/error.ts';

/** Orders two loose versions; a number against letters is Python's TypeError. */
export function compareLoose(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const order = comparePart(left[index] ?? 0n, right[index] ?? 0n);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function parts(version: string): (bigint | string)[] {
  return version
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
}

function comparePart(a: bigint | string, b: bigint | string): number {
  if (typeof a !== typeof b) {
    const name = (part: bigint | string): string => (typeof part === 'bigint' ? 'int' : 'str');
    throw typeError(`'<' not supported between instances of '${name(a)}' and '${name(b)}'`);
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
