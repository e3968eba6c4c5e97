/** Where a host stands in its play: a pure walk over blocks, rescue and always sections, includes and handlers. */

import type { Node, Task } from '../../../shared/project/model.ts';
import type { OrderKey } from '../../../shared/wire/run-event.ts';

/**
 * One level of the walk. The first frame lies in the play's own list; each further one in a section of the node
 * that the frame before points at. `failed` marks an always section after which the failure goes on.
 */
export type Frame =
  | { readonly section: 'always' | 'rescue' | 'tasks'; readonly index: number; readonly failed: boolean }
  | { readonly section: 'handlers'; readonly index: number }
  | { readonly section: 'included'; readonly file: number; readonly index: number };

/** The way from the play down to one task. Plain data: it crosses processes. */
export type Cursor = readonly Frame[];

/** What an include task brought in on this host: a file or role, with one list of nodes. */
export type Inclusion = { readonly source: string; readonly nodes: readonly Node[] };

/** What the walk goes over: the play's own nodes, its handlers, and what includes brought in at which cursor. */
export type PlayTree = {
  readonly nodes: readonly Node[];
  readonly handlers: readonly Node[];
  readonly inclusions: ReadonlyMap<string, readonly Inclusion[]>;
  /** Whether a handler runs in the flush at hand; asked when the walk reaches it. */
  readonly isNotified: (handler: Task) => boolean;
  /** A handler's number among all handlers of this host. */
  readonly handlerNumber: (handler: Task) => number | undefined;
};

/** A place to go on, or the end of the play for this host. */
export type Place =
  | { readonly kind: 'end'; readonly failed: boolean }
  | { readonly kind: 'task'; readonly cursor: Cursor };

/** The first task of the play. */
export function firstPlace(tree: PlayTree): Place {
  return settle(tree, [{ section: 'tasks', index: 0, failed: false }]);
}

/** Where to go on after the task at `cursor` ended well, was skipped, or was ignored. */
export function placeAfter(tree: PlayTree, cursor: Cursor): Place {
  return settle(tree, step(cursor));
}

/** The first task of what the include task at `cursor` brought in, or what follows it. */
export function placeInside(tree: PlayTree, cursor: Cursor): Place {
  return settle(tree, [...cursor, { section: 'included', file: 0, index: 0 }]);
}

/** The first handler to run in the flush at `cursor`, or what follows the flush. */
export function placeInHandlers(tree: PlayTree, cursor: Cursor): Place {
  return settle(tree, [...cursor, { section: 'handlers', index: 0 }]);
}

/** Where to go on after the task at `cursor` failed: a rescue or always section, or the end. */
export function placeAfterFailure(tree: PlayTree, cursor: Cursor): Place {
  const frame = cursor.at(-1);
  if (frame === undefined || cursor.length === 1) return { kind: 'end', failed: true };
  const outside = cursor.slice(0, -1);
  if (frame.section === 'tasks' && listAt(tree, outside, 'rescue').length > 0)
    return settle(tree, [...outside, { section: 'rescue', index: 0, failed: false }]);
  if (frame.section === 'tasks' || frame.section === 'rescue')
    return settle(tree, [...outside, { section: 'always', index: 0, failed: true }]);
  return placeAfterFailure(tree, outside);
}

/** Whether a rescue section is going to take over when the task at `cursor` fails. */
export function isRescued(tree: PlayTree, cursor: Cursor): boolean {
  return cursor.some(
    (frame, depth) =>
      depth > 0 && frame.section === 'tasks' && listAt(tree, cursor.slice(0, depth), 'rescue').length > 0,
  );
}

/** Whether the place lies in handlers that a flush runs; a rescue section around it does not count as one for them. */
export function isInFlush(cursor: Cursor): boolean {
  return cursor.some((frame) => frame.section === 'handlers');
}

/** The task at `cursor`. */
export function taskAt(tree: PlayTree, cursor: Cursor): Task {
  const node = nodeAt(tree, cursor);
  if (node?.kind !== 'task') throw new Error(`no task at ${cursorKey(cursor)}`);
  return node;
}

