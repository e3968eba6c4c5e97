/** A task's tags, inherited and rendered. */

import { everyKeyword } from '../../../shared/project/inheritance.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { renderValue } from '../../../shared/template/render.ts';

/** All tags of a task; a template may give several as a list. */
export function taskTags(task: Task, env: Environment): readonly string[] {
  return everyKeyword(task, 'tags')
    .flat()
    .flatMap((raw) => [typeof raw === 'string' ? raw : renderValue(raw, env)].flat())
    .map((tag) => str(tag).trim())
    .filter((tag) => tag !== '');
}
