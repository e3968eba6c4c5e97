/** What the terminal report shows of a task's outcome, and what it leaves out. */

import { type Dict, isDict, type Value } from '../base/value.ts';
import type { Deprecation, TaskHeader, TaskOutcome } from '../wire/run-event.ts';

export type Notices = {
  readonly warnings: readonly string[];
  readonly deprecations: readonly { readonly text: string; readonly about: Deprecation }[];
};

const INCLUDES = new Set(['include', 'include_role', 'include_tasks']);
const NOT_SHOWN_BY_DEBUG = ['changed', 'failed', 'skipped', 'invocation', 'skip_reason'];
const SHOWN_WITH_MESSAGE = new Set<Value>(['msg', 'exception', 'warnings', 'deprecations']);

/** The outcome with a result of its own to take from, and without what its line says anyway. */
export function forDisplay(outcome: TaskOutcome): TaskOutcome {
  const result: Dict = new Map(outcome.result);
  result.delete('failed');
  result.delete('skipped');
  return { ...outcome, result };
}

/** The host, and where the task was really run: `host -> delegate(address)`. */
export function hostLabel({ host, delegatedTo, delegatedAddress }: TaskOutcome): string {
  if (delegatedTo === undefined || delegatedTo === host) return host;
  const address =
    delegatedAddress === undefined || delegatedAddress === delegatedTo ? '' : `(${delegatedAddress})`;
  return `${host} -> ${delegatedTo}${address}`;
}

/** Whether the task includes others; their files are reported instead of its result. */
export function isInclude(task: TaskHeader): boolean {
  return INCLUDES.has(builtinName(task.action));
}

/** Whether the task only shows something. */
export function isDebug(task: TaskHeader): boolean {
  return builtinName(task.action) === 'debug';
}

/** Of a debug task only what it was asked to show. */
export function shownByDebug(task: TaskHeader, outcome: TaskOutcome): Dict {
  if (!isDebug(task)) return outcome.result;
  const isMessage = outcome.result.has('msg');
  return new Map(
    [...outcome.result].filter(([key]) =>
      isMessage ? SHOWN_WITH_MESSAGE.has(key) : !NOT_SHOWN_BY_DEBUG.some((name) => name === key),
    ),
  );
}

/** Takes the items' results out of a loop's result, since each was reported; false when there are none. */
export function takeResults(outcome: TaskOutcome): boolean {
  return outcome.result.delete('results');
}

/** Takes warnings and deprecations out of a result. */
export function takeNotices(outcome: TaskOutcome): Notices {
  const warnings = listOf(outcome.result.get('warnings'));
  const deprecations = listOf(outcome.result.get('deprecations'));
  if (warnings.length > 0) outcome.result.delete('warnings');
  if (deprecations.length > 0) outcome.result.delete('deprecations');
  return {
    warnings: warnings.filter((warning) => typeof warning === 'string'),
    deprecations: deprecations.filter(isDict).map((deprecation) => ({
      text: textAt(deprecation, 'msg') ?? '',
      about: aboutOf(deprecation),
    })),
  };
}

function aboutOf(deprecation: Dict): Deprecation {
  const version = textAt(deprecation, 'version');
  const date = textAt(deprecation, 'date');
  const collection = textAt(deprecation, 'collection_name');
  return {
    ...(version === undefined ? {} : { version }),
    ...(date === undefined ? {} : { date }),
    ...(collection === undefined ? {} : { collection }),
  };
}

function textAt(dict: Dict, key: string): string | undefined {
  const value = dict.get(key);
  return typeof value === 'string' ? value : undefined;
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function builtinName(action: string): string {
  return action.replace(/^ansible\.(?:builtin|legacy)\./, '');
}
