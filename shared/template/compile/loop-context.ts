/** The `loop` of a for statement. */

import type { Value } from '../../base/value.ts';
import { boundMethod } from '../python/bind-arguments.ts';
import { equals } from '../python/comparison.ts';
import { typeError } from '../python/error.ts';
import { PyObject, PyTuple, Undefined } from '../python/special.ts';
import { force } from '../python/values.ts';

/** What a loop runs over, and where it stands. */
export type LoopState = {
  readonly items: { readonly length: number; readonly at: (index: number) => Value | undefined };
  readonly depth0: number;
  /** Renders the loop's body over other items, one level deeper; only loops marked `recursive` have it. */
  readonly recurse: ((items: Value) => Value) | undefined;
  index0: number;
  lastChanged: readonly Value[] | undefined;
};

/** The object that templates see; it follows `state` as the loop goes on. */
export function makeLoop(state: LoopState): PyObject {
  const { call } = boundMethod('LoopContext.__call__', 'iterable', (items = null) => {
    if (state.recurse === undefined) {
      throw typeError("The loop must have the 'recursive' marker to be called recursively.");
    }
    return state.recurse(force(items));
  });
  return new PyObject({
    typeName: 'jinja2.runtime.LoopContext',
    str: () => `<LoopContext ${state.index0 + 1}/${state.items.length}>`,
    length: () => state.items.length,
    attribute: (name) => ATTRIBUTES.get(name)?.(state),
    call,
  });
}

const ATTRIBUTES: ReadonlyMap<string, (state: LoopState) => Value> = new Map<
  string,
  (state: LoopState) => Value
>([
  [
    'changed',
    (state) => boundMethod('LoopContext.changed', '*value', (args) => hasChanged(state, itemsIn(args))),
  ],
  ['cycle', (state) => boundMethod('LoopContext.cycle', '*args', (args) => cycle(state, itemsIn(args)))],
  ['depth', (state) => state.depth0 + 1],
  ['depth0', (state) => state.depth0],
  ['first', (state) => state.index0 === 0],
  ['index', (state) => state.index0 + 1],
  ['index0', (state) => state.index0],
  ['last', (state) => state.index0 + 1 >= state.items.length],
  ['length', (state) => state.items.length],
  ['nextitem', (state) => neighbour(state, state.index0 + 1, 'there is no next item')],
  ['previtem', (state) => neighbour(state, state.index0 - 1, 'there is no previous item')],
  ['revindex', (state) => state.items.length - state.index0],
  ['revindex0', (state) => state.items.length - state.index0 - 1],
]);

function itemsIn(args: Value | undefined): readonly Value[] {
  return Array.isArray(args) ? args : [];
}

function neighbour(state: LoopState, index: number, message: string): Value {
  const item = index < 0 || index >= state.items.length ? undefined : state.items.at(index);
  return item === undefined ? new Undefined(message) : force(item);
}

function cycle(state: LoopState, args: readonly Value[]): Value {
  if (args.length === 0) throw typeError('no items for cycling given');
  return args[state.index0 % args.length] ?? null;
}

function hasChanged(state: LoopState, args: readonly Value[]): boolean {
  const isSame = state.lastChanged !== undefined && equals(new PyTuple(state.lastChanged), new PyTuple(args));
  if (!isSame) state.lastChanged = args;
  return !isSame;
}
