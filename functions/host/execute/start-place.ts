/** `--start-at-task`: where in a play a host starts. */

import { compileGlob } from '../../../shared/base/glob.ts';
import type { Task } from '../../../shared/project/model.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { Template } from '../../../shared/template/python/special.ts';
import { cursorKey, firstPlace, type PlayTree, placeAfter, taskAt } from './cursor.ts';

/** The key of the first task whose name, as it is written, is `name` or matches it as a glob. */
export function startPlace(tree: PlayTree, name: string): string | undefined {
  const glob = compileGlob(name);
  for (let place = firstPlace(tree); place.kind === 'task'; place = placeAfter(tree, place.cursor)) {
    const names = namesOf(taskAt(tree, place.cursor));
    if (names.some((each) => each === name || glob.test(each))) return cursorKey(place.cursor);
  }
  return undefined;
}

function namesOf(task: Task): readonly string[] {
  const { name, role } = task;
  const own = name instanceof Template ? name.source : name === undefined || name === null ? '' : str(name);
  const label = own === '' ? task.action : own;
  if (role === undefined) return own === '' ? [label] : [own];
  const full = role.collection === undefined ? role.name : `${role.collection}.${role.name}`;
  return own === '' ? [`${full} : ${label}`] : [own, `${full} : ${label}`];
}
