/** What a raw result means: failed by its exit code, `changed_when`, `failed_when`, and the facts of an outcome. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { splitLines } from '../../../shared/template/python/whitespace.ts';
import { isConditionTrue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { THROWN, UNCAUGHT } from '../actions/action.ts';
import { shortName } from '../actions/action-name.ts';
import { assign } from './host-state.ts';
import type { RenderSite } from './render-site.ts';
import { environmentOf } from './task-environment.ts';

/** Completes a result as a task would register it. Sees the result under the task's `register` name. */
export function concludeResult(site: RenderSite, task: Task, raw: Dict, attempt: number | undefined): Dict {
  const result: Dict = new Map(raw);
  const isUncaught = result.get(THROWN) === UNCAUGHT;
  if (shortName(task.action) !== 'pause' && !isUncaught) addLines(result);
  if (isErrorCode(result.get('rc'))) result.set('failed', true);
  if (attempt !== undefined) result.set('attempts', attempt);
  if (!result.has('changed') && !isUncaught) result.set('changed', false);
  if (result.get('unreachable') === true || result.delete(THROWN)) return result;
  if (!result.has('failed')) result.set('failed', false);
  if (result.has('skipped')) return result;
  const holds = (conditions: readonly Value[]): boolean => {
    const env = environmentOf(withRegistered(site, task, result));
    return conditions.every((condition) => isConditionTrue(condition, env));
  };
  evaluate(result, 'changed', () => {
    if (task.changedWhen !== undefined) result.set('changed', holds(task.changedWhen));
  });
  evaluate(result, 'failed', () => {
    if (task.failedWhen === undefined) return;
    const failed = holds(task.failedWhen);
    result.set('failed', failed);
    result.set('failed_when_result', failed);
  });
  return result;
}

/** Whether the task may try again: `until` holds for this result. */
export function isDone(site: RenderSite, task: Task, result: Dict): boolean {
  const env = environmentOf(withRegistered(site, task, result));
  return task.until.every((condition) => isConditionTrue(condition, env));
}

/** Whether what the agent says decides alone: no condition on the result, or only literal ones. */
export function isDecidedByTarget(task: Task): boolean {
  const isLiteral = (conditions: readonly Value[] | undefined): boolean =>
    conditions === undefined || conditions.every((condition) => typeof condition === 'boolean');
  return task.until.length === 0 && isLiteral(task.changedWhen) && isNeverFailing(task);
}

function isNeverFailing(task: Task): boolean {
  return task.failedWhen === undefined || isToleratedByCondition(task);
}

/** `failed_when: false`: whatever the result, the play goes on. */
export function isToleratedByCondition(task: Task): boolean {
  return task.failedWhen?.some((condition) => condition === false) ?? false;
}

/** Whether a result counts as failed: what `failed_when` said wins over the module. */
export function isFailed(result: Dict): boolean {
  const verdict = result.get('failed_when_result');
  return typeof verdict === 'boolean' ? verdict : result.get('failed') === true;
}

/** Whether the target, or that of an item, could not be reached. */
export function isUnreachable(result: Dict): boolean {
  const items = result.get('results');
  if (!Array.isArray(items)) return result.get('unreachable') === true;
  return items.some((item) => item instanceof Map && item.get('unreachable') === true);
}

function isErrorCode(rc: Value | undefined): boolean {
  return rc !== undefined && rc !== 0 && rc !== '0';
}

function evaluate(result: Dict, name: 'changed' | 'failed', decide: () => void): void {
  try {
    decide();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    result.set('failed', true);
    result.set(`${name}_when_result`, error.message);
  }
}

function withRegistered(site: RenderSite, task: Task, result: Dict): RenderSite {
  if (task.register === undefined) return { ...site, isSynced: true };
  return { ...site, isSynced: true, vars: assign(site.vars, [[task.register, result]]) };
}

/** `stdout_lines` and `stderr_lines` beside their texts. */
function addLines(result: Dict): void {
  for (const name of ['stdout', 'stderr']) {
    const text = result.get(name);
    if (text === undefined || result.has(`${name}_lines`)) continue;
    result.set(`${name}_lines`, splitLines(text === null ? '' : str(text)));
  }
}