/** The cursor as a text: key of inclusions and of memories. */
export function cursorKey(cursor: Cursor): string {
  return cursor
    .map(
      (frame) => `${frame.section[0]}${frame.section === 'included' ? `${frame.file}.` : ''}${frame.index}`,
    )
    .join('/');
}

/**
 * A place as the journal names it. What was started behind a failure that was not known yet is given up, and may be
 * started anew: the failures before it tell the two apart.
 */
export function placeKey(cursor: Cursor, { failures }: { readonly failures: number }): string {
  return failures === 0 ? cursorKey(cursor) : `${cursorKey(cursor)}!${failures}`;
}

/** The cursor's place in linear order; the same for every host that is at the same task. */
export function orderKey(tree: PlayTree, cursor: Cursor): OrderKey {
  return cursor.flatMap((frame, depth) => {
    switch (frame.section) {
      case 'tasks':
      case 'handlers':
        return [0, frame.index];
      case 'rescue':
        return [1, frame.index];
      case 'always':
        return [2, frame.index];
      case 'included': {
        const source = tree.inclusions.get(cursorKey(cursor.slice(0, depth)))?.[frame.file]?.source ?? '';
        return [source, frame.index];
      }
      default:
        return frame satisfies never;
    }
  });
}

function step(cursor: Cursor): Cursor {
  const frame = cursor.at(-1);
  if (frame === undefined) throw new Error('an empty cursor has no next place');
  return [...cursor.slice(0, -1), { ...frame, index: frame.index + 1 }];
}

/** Walks from a cursor that may point at a block or past the end of a list to the next task. */
function settle(tree: PlayTree, start: Cursor): Place {
  let cursor = start;
  for (;;) {
    const node = nodeAt(tree, cursor);
    if (node?.kind === 'task') {
      if (!isHandlerOfFlush(cursor) || tree.isNotified(node)) return { kind: 'task', cursor };
      cursor = step(cursor);
    } else if (node?.kind === 'block') {
      cursor = [...cursor, { section: 'tasks', index: 0, failed: false }];
    } else {
      const next = leaveList(tree, cursor);
      if ('kind' in next) return next;
      cursor = next;
    }
  }
}

/** Whether the place is one of the play's handlers, in a flush; what a handler includes runs unasked. */
function isHandlerOfFlush(cursor: Cursor): boolean {
  const flush = cursor.findLastIndex((frame) => frame.section === 'handlers');
  return flush >= 0 && !cursor.slice(flush).some((frame) => frame.section === 'included');
}

/** What follows the end of the innermost list. */
function leaveList(tree: PlayTree, cursor: Cursor): Cursor | Place {
  const frame = cursor.at(-1);
  const outside = cursor.slice(0, -1);
  if (frame === undefined || outside.length === 0) return { kind: 'end', failed: false };
  if (frame.section === 'tasks' || frame.section === 'rescue')
    return [...outside, { section: 'always', index: 0, failed: false }];
  if (frame.section === 'always' && frame.failed) return placeAfterFailure(tree, outside);
  if (frame.section === 'included') {
    const files = tree.inclusions.get(cursorKey(outside)) ?? [];
    if (frame.file + 1 < files.length)
      return [...outside, { section: 'included', file: frame.file + 1, index: 0 }];
  }
  return step(outside);
}

function nodeAt(tree: PlayTree, cursor: Cursor): Node | undefined {
  const frame = cursor.at(-1);
  if (frame === undefined) return undefined;
  const outside = cursor.slice(0, -1);
  if (outside.length === 0) return tree.nodes[frame.index];
  if (frame.section === 'handlers') return tree.handlers[frame.index];
  if (frame.section === 'included')
    return tree.inclusions.get(cursorKey(outside))?.[frame.file]?.nodes[frame.index];
  return listAt(tree, outside, frame.section)[frame.index];
}

function listAt(tree: PlayTree, cursor: Cursor, section: 'always' | 'rescue' | 'tasks'): readonly Node[] {
  const node = nodeAt(tree, cursor);
  return node?.kind === 'block' ? node[section] : [];
}
