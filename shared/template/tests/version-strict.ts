/** Strict versions: two or three numbers, and a or b with a number for what comes before a release. */

import { valueError } from '../python/error.ts';

const STRICT = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/;

/** Orders two strict versions; raises ValueError for anything else. */
export function compareStrict(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  for (let index = 0; index < left.length; index++) {
    const [x = 0, y = 0] = [left[index], right[index]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Major, minor, patch, stage (a release is later than b, b than a), number of the stage. */
function parse(version: string): number[] {
  const found = STRICT.exec(version);
  if (found === null) throw valueError(`invalid version number '${version}'`);
  const [, major, minor, patch, stage, number] = found;
  const rank = stage === undefined ? 2 : stage === 'b' ? 1 : 0;
  return [Number(major), Number(minor), Number(patch ?? 0), rank, Number(number ?? 0)];
}
