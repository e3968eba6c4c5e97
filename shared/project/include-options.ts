/** The options of the import and include tasks. */

import { type Dict, isDict, type Value } from '../base/value.ts';
import { Template } from '../template/python/special.ts';
import { didYouMean } from './did-you-mean.ts';
import { builtinName, type Loading, type Problem, report, typeName, writtenText } from './loading.ts';
import type { Task } from './model.ts';

const FILE_OPTIONS = ['file', '_raw_params', 'apply'];
const FROM_OPTIONS = ['tasks_from', 'vars_from', 'defaults_from', 'handlers_from'];
const ROLE_OPTIONS = [
  'name',
  'role',
  ...FROM_OPTIONS,
  'apply',
  'public',
  'allow_duplicates',
  'rolespec_validate',
];

/** Checks the options of an import_tasks or include_tasks and gives its file as written; undefined when it has none. */
export function taskFileOption(loading: Pick<Loading, 'diagnostics'>, task: Task): Value | undefined {
  const args = argsOf(task);
  const action = builtinName(task.action);
  if (action !== 'include') checkOptions(loading, task, FILE_OPTIONS);
  if (action !== 'include_tasks') checkNoApply(loading, task);
  else checkApply(loading, task);
  const file = args.get('_raw_params') ?? args.get('file') ?? null;
  const isMissing = file === null || file === '';
  if (!isMissing && (action !== 'import_tasks' || writtenText(file) !== undefined)) return file;
  const given = `Expected a file name for ${task.action} but got <class '${typeName(file)}'> instead`;
  problem(loading, task, isMissing ? `No file specified for ${task.action}` : given);
  return undefined;
}

/** Checks the options of an import_role or include_role and gives the role's name as written. */
export function roleNameOption(loading: Pick<Loading, 'diagnostics'>, task: Task): Value | undefined {
  const args = argsOf(task);
  const isImport = builtinName(task.action) === 'import_role';
  const name = args.get('name') ?? args.get('role') ?? null;
  if (name === null) problem(loading, task, `'name' is a required field for ${task.action}.`);
  if (isImport && args.has('public')) problem(loading, task, `Invalid options for ${task.action}: public`);
  checkOptions(loading, task, ROLE_OPTIONS);
  if (isImport) checkNoApply(loading, task);
  else checkApply(loading, task);
  for (const option of FROM_OPTIONS) {
    const value = args.get(option);
    if (value === undefined || writtenText(value) !== undefined) continue;
    problem(loading, task, `Expected a string for ${option} but got <class '${typeName(value)}'> instead`);
  }
  if (name === null || !isImport || writtenText(name) !== undefined) return name ?? undefined;
  problem(
    loading,
    task,
    isDict(name) ? 'role definitions must contain a role name' : `Invalid role definition: ${typeName(name)}`,
  );
  return undefined;
}

/** The arguments of `task` when they are written as a dict. */
export function argsOf(task: Task): Dict {
  return isDict(task.args) ? task.args : new Map();
}

function checkOptions(loading: Pick<Loading, 'diagnostics'>, task: Task, known: readonly string[]): void {
  const bad = [...argsOf(task).keys()].map(String).filter((name) => !known.includes(name));
  if (bad.length === 0) return;
  const hint = didYouMean(bad[0] ?? '', known);
  problem(loading, task, `Invalid options for ${task.action}: ${bad.join(',')}`, hint);
}

function checkNoApply(loading: Pick<Loading, 'diagnostics'>, task: Task): void {
  if (!argsOf(task).has('apply')) return;
  problem(loading, task, `Invalid options for ${task.action}: apply`);
}

function checkApply(loading: Pick<Loading, 'diagnostics'>, task: Task): void {
  const apply = argsOf(task).get('apply');
  if (apply === undefined || isDict(apply) || apply instanceof Template) return;
  problem(loading, task, `Expected a dict for apply but got <class '${typeName(apply)}'> instead`);
}

function problem(
  loading: Pick<Loading, 'diagnostics'>,
  task: Task,
  message: string,
  hint?: Problem['hint'],
): void {
  report(loading, { code: 'include-options', message, position: task.position, hint });
}
