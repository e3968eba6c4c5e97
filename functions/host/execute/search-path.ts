/** Where a task's relative files are looked for, nearest first. */

import { dirname } from 'node:path';
import { enclosing } from '../../../shared/project/inheritance.ts';
import type { Play, Task } from '../../../shared/project/model.ts';

/**
 * The directories of `ansible_search_path`: the roles around the task, innermost first, then the directory of the
 * file it stands in, then that of the playbook.
 */
export function searchPath(play: Play, task: Task | undefined): readonly string[] {
  const roles: string[] = [];
  const file = task === undefined ? [] : [dirname(task.position.file)];
  for (const node of task === undefined ? [] : enclosing(task)) {
    if (node.kind === 'role') roles.push(node.directory);
    if (node.kind === 'task' && node.role !== undefined) roles.push(node.role.directory);
  }
  return [...new Set([...roles, ...file, play.directory])];
}
