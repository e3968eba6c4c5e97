/** From the names that a task notifies to handlers, by Ansible's rules. */

import { limits } from '../../../shared/base/limits.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { type Pending, Template } from '../../../shared/template/python/special.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import type { PlayTree } from './cursor.ts';
import type { HostState, Notification } from './host-state.ts';
import { flatTasks } from './next-place.ts';
import type { RenderSite } from './render-site.ts';
import { environmentOf } from './task-environment.ts';
import { taskTitle } from './task-header.ts';

/** Handlers by number, names that no handler answers to, and handlers whose own name cannot be rendered. */
export type NotifyTargets = {
  readonly numbers: readonly number[];
  readonly unknown: readonly string[];
  readonly warnings: readonly string[];
};

/**
 * The handlers that `task` notifies: all that listen to a name, and one of that name: the first in its block, the last
 * block asked first.
 */
export function notifyTargets(tree: PlayTree, task: Task, envOf: (task: Task) => Environment): NotifyTargets {
  if (task.notify.length === 0) return { numbers: [], unknown: [], warnings: [] };
  const env = envOf(task);
  const names = task.notify.flatMap((raw) => [renderValue(raw, env)].flat()).map(str);
  const handlers: readonly (Task | undefined)[] = flatTasks(tree.handlers);
  const numbers = new Set<number>();
  const unknown: string[] = [];
  const warnings = new Set<string>();
  for (const name of names) {
    const named = handlers.indexOf(handlerCalled(tree, name, { envOf, warnings }));
    const listening = handlers.flatMap((handler, number) => (listensTo(handler, name) ? [number] : []));
    for (const number of named < 0 ? listening : [named, ...listening]) numbers.add(number);
    if (named < 0 && listening.length === 0) unknown.push(name);
  }
  return { numbers: [...numbers], unknown, warnings: [...warnings] };
}

/** The names of the handlers that were not notified before, which `-vv` shows; none below that. */
export function notifiedHandlers(
  { site, targets, tree }: NotifiedAt,
  before: Pick<HostState, 'notified'>,
): readonly string[] {
  if (targets.numbers.length === 0 || site.context.settings.verbosity < limits.verbosityOfNotifications)
    return [];
  const handlers = flatTasks(tree.handlers);
  return targets.numbers.flatMap((number) => {
    const task = handlers[number];
    return task === undefined || before.notified.get(number) === true
      ? []
      : [taskTitle(task, environmentOf({ ...site, task }))];
  });
}

type NotifiedAt = {
  readonly site: RenderSite;
  readonly targets: NotifyTargets;
  readonly tree: PlayTree;
};

/** The notifications of a state with `numbers` added: due at once, or when the pending result says so. */
export function withNotified(
  state: HostState,
  numbers: readonly number[],
  isDue: Pending | true,
): HostState['notified'] {
  if (numbers.length === 0) return state.notified;
  const notified = new Map<number, Notification>(state.notified);
  for (const number of numbers) {
    const known = notified.get(number);
    if (isDue === true) notified.set(number, true);
    else if (known !== true) notified.set(number, [...(known ?? []), isDue]);
  }
  return notified;
}

/** A handler that runs is no longer notified. */
export function withoutNotification(state: HostState, task: Task, tree: PlayTree): HostState {
  if (!task.isHandler || state.notified.size === 0) return state;
  const number = tree.handlerNumber(task);
  if (number === undefined || !state.notified.has(number)) return state;
  const notified = new Map(state.notified);
  notified.delete(number);
  return { ...state, notified };
}

type Naming = { readonly envOf: (task: Task) => Environment; readonly warnings: Set<string> };

function handlerCalled(tree: PlayTree, name: string, naming: Naming): Task | undefined {
  for (const node of tree.handlers.toReversed()) {
    const found = flatTasks([node]).find((handler) => answersTo(handler, name, naming));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A handler's name is rendered with its own variables; one that cannot be answers to nothing. */
function ownName(handler: Task, { envOf, warnings }: Naming): string | undefined {
  if (handler.name === undefined || handler.name === null) return undefined;
  try {
    return str(renderValue(handler.name, envOf(handler)));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const source = handler.name instanceof Template ? handler.name.source : str(handler.name);
    if (handler.listen.length === 0)
      warnings.add(
        `Handler '${source}' is unusable because it has no listen topics and the name could not be templated (host-specific variables are not supported in handler names). The error: ${error.message}`,
      );
    return undefined;
  }
}

function answersTo(handler: Task, name: string, naming: Naming): boolean {
  const own = ownName(handler, naming);
  if (own === undefined) return false;
  if (own === name) return true;
  const { role } = handler;
  if (role === undefined) return false;
  const full = role.collection === undefined ? role.name : `${role.collection}.${role.name}`;
  return name === `${full} : ${own}` || name === `${role.name} : ${own}`;
}

/** Topics are compared as they are written. */
function listensTo(handler: Task | undefined, name: string): boolean {
  return (handler?.listen ?? []).some(
    (topic) => (topic instanceof Template ? topic.source : str(topic)) === name,
  );
}
