/**
 * Where the file of an import_tasks or include_tasks is. Ansible joins the directories in the names of the includes that
 * led to a task, nearest first, and looks for each joined directory below the role's tasks or the playbook.
 */

import { dirname, isAbsolute, join, normalize, relative, resolve } from 'node:path';
import { argsOf } from './include-options.ts';
import { enclosing, isDynamicInclude, type Level, playOf } from './inheritance.ts';
import { builtinName, type LoadDeps, writtenText } from './loading.ts';
import type { Role, Task } from './model.ts';

type Files = Pick<LoadDeps, 'files'>;

/** What a search knows: the task, its role and play, and the directory names of the includes around it, nearest first. */
type Search = {
  readonly deps: Files;
  readonly role: Role | undefined;
  readonly playDirectory: string;
  readonly subdirectory: string;
  readonly name: string;
};

/** The file called `name` (rendered) for `task`, and all places that were tried when there is none. */
export function findTaskFile(
  deps: Files,
  task: Task,
  name: string,
): { readonly path: string | undefined; readonly tried: readonly string[] } {
  const tried = [...new Set(candidates(deps, task, name))];
  return { path: tried.find((path) => deps.files.kind(path) !== undefined), tried };
}

function candidates(deps: Files, task: Task, name: string): readonly string[] {
  if (isAbsolute(name)) return [normalize(name)];
  if (name.startsWith('~/')) return [join(deps.files.homeDirectory, name.slice(2))];
  const isDynamic = isDynamicInclude(task);
  const search: Search = {
    deps,
    role: task.role,
    playDirectory: playOf(task).directory,
    subdirectory: task.isHandler ? 'handlers' : 'tasks',
    name,
  };
  const directories = joinedDirectories(includeDirectories(task, isDynamic));
  const nearby = directories.flatMap((directory) => besideIncludes(search, directory, isDynamic));
  return isDynamic && directories.length > 0 ? nearby : [...nearby, ...fallback(search)];
}

/** The directories in the names of the includes around `task`; a role that was included counts with its own. */
function includeDirectories(task: Task, isDynamic: boolean): readonly string[] {
  const levels = enclosing(task);
  const directories: string[] = [];
  for (const [index, level] of levels.entries()) {
    if (level.kind !== 'task' || index === 0) continue;
    const isRole = ['import_role', 'include_role'].includes(builtinName(level.action));
    if (isRole && !isDynamic) break;
    directories.push(isRole ? roleDirectory(levels, index) : nameDirectory(level, levels.slice(0, index)));
  }
  return directories;
}

function roleDirectory(levels: readonly Level[], index: number): string {
  const role = levels.slice(0, index).findLast((level) => level.kind === 'role');
  return role?.directory ?? '';
}

/** The directory part of an include's file as written; of a template, that of the file which it turned out to be. */
function nameDirectory(include: Task, inside: readonly Level[]): string {
  const text = argsOf(include).get('_raw_params') ?? argsOf(include).get('file') ?? null;
  if (typeof text === 'string') return directoryPart(text);
  const file = inside.findLast((level) => level.position.file !== include.position.file)?.position.file;
  if (file === undefined) return directoryPart(writtenText(text) ?? '');
  const beside = relative(dirname(include.position.file), dirname(file));
  return beside.startsWith('..') ? dirname(file) : beside;
}

function directoryPart(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function joinedDirectories(directories: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const directory of directories) {
    const inner = joined.at(-1);
    joined.push(
      inner === undefined || isAbsolute(inner) ? directory : join(directory, inner).replace(/^\.$/, ''),
    );
  }
  return joined;
}

function besideIncludes(search: Search, directory: string, isDynamic: boolean): readonly string[] {
  const { role, name } = search;
  if (role === undefined) return relativePlaces(search, search.playDirectory, { directory, name });
  const subdirectory = isDynamic ? 'tasks' : search.subdirectory;
  const base = isAbsolute(directory) ? directory : `${role.directory}/${subdirectory}/${directory}`;
  const beside = relativePlaces(search, base, { directory: subdirectory, name });
  return isDynamic
    ? [...relativePlaces(search, role.directory, { directory: 'tasks', name }), ...beside]
    : beside;
}

function fallback(search: Search): readonly string[] {
  const { role, name } = search;
  if (role === undefined) return [join(search.playDirectory, name)];
  return relativePlaces(search, role.directory, { directory: search.subdirectory, name, isRole: true });
}

/** The places below `base` for a file that may stand in `directory`, then those below the playbook's directory. */
function relativePlaces(
  search: Search,
  base: string,
  wanted: { readonly directory: string; readonly name: string; readonly isRole?: boolean },
): readonly string[] {
  const { directory, name } = wanted;
  const isRole = wanted.isRole ?? looksLikeRole(search.deps, base);
  const root = isRole && /(?:^|\/)tasks\/?$/.test(base) ? base.slice(0, base.lastIndexOf('/')) : base;
  return [
    join(base, directory, name),
    join(root, directory, name),
    ...(isRole && !name.endsWith(directory) ? [join(root, 'tasks', name)] : []),
    resolve(search.deps.files.workingDirectory, directory, name),
    join(root, name),
    join(search.playDirectory, directory, name),
    join(search.playDirectory, name),
  ];
}

function looksLikeRole(deps: Files, path: string): boolean {
  const directories = [path, dirname(path)].flatMap((one) => [join(one, 'tasks'), join(one, 'meta')]);
  const places = /(?:^|\/)tasks\/?$/.test(path) ? [path, ...directories] : directories;
  return places.some((place) =>
    ['main.yml', 'main.yaml', 'main'].some((name) => deps.files.kind(join(place, name)) !== undefined),
  );
}
