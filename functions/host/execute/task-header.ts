/** A task as its banner shows it. */

import type { Value } from '../../../shared/base/value.ts';
import { everyKeyword } from '../../../shared/project/inheritance.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { Template } from '../../../shared/template/python/special.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import type { OrderKey, TaskHeader } from '../../../shared/wire/run-event.ts';

/** The header of a task at a place of the play. A name that cannot be rendered is shown as written. */
export function taskHeader(
  task: Task,
  order: OrderKey,
  site: { env: Environment; isCheckMode: boolean },
): TaskHeader {
  const name = renderedName(task, site.env);
  return {
    id: `${order.join('.')}@${task.position.file}:${task.position.line}:${task.position.column}`,
    title: titleOf(task, name),
    ...(name === undefined ? {} : { name }),
    action: task.action,
    file: task.position.file,
    line: task.position.line,
    isHandler: task.isHandler,
    isCheckMode: site.isCheckMode,
    isLoop: task.loop !== undefined,
    tags: everyKeyword(task, 'tags')
      .flat()
      .map((tag) => (typeof tag === 'string' ? tag : '')),
  };
}

/** The task as banners name it. */
export function taskTitle(task: Task, env: Environment): string {
  return titleOf(task, renderedName(task, env));
}

/** The task as banners would name it were nothing rendered. */
export function writtenTitle(task: Task): string {
  const { name } = task;
  return titleOf(task, name instanceof Template ? name.source : name === undefined ? undefined : str(name));
}

function titleOf(task: Task, name: string | undefined): string {
  const label = name ?? defaultTitle(task);
  // Ansible never names the role in which another one is included.
  const isPlain = task.role === undefined || INCLUDE_ROLE.test(task.action);
  return isPlain ? label : `${roleTitle(task)} : ${label}`;
}

const INCLUDE_ROLE = /(^|\.)include_role$/;

/** What stands for a missing name: the action, with the role that it includes as it is written. */
function defaultTitle(task: Task): string {
  const role = task.args instanceof Map ? (task.args.get('name') ?? task.args.get('role')) : undefined;
  if (!INCLUDE_ROLE.test(task.action) || role === undefined) return task.action;
  return `${task.action} : ${role instanceof Template ? role.source : str(role)}`;
}

/** The rendered text, or the text as written where it cannot be rendered. */
function renderedText(raw: Value, env: Environment): string {
  try {
    return str(renderValue(raw, env));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return raw instanceof Template ? raw.source : str(raw);
  }
}

/** The task's name for this host, or undefined when it has none. */
function renderedName(task: Task, env: Environment): string | undefined {
  const { name } = task;
  if (name === undefined || name === null || name === '') return undefined;
  return renderedText(name, env);
}

function roleTitle(task: Task): string {
  const role = task.role;
  if (role === undefined) return '';
  return role.collection === undefined ? role.name : `${role.collection}.${role.name}`;
}
