/** What include_tasks and include_role bring in while a play runs: files, parents, inheritance. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../shared/base/value.ts';
import { everyKeyword, nearestKeyword, roleChain, taskVars } from '../../../shared/project/inheritance.ts';
import { loadIncludedRole, loadIncludedTasks } from '../../../shared/project/load-included.ts';
import { loadPlaybook } from '../../../shared/project/load-playbook.ts';
import type { Block, Node, Task } from '../../../shared/project/model.ts';
import { loadDeps } from './load-deps.ts';

const directory = join(import.meta.dirname, '../../cases/playbooks/includes');
const deps = loadDeps(directory);
const { value: playbook, diagnostics: loaded } = loadPlaybook('site.yml', deps);

function tasksOf(nodes: readonly Node[]): readonly Task[] {
  return nodes.flatMap((node) => (node.kind === 'task' ? [node] : tasksOf(node.tasks)));
}

function at(list: readonly Task[], index: number): Task {
  const task = list[index];
  if (task === undefined) throw new Error(`no task ${index}`);
  return task;
}

function argument(task: Task, name: string): Value | undefined {
  return task.args instanceof Map ? task.args.get(name) : undefined;
}

/** Loads what the include brings in and everything that the includes in it bring in, in order. */
function messages(blocks: readonly Block[]): readonly (Value | undefined)[] {
  return tasksOf(blocks).flatMap((task) => {
    if (task.action !== 'include_tasks') return [argument(task, 'msg')];
    return messages(loadIncludedTasks(String(argument(task, '_raw_params')), task, deps).value.blocks);
  });
}

const includes = tasksOf(playbook.plays[0]?.tasks ?? []);

describe('include_tasks', () => {
  const { value, diagnostics } = loadIncludedTasks('tasks/first.yml', at(includes, 0), deps);
  const first = at(tasksOf(value.blocks), 0);

  it('loads without complaint', () => {
    expect([...loaded, ...diagnostics]).toEqual([]);
  });

  it('passes its vars on, but no other keyword', () => {
    expect(taskVars(first).map((vars) => [...vars])).toEqual([[['from_include', 1]], [['own', 1]]]);
    expect(everyKeyword(first, 'when').flat()).toEqual(['own']);
    expect(everyKeyword(first, 'tags').flat()).toEqual(['play']);
    expect(nearestKeyword(first, 'ignoreErrors')).toBeUndefined();
    expect(nearestKeyword(first, 'become')).toBe(true);
  });

  it('finds files where Ansible does: the playbook directory wins over deeper ones', () => {
    expect(messages(value.blocks)).toEqual(['first', 'second', 'third', 'fourth', 'fifth', 'dep']);
  });

  it('makes the roles imported below it public', () => {
    expect(value.publicRoles.map((role) => role.name)).toEqual(['dep']);
  });

  it('puts the keywords of apply around what it brings in', () => {
    const applied = loadIncludedTasks('tasks/first.yml', at(includes, 1), deps).value;
    const task = at(tasksOf(applied.blocks), 0);
    expect(everyKeyword(task, 'when').flat()).toEqual(['applied', 'own']);
    expect(everyKeyword(task, 'tags').flat()).toEqual(['play', 'applied']);
    expect(nearestKeyword(task, 'become')).toBe(false);
    expect(task.notify).toEqual(['applied handler']);
  });

  it('says where it looked for a file that does not exist', () => {
    const { value: nothing, diagnostics: problems } = loadIncludedTasks('nowhere.yml', at(includes, 4), deps);
    expect(nothing).toEqual({ blocks: [], handlers: [], publicRoles: [] });
    expect(problems.map((one) => one.message)).toEqual([
      `Could not find or access '${directory}/nowhere.yml' on the Ansible Controller.`,
    ]);
  });

  it('makes handlers of what a handler includes', () => {
    const handler = at(tasksOf(playbook.plays[0]?.handlers ?? []), 0);
    const { blocks } = loadIncludedTasks('tasks/second.yml', handler, deps).value;
    expect(tasksOf(blocks).map((task) => task.isHandler)).toEqual([true]);
  });
});

describe('include_role', () => {
  const { value, diagnostics } = loadIncludedRole({ name: 'r' }, at(includes, 2), deps);

  it('runs dependencies first and prefers files of the role itself', () => {
    expect(diagnostics).toEqual([]);
    expect(messages(value.blocks)).toEqual(['dep', 'inrole', 'beside']);
  });

  it('gives its vars to the role and keeps the role to itself', () => {
    const task = at(tasksOf(value.blocks), 1);
    expect([...(task.role?.keywords.vars ?? [])]).toEqual([['from_include', 2]]);
    expect(value.publicRoles).toEqual([]);
    expect(value.handlers.flatMap((block) => tasksOf([block])).map((one) => one.name)).toEqual([
      'role handler',
    ]);
    expect(task.role && roleChain(task.role).map((role) => role.name)).toEqual(['r']);
  });

  it('takes other files, makes roles public and applies keywords when asked to', () => {
    const request = { name: 'r', tasksFrom: 'other', isPublic: true };
    const other = loadIncludedRole(request, at(includes, 3), deps).value;
    expect(messages(other.blocks)).toEqual(['dep', 'other']);
    expect(other.publicRoles.map((role) => role.name)).toEqual(['r']);
    expect(everyKeyword(at(tasksOf(other.blocks), 1), 'tags').flat()).toEqual(['play', 'applied']);
  });

  it('says where it looked for a role that does not exist', () => {
    const { diagnostics: problems } = loadIncludedRole({ name: 'nobody' }, at(includes, 5), deps);
    expect(problems.map((one) => one.message)).toEqual([
      `the role 'nobody' was not found in ${directory}/roles:/nowhere/roles:${directory}`,
    ]);
  });
});
