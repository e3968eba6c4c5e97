/** Puts the content of import_tasks and import_role in the place of the task, while the playbook is loaded. */

import type { Value } from '../base/value.ts';
import { Template } from '../template/python/special.ts';
import { argsOf, roleNameOption, taskFileOption } from './include-options.ts';
import { enclosing, isDynamicInclude, nearestKeyword } from './inheritance.ts';
import {
  builtinName,
  isBroken,
  type Loading,
  type Place,
  type RoleUse,
  readTree,
  report,
  writtenText,
} from './loading.ts';
import type { Block, Node, Role, Task } from './model.ts';
import { renderName } from './static-name.ts';
import { findTaskFile } from './task-file.ts';
import { isTrue } from './written-flag.ts';

/** What stands in the playbook for `task`: the imported tasks, or the task itself when it is no import. */
export function expandImport(loading: Loading, task: Task, place: Place): readonly Node[] {
  switch (builtinName(task.action)) {
    case 'import_tasks':
      return importTasks(loading, task, place);
    case 'include':
      return legacyInclude(loading, task, place);
    case 'include_tasks': {
      const file = taskFileOption(loading, task);
      return [file === undefined ? task : withFile(task, file)];
    }
    case 'import_role':
      return importRole(loading, task, place);
    case 'include_role':
      if (refuseRoleHandler(loading, task, place)) return [];
      roleNameOption(loading, task);
      return [task];
    default:
      return [task];
  }
}

/** The same task with its file under `_raw_params`, wherever it was written. */
function withFile(task: Task, file: Value): Task {
  const others = [...argsOf(task)].filter(([name]) => name !== 'file' && name !== '_raw_params');
  return { ...task, args: new Map([...others, ['_raw_params', file]]) };
}

/** The old `include` is an import when its name is plain, it does not loop, and all around it is static. */
function legacyInclude(loading: Loading, task: Task, place: Place): readonly Node[] {
  const file = taskFileOption(loading, task);
  const isStaticPlace = enclosing(task)
    .slice(1)
    .every((level) => level.kind !== 'task' || !isDynamicInclude(level));
  const keywords = { ...task.keywords, vars: new Map([...(task.keywords.vars ?? []), ...paramsOf(task)]) };
  const withParams: Task = { ...task, keywords };
  if (file instanceof Template || task.loop !== undefined || !isStaticPlace) return [withParams];
  const args = new Map([['_raw_params', file ?? null]]);
  const asImport: Task = {
    ...withParams,
    action: 'ansible.builtin.import_tasks',
    args,
    includeParams: task.keywords.vars ?? new Map(),
  };
  return importTasks(loading, asImport, place);
}

function paramsOf(task: Task): readonly (readonly [Value, Value])[] {
  const reserved = ['_raw_params', 'file', 'tags', 'when'];
  return [...argsOf(task)].filter(([name]) => !reserved.includes(String(name)));
}

function importTasks(loading: Loading, task: Task, place: Place): readonly Node[] {
  const written = taskFileOption(loading, task);
  if (refuseLoop(loading, task) || written === undefined) return [];
  const name = renderName(loading, { value: written, at: task, position: task.position });
  if (name === undefined) return [];
  const { path, tried } = findTaskFile(loading.deps, task, name);
  const tree = path === undefined ? undefined : readTree(loading, path);
  if (path === undefined || tree === undefined) {
    report(loading, {
      code: 'file-missing',
      exitCode: 1,
      message: `Could not find or access '${tried.at(-1) ?? name}' on the Ansible Controller.`,
      position: task.position,
      hint: `Looked for: ${tried.join(', ')}`,
    });
    return [];
  }
  if (refuseRecursion(loading, task, path) || isBroken(loading, path)) return [];
  if (tree.value === null) {
    const message = `file ${path} is empty and had no tasks to include`;
    report(loading, { severity: 'warning', code: 'file-empty', message, position: task.position });
    return [];
  }
  if (tree.kind !== 'list') {
    const message = 'included task files must contain a list of tasks';
    report(loading, { code: 'file-shape', message, position: tree.position });
    return [];
  }
  const blocks = loading.loadBlocks(loading, tree, { ...place, parent: task, what: 'tasks' });
  return place.isHandler ? blocks.flatMap((block) => block.tasks) : blocks;
}

