/** What include_tasks and include_role bring into a host's play, once their names are rendered. */

import { RunAbort } from '../../../shared/base/abort.ts';
import { type Checked, type Diagnostic, hasErrors } from '../../../shared/base/diagnostic.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Included as LoadedInclude, RoleRequest } from '../../../shared/project/load-included.ts';
import type { Task } from '../../../shared/project/model.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { isTrue } from '../../../shared/template/python/values.ts';
import { shortName } from '../actions/action-name.ts';
import { cursorKey, type Inclusion } from './cursor.ts';
import { whereabouts } from './explain-error.ts';
import type { HostState } from './host-state.ts';
import type { PlayContext } from './play-context.ts';
import type { TaskAt } from './progress.ts';
import type { ItemEnd, TaskEnd } from './task-end.ts';
import { flagOf } from './task-keywords.ts';

/** A state into which includes may have been brought, and the `included:` lines to show. */
export type Included = {
  readonly state: HostState;
  readonly shown: readonly { readonly file: string; readonly label: string | undefined }[];
  /** Why something could not be included. */
  readonly error: string | undefined;
};

const MISSING: ReadonlySet<string> = new Set([
  'file-missing',
  'role-missing',
  'vault-closed',
  'vault-failed',
]);
const INCLUDES = new Set(['include', 'include_tasks', 'include_role']);

/** Whether the task brings in others when it runs. */
export function isInclude(task: Task): boolean {
  return INCLUDES.has(shortName(task.action));
}

/** Brings in what an include task named on this host, one inclusion for each item that was not skipped. */
export function bringIn(state: HostState, at: TaskAt, end: TaskEnd): Included {
  const items = (end.items ?? [end]).filter((item) => item.result.get('skipped') !== true);
  const inclusions: Inclusion[] = [];
  const shown: { file: string; label: string | undefined }[] = [];
  let added = state;
  for (const item of items) {
    const include = withItem(at.task, item);
    const one =
      shortName(at.task.action) === 'include_role' ? roleOf(at, include, item) : fileOf(at, include, item);
    if (one.error !== undefined) return { state, shown, error: one.error };
    inclusions.push({
      source: sourceAmong(inclusions, `${one.source}#${item.label ?? ''}`),
      nodes: one.nodes,
    });
    if (one.isFile) shown.push({ file: one.source, label: shownLabel(at.task, item) });
    added = { ...added, ...one.changes(added) };
  }
  const key = cursorKey(at.cursor);
  const next: HostState = {
    ...added,
    inclusions: new Map([...added.inclusions, [key, inclusions]]),
    next: inclusions.length === 0 ? state.next : { kind: 'inside', cursor: at.cursor },
  };
  return { state: next, shown, error: undefined };
}

/** A source that none of the inclusions has, also where items are alike. */
function sourceAmong(inclusions: readonly Inclusion[], source: string): string {
  const isKnown = inclusions.some((inclusion) => inclusion.source === source);
  return isKnown ? sourceAmong(inclusions, `${source}#`) : source;
}

/** The label of a loop's item; Ansible shows none that counts as false. */
function shownLabel(task: Task, { label, result }: ItemEnd): string | undefined {
  const loopVar = result.get('ansible_loop_var');
  const value = task.loopControl.label === undefined && loopVar !== undefined ? result.get(loopVar) : label;
  return isTrue(value ?? null) ? label : undefined;
}

type One = {
  readonly source: string;
  /** A file of tasks, which is shown; a role is not. */
  readonly isFile: boolean;
  readonly nodes: Inclusion['nodes'];
  readonly error?: string;
  readonly changes: (state: HostState) => Partial<HostState>;
};

function fileOf(at: TaskAt, include: Task, item: ItemEnd): One {
  const name = str(item.result.get('include') ?? '');
  return brought(at.site.context.include.tasks(name, include), name, at.site.context);
}

function roleOf(at: TaskAt, include: Task, item: ItemEnd): One {
  const args = item.result.get('include_args');
  const request = roleRequest(args instanceof Map ? args : new Map());
  return brought(at.site.context.include.role(request, include), request.name, at.site.context);
}

function brought(loaded: Checked<LoadedInclude>, name: string, context: PlayContext): One {
  const { value, diagnostics } = loaded;
  if (hasErrors(diagnostics)) return failedInclude(diagnostics, context);
  return {
    source: value.file ?? name,
    isFile: value.file !== undefined,
    nodes: value.blocks,
    changes: (state) => ({
      addedHandlers: [...state.addedHandlers, ...value.handlers],
      publicRoles: [...state.publicRoles, ...value.publicRoles],
    }),
  };
}

/** The rendered arguments of include_role. */
function roleRequest(args: Dict): RoleRequest {
  const text = (name: string): string | undefined => {
    const value = args.get(name);
    return value === undefined || value === null ? undefined : str(value);
  };
  const texts = {
    tasksFrom: text('tasks_from'),
    varsFrom: text('vars_from'),
    defaultsFrom: text('defaults_from'),
    handlersFrom: text('handlers_from'),
  };
  const flags = {
    allowDuplicates: flagOf('allow_duplicates', args.get('allow_duplicates')),
    isPublic: flagOf('public', args.get('public')),
    isValidated: flagOf('rolespec_validate', args.get('rolespec_validate')),
  };
  return { name: text('name') ?? text('role') ?? '', ...present(texts), ...present(flags) };
}

/** The entries that have a value. */
function present<T>(entries: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const kept: Record<string, T> = {};
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) kept[name] = value;
  return kept;
}

/** What is not there or stays closed fails the task; a file that is no list of tasks ends the run. */
function failedInclude(diagnostics: readonly Diagnostic[], context: PlayContext): One {
  const first = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  if (first !== undefined && !MISSING.has(first.code)) {
    const place = first.position === undefined ? '' : whereabouts(first.position, context).trimEnd();
    throw new RunAbort(first.message + place, { isParserError: true });
  }
  return {
    source: '',
    isFile: false,
    nodes: [],
    error: first?.message ?? 'the include failed',
    changes: () => ({}),
  };
}

/** The include task as the parent of what it brings in: its loop variable becomes one of its vars. */
function withItem(task: Task, item: ItemEnd): Task {
  const vars: Dict = new Map<Value, Value>(task.keywords.vars ?? []);
  const { result } = item;
  const loopVar = result.get('ansible_loop_var');
  const indexVar = result.get('ansible_index_var');
  for (const name of ['ansible_loop', loopVar, indexVar]) {
    const value = name === undefined ? undefined : result.get(name);
    if (name !== undefined && value !== undefined) vars.set(name, value);
  }
  const args = result.get('include_args');
  if (shortName(task.action) !== 'include_role' && args instanceof Map)
    for (const [name, value] of args) if (name !== 'apply' && name !== 'file') vars.set(name, value);
  return { ...task, keywords: { ...task.keywords, vars } };
}
