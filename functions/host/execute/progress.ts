/** How a task moves its host on: the state expected when it starts, and the state known when it ended. */

import { RunAbort } from '../../../shared/base/abort.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Role, Task } from '../../../shared/project/model.ts';
import { plainValue } from '../../../shared/template/plain-value.ts';
import { Pending } from '../../../shared/template/python/special.ts';
import type { SharedEnd } from '../../../shared/wire/host-outcome.ts';
import { shortName } from '../actions/action-name.ts';
import { isFailed, isUnreachable } from './conclude-result.ts';
import { type Cursor, isInFlush, isRescued, type PlayTree } from './cursor.ts';
import { addFacts, assign, type HostState, type HostVars } from './host-state.ts';
import { bringIn, type Included, isInclude } from './include.ts';
import type { NotifyTargets } from './notify.ts';
import { withNotified } from './notify.ts';
import type { RenderSite } from './render-site.ts';
import {
  addResultFacts,
  injectableFacts,
  mayGiveFacts,
  pendingFacts,
  register,
  registeredResult,
} from './result-facts.ts';
import type { ItemEnd, TaskEnd } from './task-end.ts';
import { environmentOf } from './task-environment.ts';
import { renderableKeywords } from './task-keywords.ts';
import { type FailureFate, isChanged } from './task-outcome.ts';

/** A task at its place, with all that its end needs. */
export type TaskAt = {
  readonly task: Task;
  readonly cursor: Cursor;
  readonly tree: PlayTree;
  readonly site: RenderSite;
  readonly targets: NotifyTargets;
};

/** What later tasks see of a result on its way; settled when it arrives. */
export type Cells = { readonly result: Pending; readonly facts: Pending; readonly changed: Pending };

/** How a task ended: what the play makes of it, and the state after it. */
export type Settled = {
  readonly end: TaskEnd;
  readonly at: TaskAt;
  readonly fate: FailureFate;
  /** The host leaves the straight way: to a rescue or always section, or out of the play. */
  readonly isStop: boolean;
  readonly state: HostState;
  /** Files and roles that an include task brought in. */
  readonly included: Included['shown'];
  /** Why nothing could be included: told by itself for a role, as the task's failure for a file. */
  readonly includeError?: { readonly text: string; readonly isRole: boolean };
};

export function newCells(): Cells {
  return { result: new Pending(), facts: new Pending(), changed: new Pending() };
}

/** The state in which the host goes on at once, should the task end well. */
export function stateAhead(state: HostState, at: TaskAt, cells: Cells): HostState {
  const { task, cursor } = at;
  let { vars } = state;
  if (mayGiveFacts(task)) vars = addFacts(vars, pendingFacts(task, cells.facts));
  if (task.register !== undefined) vars = assign(vars, [[task.register, cells.result]]);
  return {
    ...state,
    vars,
    next: { kind: 'after', cursor },
    notified: withNotified(state, at.targets.numbers, cells.changed),
    ranRoles: withRole(state, task),
  };
}

/** Writes an end into the cells that later tasks may be waiting for. */
export function settleCells(cells: Cells, end: TaskEnd): void {
  const { result } = end;
  const facts = factsOf(end);
  cells.result.settle(registeredResult(result));
  cells.facts.settle(facts);
  // A failure notifies nobody, even when it is ignored.
  cells.changed.settle(isChanged(result) && !isFailed(result) && !isUnreachable(result));
}

/** The state after the task ended. */
export function stateAfter(state: HostState, at: TaskAt, end: TaskEnd): Settled {
  const { task, cursor } = at;
  const { result, keywords } = end;
  const vars = varsAfter(state.vars, at, end);
  const ranRoles = isSkippedResult(result) ? state.ranRoles : withRole(state, task);
  const next: HostState = { ...state, vars, ranRoles, next: { kind: 'after', cursor } };
  if (isUnreachable(result)) {
    const ignored = keywords?.ignoreUnreachable === true;
    const after: HostState = ignored ? next : { ...next, ended: 'unreachable' };
    return { end, at, fate: { ignored, rescued: false }, isStop: !ignored, state: after, included: [] };
  }
  if (isFailed(result)) return failedState(next, at, end);
  const isDue = isChanged(result);
  if (isDue) requireHandlers(at);
  const notified = isDue ? withNotified(next, at.targets.numbers, true) : next.notified;
  const plain = { end, at, fate: { ignored: false, rescued: false }, isStop: false, included: [] };
  if (!isInclude(task)) return { ...plain, state: { ...next, notified } };
  const included = bringIn({ ...next, notified }, at, end);
  if (included.error !== undefined) {
    const includeError = { text: included.error, isRole: shortName(task.action) === 'include_role' };
    return {
      ...failedInclude(next, at, includeFailure(end, included.error), includeError),
      includeError,
    };
  }
  return { ...plain, state: included.state, included: included.shown };
}

