/** Semantic versions 2.0. */

import { valueError } from '../python/error.ts';

const SEMANTIC =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

type Semantic = { readonly core: readonly bigint[]; readonly pre: readonly string[] };

/** Orders two semantic versions; raises ValueError for anything else. */
export function compareSemantic(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  for (const [index, part] of left.core.entries()) {
    const other = right.core[index] ?? 0n;
    if (part !== other) return part < other ? -1 : 1;
  }
  return comparePre(left.pre, right.pre);
}

function parse(version: string): Semantic {
  const found = SEMANTIC.exec(version);
  if (found === null) throw valueError(`invalid semantic version '${version}'`);
  const [, major = '0', minor = '0', patch = '0', pre] = found;
  return {
    core: [BigInt(major), BigInt(minor), BigInt(patch)],
    pre: pre === undefined ? [] : pre.split('.'),
  };
}

/** A release is later than what comes before it; numbers come before words. */
function comparePre(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareIdentifier(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifier(a: string, b: string): number {
  const [isA, isB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isA && isB) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (isA !== isB) return isA ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
