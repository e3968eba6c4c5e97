/** How keywords, variables and roles pass from plays, roles, includes and blocks down to a task. */

import type { Dict, Value } from '../base/value.ts';
import type { Block, Keywords, Node, Parent, Play, Role, Task } from './model.ts';

/** Something that keywords are written on. */
export type Level = Block | Play | Role | Task;

const DYNAMIC_INCLUDE = /^(?:ansible\.(?:builtin|legacy)\.)?(?:include|include_tasks|include_role)$/;

/** `node` and everything around it, nearest first, the play last. */
export function enclosing(node: Level): readonly Level[] {
  const levels: Level[] = [];
  for (let level: Level | undefined = node; level !== undefined; level = parentOf(level)) levels.push(level);
  return levels;
}

function parentOf(level: Level): Parent | undefined {
  return level.kind === 'play' ? undefined : level.parent;
}

/** Whether `task` brings in tasks at run time: what they inherit skips its keywords, but not its vars. */
export function isDynamicInclude(task: Task): boolean {
  return DYNAMIC_INCLUDE.test(task.action);
}

/** The levels whose keywords count for `node`, nearest first. */
function keywordLevels(node: Level): readonly Level[] {
  return enclosing(node).filter(
    (level) => level === node || level.kind !== 'task' || !isDynamicInclude(level),
  );
}

/** The keyword's value on the nearest level that has it. A written null counts: it switches inheritance off. */
export function nearestKeyword(node: Level, name: keyof Keywords): Value | undefined {
  return keywordLevels(node)
    .map((level) => keywordValue(level, name))
    .find((value) => value !== undefined);
}

/**
 * The keyword's values of all levels that have it, outermost first: for `when` (all must hold, in this order), `tags`
 * (their union), `environment` and `module_defaults` (later ones win).
 */
export function everyKeyword(node: Level, name: keyof Keywords): readonly Value[] {
  return keywordLevels(node)
    .toReversed()
    .filter((level) => !isImportCondition(node, level, name))
    .map((level) => keywordValue(level, name))
    .filter((value) => value !== undefined && value !== null);
}

/** The conditions of a play come from import_playbook, and are not for handlers. */
function isImportCondition(node: Level, level: Level, name: keyof Keywords): boolean {
  return name === 'when' && level.kind === 'play' && node.kind === 'task' && node.isHandler;
}

function keywordValue(level: Level, name: keyof Keywords): Value | undefined {
  const value = level.keywords[name];
  return isList(value) ? [...value] : value;
}

function isList(value: Value | readonly Value[] | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The `vars` of the blocks, imports and includes around `node` and its own, outermost first. Roles and play not included. */
export function taskVars(node: Node): readonly Dict[] {
  return enclosing(node)
    .toReversed()
    .flatMap((level) =>
      isTaskOrBlock(level) && level.keywords.vars !== undefined ? [level.keywords.vars] : [],
    );
}

/** The `vars` of run-time includes around `node` (and its own, when it is one), outermost first: these win over facts. */
export function includeParams(node: Node): readonly Dict[] {
  return enclosing(node).toReversed().flatMap(ownIncludeParams);
}

function ownIncludeParams(level: Level): readonly Dict[] {
  if (level.kind !== 'task') return [];
  const params = isDynamicInclude(level) ? level.keywords.vars : level.includeParams;
  return params === undefined ? [] : [params];
}

/** `role` and the roles that led to it, outermost first. */
export function roleChain(role: Role): readonly Role[] {
  return enclosing(role)
    .toReversed()
    .filter((level) => level.kind === 'role');
}

/** The play that `node` belongs to. */
export function playOf(node: Level): Play {
  const outermost = enclosing(node).at(-1);
  if (outermost?.kind !== 'play') throw new Error('a node without a play');
  return outermost;
}

function isTaskOrBlock(level: Level): level is Node {
  return level.kind === 'task' || level.kind === 'block';
}