/** A name that no handler answers to ends the run, once it is notified. */
function requireHandlers({ site, targets }: TaskAt): void {
  const [name] = targets.unknown;
  if (name === undefined || site.context.config('ERROR_ON_MISSING_HANDLER') === false) return;
  throw new RunAbort(
    `The requested handler '${name}' was not found in either the main handlers list nor in the listening handlers list`,
    { warnings: targets.warnings },
  );
}

/** The end of a task whose file cannot be brought in: `ignore_errors` is not for that. */
function includeFailure(end: TaskEnd, reason: string): TaskEnd {
  return {
    ...end,
    keywords: end.keywords && { ...end.keywords, ignoreErrors: false },
    items: undefined,
    result: new Map<Value, Value>([
      ['failed', true],
      ['reason', reason],
    ]),
  };
}

/** The state of a host that takes over what another one's run_once gave. What that one included is its own. */
export function adoptEnd(state: HostState, at: TaskAt, shared: SharedEnd): HostState {
  if (isInclude(at.task)) return { ...state, next: { kind: 'after', cursor: at.cursor } };
  const keywords = renderableKeywords(at.task, at.site.context.settings, environmentOf(at.site));
  const item = (result: Dict): ItemEnd => ({ result, noLog: false, keywords, label: undefined });
  const end: TaskEnd = { ...item(shared.result), items: shared.items?.map(item) };
  return stateAfter(state, at, end).state;
}

/** A failure of an include marks the host, whoever takes over; that of a file counts as one. */
function failedInclude(
  state: HostState,
  at: TaskAt,
  end: TaskEnd,
  { isRole }: { readonly isRole: boolean },
): Settled {
  const settled = failedState({ ...state, isDropped: true }, at, end, !isRole);
  return { ...settled, state: { ...settled.state, hasFailed: state.hasFailed } };
}

function failedState(state: HostState, at: TaskAt, end: TaskEnd, isCounted = isInFlush(at.cursor)): Settled {
  const ignored = end.keywords?.ignoreErrors === true;
  const isRescuable = !ignored && isRescued(at.tree, at.cursor);
  const rescued = isRescuable && !isCounted;
  if (ignored) return { end, at, fate: { ignored, rescued }, isStop: false, state, included: [] };
  const vars = rescued ? withFailure(state.vars, at.task, end) : state.vars;
  const hasFailed = state.hasFailed || (isRescuable && isCounted);
  const failed: HostState = {
    ...state,
    vars,
    hasFailed,
    failures: state.failures + 1,
    next: { kind: 'failed', cursor: at.cursor },
  };
  return { end, at, fate: { ignored, rescued }, isStop: true, state: failed, included: [] };
}

/** Registered value and facts. */
function varsAfter(before: HostVars, at: TaskAt, end: TaskEnd): HostVars {
  const { site, task } = at;
  const isMerged = site.context.config('DEFAULT_HASH_BEHAVIOUR') === 'merge';
  let vars = before;
  for (const { keywords, result } of endsWithFacts(end)) {
    const isOfOther = keywords?.delegateFacts === true && keywords.delegateTo !== undefined;
    if (!isOfOther) vars = addResultFacts(vars, { action: task.action, result, isMerged });
  }
  return task.register === undefined ? vars : register(vars, task.register, { task, result: end.result });
}

/** The ends whose facts count: none of a failed task, also when that is ignored or only one of its items has failed. */
export function endsWithFacts(end: TaskEnd): readonly ItemEnd[] {
  return isFailed(end.result) || isUnreachable(end.result) ? [] : (end.items ?? [end]);
}

/** The facts of all items, as the layer that waits for them expects. */
function factsOf(end: TaskEnd): Dict {
  const merged: Dict = new Map();
  for (const item of endsWithFacts(end)) {
    const facts = item.result.get('ansible_facts');
    if (facts instanceof Map) for (const [name, value] of injectableFacts(facts)) merged.set(name, value);
  }
  return merged;
}

/** `ansible_failed_task` and `ansible_failed_result`, for rescue and always sections. */
function withFailure(vars: HostVars, task: Task, end: TaskEnd): HostVars {
  const described = new Map<Value, Value>([
    ['name', task.name ?? ''],
    ['action', task.action],
    ['args', task.args],
  ]);
  return assign(vars, [
    ['ansible_failed_task', plainValue(described)],
    ['ansible_failed_result', registeredResult(end.result)],
  ]);
}

/** Whether nothing was done. */
export function isSkippedResult(result: Dict): boolean {
  return result.get('skipped') === true;
}

/** The roles that have run on the host, once a task of one did. */
export function withRole(state: HostState, task: Task): ReadonlyMap<string, Role> {
  const { role } = task;
  if (role === undefined || state.ranRoles.has(role.identity)) return state.ranRoles;
  return new Map([...state.ranRoles, [role.identity, role]]);
}