function refuseLoop(loading: Loading, task: Task): boolean {
  if (task.loop === undefined) return false;
  const kind = builtinName(task.action) === 'import_role' ? 'role' : 'tasks';
  report(loading, {
    code: 'import-loop',
    message: `You cannot use loops on 'import_${kind}' statements. You should use 'include_${kind}' instead.`,
    position: task.position,
  });
  return true;
}

/** Files that import each other without a run-time include between them never end. */
function refuseRecursion(loading: Loading, task: Task, path: string): boolean {
  const levels = enclosing(task);
  const end = levels.findIndex((level) => level.kind === 'task' && isDynamicInclude(level));
  const isOpen = levels
    .slice(0, end < 0 ? levels.length : end)
    .some((level) => level.kind === 'task' && level.position.file === path);
  if (!isOpen) return false;
  const message = `a recursion loop was detected: '${path}' imports itself`;
  report(loading, { code: 'import-recursion', message, position: task.position });
  return true;
}

function refuseRoleHandler(loading: Loading, task: Task, place: Place): boolean {
  if (!place.isHandler) return false;
  const message = `Using '${task.action}' as a handler is not supported.`;
  report(loading, { code: 'include-options', message, position: task.position });
  return true;
}

function importRole(loading: Loading, task: Task, place: Place): readonly Node[] {
  if (refuseRoleHandler(loading, task, place)) return [];
  const written = roleNameOption(loading, task);
  if (refuseLoop(loading, task) || written === undefined) return [];
  const name = renderName(loading, { value: written, at: task, position: task.position });
  if (name === undefined) return [];
  const from = fromOptions(task, (value) =>
    renderName(loading, { value, at: task, position: task.position }),
  );
  const role = loading.loadRole(loading, { ...roleUse(task, name, from), isPublic: true, parent: task });
  if (role === undefined) return [];
  loading.play.roles.push(role);
  loading.play.handlers.push(...roleHandlers(role, loading.handlersFrom));
  return roleBlocks(role);
}

/** The wish that an import_role or include_role task expresses. */
export function roleUse(task: Task, name: string, from: ReadonlyMap<string, string>): RoleUse {
  const args = argsOf(task);
  const collections = nearestKeyword(task, 'collections');
  return {
    name,
    parent: task,
    position: task.position,
    params: new Map(),
    keywords: task.keywords.vars === undefined ? {} : { vars: task.keywords.vars },
    from,
    isFromInclude: true,
    allowDuplicates: isTrue(args.get('allow_duplicates') ?? true),
    isPublic: isTrue(args.get('public') ?? false),
    isValidated: isTrue(args.get('rolespec_validate') ?? true),
    collections: Array.isArray(collections) ? collections.filter((item) => typeof item === 'string') : [],
    besides: undefined,
  };
}

/** The chosen files among the options of an import_role or include_role, by directory. */
function fromOptions(task: Task, render: (value: Value) => string | undefined): ReadonlyMap<string, string> {
  const from = new Map<string, string>();
  for (const directory of ['tasks', 'vars', 'defaults', 'handlers']) {
    const value = argsOf(task).get(`${directory}_from`);
    if (value === undefined || writtenText(value) === undefined) continue;
    const file = render(value)?.split('/').at(-1);
    if (file !== undefined) from.set(directory, file);
  }
  return from;
}

/** The tasks of a role and, before them, of its dependencies. */
export function roleBlocks(role: Role): readonly Block[] {
  return [...role.dependencies.flatMap(roleBlocks), ...role.tasks];
}

/**
 * The handlers of a role and, before them, of its dependencies, as far as `known` roles do not have them: another use of
 * the same role brings no handlers of its own.
 */
export function roleHandlers(role: Role, known: Set<string>): readonly Block[] {
  if (known.has(role.identity)) return [];
  known.add(role.identity);
  return [...role.dependencies.flatMap((one) => roleHandlers(one, known)), ...role.handlers];
}
