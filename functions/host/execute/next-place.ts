/** From a host's state to the next task: the play's tree with what this host has added to it. */

import type { Node, Task } from '../../../shared/project/model.ts';
import { Suspension } from '../../../shared/template/template-error.ts';
import type { HostEnd } from '../../../shared/wire/host-outcome.ts';
import type { OrderKey } from '../../../shared/wire/run-event.ts';
import {
  firstPlace,
  orderKey,
  type Place,
  type PlayTree,
  placeAfter,
  placeAfterFailure,
  placeInHandlers,
  placeInside,
} from './cursor.ts';
import type { HostState } from './host-state.ts';
import type { PlayContext } from './play-context.ts';

/** The tree that a host walks: the play's, with its includes and the handlers of roles they brought in. */
export function treeOf(context: PlayContext, state: HostState): PlayTree {
  const handlers =
    state.addedHandlers.length === 0 ? context.handlers : [...context.handlers, ...state.addedHandlers];
  const numbers = new Map(flatTasks(handlers).map((task, number) => [task, number]));
  return {
    nodes: context.nodes,
    handlers,
    inclusions: state.inclusions,
    isNotified: (handler) => isDue(state, numbers.get(handler) ?? -1),
    handlerNumber: (handler) => numbers.get(handler),
  };
}

/** Where the host goes on. Throws Suspension when that depends on a result still on its way. */
export function resolveNext(tree: PlayTree, state: HostState): Place {
  const { next } = state;
  switch (next.kind) {
    case 'first':
      return firstPlace(tree);
    case 'after':
      return placeAfter(tree, next.cursor);
    case 'inside':
      return placeInside(tree, next.cursor);
    case 'handlers':
      return placeInHandlers(tree, next.cursor);
    case 'failed':
      return placeAfterFailure(tree, next.cursor);
    default:
      return next satisfies never;
  }
}

/** The place, in linear order, of the task at which the host stands. */
export function orderOf(context: PlayContext, state: HostState): OrderKey {
  const tree = treeOf(context, state);
  const place = resolveNext(tree, state);
  if (place.kind === 'end') throw new Error('a host at the end of its play stands at no task');
  return orderKey(tree, place.cursor);
}

/** How the host ends when it comes to the end of its play. */
export function endOf(place: { readonly failed: boolean }, state: HostState): HostEnd {
  if (place.failed || state.hasFailed) return 'failed';
  return state.isDropped ? 'dropped' : 'done';
}

/** The state, which says so when the host has come to the end of its play. */
export function withEnd(context: PlayContext, state: HostState): HostState {
  if (state.ended !== undefined) return state;
  const place = resolveNext(treeOf(context, state), state);
  return place.kind === 'end' ? { ...state, ended: endOf(place, state) } : state;
}

/** Whether the host goes on in a rescue or always section. */
export function isSheltered(context: PlayContext, state: HostState): boolean {
  if (state.ended !== undefined) return false;
  const place = resolveNext(treeOf(context, state), state);
  const section = place.kind === 'end' ? undefined : place.cursor.at(-1)?.section;
  return section === 'rescue' || section === 'always';
}

/** All tasks among nodes and their blocks, in order; a handler's number is its place in this list. */
export function flatTasks(nodes: readonly Node[]): readonly Task[] {
  return nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : flatTasks([...node.tasks, ...node.rescue, ...node.always]),
  );
}

function isDue(state: HostState, number: number): boolean {
  const notification = state.notified.get(number);
  if (notification === undefined || notification === true) return notification === true;
  const waiting = notification.find((pending) => pending.value === undefined);
  const isKnown = notification.some((pending) => pending.value === true);
  if (waiting !== undefined && !isKnown)
    throw new Suspension(waiting.arrived, 'whether a handler was notified');
  return isKnown;
}
