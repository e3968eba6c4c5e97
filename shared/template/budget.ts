/** Counts what a render does, so that a template without end stops with an error. */

import { cpuUsage } from 'node:process';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { limits } from '../base/limits.ts';
import type { Value } from '../base/value.ts';
import { limitError } from './python/error.ts';
import { LazyList, Markup, PyBytes } from './python/special.ts';

let depth = 0;
let steps = 0;
/** How many steps there may be before somebody looks at them again. */
let stepsUntilLook = 0;

/** Runs one render inside another or none; the steps of all of them count together. */
export function withinBudget<Result>(render: () => Result): Result {
  if (depth === 0) {
    steps = 0;
    stepsUntilLook = limits.templateStepsPerLook;
  }
  if (depth >= limits.templateDepthMax) throw limitError('maximum recursion depth exceeded');
  depth++;
  try {
    return render();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const isStack = error.message.includes('call stack');
    throw limitError(
      isStack ? 'maximum recursion depth exceeded' : 'the template builds a value that is too large',
    );
  } finally {
    depth--;
  }
}

/**
 * Counts a value that is gone through, which may stand in many places of one structure, as `steps` steps: more where each
 * visit makes text or keeps something. Outside of renders nothing is counted.
 */
export function countVisit(steps = 1): void {
  if (depth > 0) countSteps(steps);
}

/** Counts `count` steps of the render in hand. */
export function countSteps(count: number): void {
  steps += count;
  if (steps > stepsUntilLook) look();
}

function look(): void {
  if (steps > limits.templateStepsMax) throw limitError('the template takes too many steps');
  stepsUntilLook = Math.min(steps + limits.templateStepsPerLook, limits.templateStepsMax);
  checkMemory(limits.templateBytesFree);
}

/** Whether what is done with a value is worth to be counted, by {@link countWork}. */
export function isLarge(value: Value): boolean {
  return sizeOf(value) >= limits.templateSizeFree;
}

/**
 * Does `work` on something large. It is refused before where there is too little memory for what may be made of it, and the
 * time counts as steps: most of what is done with it takes longer the larger it is.
 */
export function countWork(subject: Value, work: () => Value): Value {
  const size = sizeOf(subject);
  const isList = Array.isArray(subject) || subject instanceof Map;
  // What goes through a view or range looks for itself.
  if (isList) checkMemory(size * limits.templateBytesPerItem);
  else if (!(subject instanceof LazyList)) checkMemory(size * limits.templateBytesPerChar);
  const started = cpuUsage();
  const made = work();
  countTime(started);
  return made;
}

function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  if (value instanceof Markup) return value.text.length;
  if (value instanceof PyBytes) return value.bytes.length;
  return value instanceof LazyList ? value.length : 0;
}

/** What was made of something small: only a text can be large. */
export function countMade(value: Value): Value {
  if (typeof value === 'string' && value.length >= limits.templateSizeFree) countText(value.length);
  return value;
}

/** Counts the processor's time since `started`, for what cannot be told in steps before. */
export function countTime(started: NodeJS.CpuUsage): void {
  const { user, system } = cpuUsage(started);
  countVisit(Math.round(((user + system) / 1000) * limits.templateStepsPerMs));
}

/** Counts the characters of a text that is made or searched in one go, and refuses it where there is too little memory for it. */
export function countText(size: number): void {
  countVisit(Math.ceil(size / limits.templateCharsPerStep));
  checkMemory(size);
}

/** As {@link countText} for the items of lists and dicts. */
export function countItems(count: number): void {
  countVisit(Math.ceil(count / limits.templateItemsPerStep));
  checkMemory(count * limits.templateBytesPerItem);
}

/** Refuses what takes `bytes` of memory when there is not so much. */
export function checkMemory(bytes: number): void {
  if (depth === 0 || bytes < limits.templateBytesFree || isFree(bytes)) return;
  steps += limits.templateStepsPerCollection;
  collectGarbage();
  if (!isFree(bytes)) throw limitError('the template takes more memory than there is');
}

function isFree(bytes: number): boolean {
  const { used_heap_size: heap, external_memory: outside, heap_size_limit: most } = getHeapStatistics();
  return heap + outside + bytes < most * limits.templateHeapPart;
}

let collect: (() => void) | undefined;

/** Makes sure that what is in memory is in use: a template must not end for what is only waiting to be cleared away. */
function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
  }
  collect?.();
}
