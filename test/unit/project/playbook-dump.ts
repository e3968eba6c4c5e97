/** Loaded playbooks in the shape in which test/record/playbooks.py writes down Ansible's. */

import { PyFloat, type Value } from '../../../shared/base/value.ts';
import { everyKeyword, nearestKeyword, taskVars } from '../../../shared/project/inheritance.ts';
import type { Block, Node, Play, Role, Task } from '../../../shared/project/model.ts';
import { Template } from '../../../shared/template/python/special.ts';

/** A play with everything that counts for it; `root` stands for the case's directory. */
export function dumpPlay(play: Play, root: string): unknown {
  const plain = (value: Value | undefined): unknown => plainValue(value, root);
  const section = (blocks: readonly Block[]): unknown => blocks.map((block) => dumpNode(block, root));
  return {
    name: plain(play.name),
    hosts: plain(play.hosts),
    vars: plainVars([play.keywords.vars ?? new Map()], root),
    vars_files: plain([...play.varsFiles]),
    serial: plain([...play.serial]),
    tags: tagsOf(play),
    roles: play.roles.map((role) => [roleName(role), plain(defaultsOf(role)), plain(varsOf(role))]),
    pre_tasks: section(play.preTasks),
    role_tasks: section(play.roleTasks),
    tasks: section(play.tasks),
    post_tasks: section(play.postTasks),
    handlers: section(play.handlers),
  };
}

function plainValue(value: Value | undefined, root: string): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map((item) => plainValue(item, root));
  if (value instanceof Map) {
    return { dict: [...value].map(([key, item]) => [plainValue(key, root), plainValue(item, root)]) };
  }
  if (value instanceof Template) return value.source;
  if (value instanceof PyFloat) return value.value;
  return typeof value === 'string' ? value.replaceAll(root, 'ROOT') : value;
}

function plainVars(levels: readonly ReadonlyMap<Value, Value>[], root: string): unknown {
  const merged = new Map(levels.flatMap((level) => [...level]));
  const names = [...merged.keys()].map(String).filter((name) => name !== '_raw_params');
  return Object.fromEntries(names.sort().map((name) => [name, plainValue(merged.get(name), root)]));
}

function tagsOf(node: Node | Play): unknown {
  return [
    ...new Set(
      everyKeyword(node, 'tags')
        .flat()
        .map((tag) => String(plainValue(tag, '\0'))),
    ),
  ].sort();
}

function roleName(role: Role): string {
  return role.collection === undefined ? role.name : `${role.collection}.${role.name}`;
}

function defaultsOf(role: Role): Map<Value, Value> {
  return new Map([...role.dependencies.flatMap((one) => [...defaultsOf(one)]), ...role.defaults]);
}

function varsOf(role: Role): Map<Value, Value> {
  const dependencies = role.dependencies.flatMap((one) => [...varsOf(one)]);
  return new Map([...dependencies, ...(role.keywords.vars ?? []), ...role.vars]);
}

function dumpNode(node: Node, root: string): unknown {
  if (node.kind === 'task') return dumpTask(node, root);
  const section = (nodes: readonly Node[]): unknown => nodes.map((child) => dumpNode(child, root));
  return { block: section(node.tasks), rescue: section(node.rescue), always: section(node.always) };
}

function dumpTask(task: Task, root: string): unknown {
  const plain = (value: Value | undefined): unknown => plainValue(value, root);
  const list = (values: readonly Value[] | undefined): unknown => (values ?? []).map(plain);
  const args =
    task.args instanceof Template ? new Map<Value, Value>([['_variable_params', task.args]]) : task.args;
  return {
    notify: list(task.notify),
    until: list(task.until),
    changed_when: list(task.changedWhen),
    failed_when: list(task.failedWhen),
    listen: list(task.listen),
    action: task.action,
    args: plain(args),
    loop: plain(task.loop?.value),
    become: plain(nearestKeyword(task, 'become')),
    delegate_to: plain(nearestKeyword(task, 'delegateTo')),
    ignore_errors: plain(nearestKeyword(task, 'ignoreErrors')),
    remote_user: plain(nearestKeyword(task, 'remoteUser')),
    name: plain(task.name),
    with: task.loop === undefined || task.loop.with === 'loop' ? null : task.loop.with,
    register: task.register ?? null,
    when: unrepeated(everyKeyword(task, 'when').flat().map(plain)),
    tags: tagsOf(task),
    vars: plainVars(taskVars(task), root),
    environment: unrepeated(everyKeyword(task, 'environment').flat().map(plain)),
    collections: plain(nearestKeyword(task, 'collections') ?? []),
    role: task.role === undefined ? null : roleName(task.role),
  };
}

function unrepeated(values: readonly unknown[]): unknown {
  const texts = values.map((value) => JSON.stringify(value));
  return values.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
}
