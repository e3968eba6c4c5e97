/** Versions of Python packages, PEP 440. */

import { pythonError } from '../python/error.ts';

const PEP440 =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|a|b|c|rc)[-_.]?(\d*))?((?:-(\d+))|(?:[-_.]?(?:post|rev|r)[-_.]?(\d*)))?([-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

type Key = readonly (bigint | string)[];

const BEFORE = -1n;
const NEVER = 1n << 64n;

/** Orders two PEP 440 versions; raises InvalidVersion for anything else. */
export function comparePep440(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  return (
    compareParts(left.release, right.release) ||
    compareParts(left.stages, right.stages) ||
    compareLocal(left.local, right.local)
  );
}

function parse(version: string): { release: Key; stages: Key; local: readonly string[] | undefined } {
  const found = PEP440.exec(version);
  if (found === null) throw pythonError('InvalidVersion', `Invalid version: '${version}'`);
  const [
    ,
    epoch = '0',
    release = '0',
    stage,
    stageNumber,
    post,
    postDash,
    postNumber,
    dev,
    devNumber,
    local,
  ] = found;
  const numbers = release.split('.').map(BigInt);
  while (numbers.length > 1 && numbers.at(-1) === 0n) numbers.pop();
  const isDevOnly = stage === undefined && post === undefined && dev !== undefined;
  const pre =
    stage === undefined ? [isDevOnly ? BEFORE : NEVER, 0n] : [stageRank(stage), BigInt(stageNumber || '0')];
  const postRank = post === undefined ? BEFORE : BigInt(postDash ?? (postNumber || '0'));
  const devRank = dev === undefined ? NEVER : BigInt(devNumber || '0');
  return {
    release: [BigInt(epoch), ...numbers],
    stages: [...pre, postRank, devRank],
    local: local?.toLowerCase().split(/[-_.]/),
  };
}

function stageRank(stage: string): bigint {
  const letter = stage.toLowerCase();
  if (letter.startsWith('a')) return 0n;
  return letter.startsWith('b') ? 1n : 2n;
}

function compareParts(a: Key, b: Key): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x = 0n, y = 0n] = [a[index], b[index]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** No local part comes first; numbers come after words. */
function compareLocal(a: readonly string[] | undefined, b: readonly string[] | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x = '', y = ''] = [a[index], b[index]];
    const [isX, isY] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (isX !== isY) return isX ? 1 : -1;
    const order = isX ? Number(BigInt(x) - BigInt(y)) : x < y ? -1 : x > y ? 1 : 0;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
