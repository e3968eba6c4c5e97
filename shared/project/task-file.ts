/** Where the file of an import_tasks or include_tasks is: beside the task's own file, its includers', the role, the play. */

import { dirname, isAbsolute, join, normalize } from 'node:path';
import { enclosing, isDynamicInclude, playOf } from './inheritance.ts';
import type { LoadDeps } from './loading.ts';
import type { Task } from './model.ts';

/** The file called `name` (rendered) for `task`, and all places that were tried when there is none. */
export function findTaskFile(
  deps: Pick<LoadDeps, 'files'>,
  task: Task,
  name: string,
): { readonly path: string | undefined; readonly tried: readonly string[] } {
  const tried = candidates(deps, task, name);
  return { path: tried.find((path) => deps.files.kind(path) !== undefined), tried };
}

function candidates(deps: Pick<LoadDeps, 'files'>, task: Task, name: string): readonly string[] {
  if (isAbsolute(name)) return [normalize(name)];
  if (name.startsWith('~/')) return [join(deps.files.homeDirectory, name.slice(2))];
  const playDirectory = playOf(task).directory;
  const nearby = includingDirectories(task);
  if (task.role === undefined) return unique([...nearby, playDirectory].map((place) => join(place, name)));
  const subdirectory = task.isHandler ? 'handlers' : 'tasks';
  const inRole = [join(task.role.directory, subdirectory, name), join(task.role.directory, 'tasks', name)];
  const besides = nearby.flatMap((place) => [join(place, subdirectory, name), join(place, name)]);
  const fallbacks = [
    join(task.role.directory, name),
    join(playDirectory, subdirectory, name),
    join(playDirectory, name),
  ];
  const own = isDynamicInclude(task) ? [...inRole, ...besides] : [...besides, ...inRole];
  return unique([...own, ...fallbacks]);
}

/** Directories of the files through which the task came in, nearest first, up to its role or play. */
function includingDirectories(task: Task): readonly string[] {
  const levels = enclosing(task);
  const end = levels.findIndex((level) => level.kind === 'role' || level.kind === 'play');
  return unique(levels.slice(0, end).map((level) => dirname(level.position.file)));
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)];
}
