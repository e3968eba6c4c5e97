/** The methods of Python's list and tuple. */

import { limits } from '../../base/limits.ts';
import type { Value } from '../../base/value.ts';
import { countItems } from '../budget.ts';
import { compare, equals } from './comparison.ts';
import { pythonError, valueError } from './error.ts';
import { intArgument, type MethodTable, methodTable, rangeArguments } from './method.ts';
import { repr } from './repr.ts';
import { sortAsPython } from './sort.ts';
import { PyCallable, type PyTuple } from './special.ts';
import { checkLength, force, isTrue, toList } from './values.ts';

/** By name; lists are changed in place. */
export const listMethods: MethodTable<Value[]> = methodTable<Value[]>([
  ['append', 'object', (self, item) => append(self, [item ?? null])],
  [
    'clear',
    '',
    (self) => {
      self.length = 0;
      return null;
    },
  ],
  ['copy', '', (self) => [...counted(self)]],
  ['count', 'value', (self, value) => countOf(self, value ?? null)],
  ['extend', 'iterable', (self, items) => append(self, toList(items ?? null))],
  [
    'index',
    'value, start=0, stop=9007199254740991',
    (self, value, start, stop) => indexOf(self, value ?? null, [start, stop]),
  ],
  [
    'insert',
    'index, object',
    (self, index, item) => {
      counted(self).splice(intArgument(index), 0, item ?? null);
      return null;
    },
  ],
  ['pop', 'index=-1', (self, index) => pop(self, intArgument(index))],
  ['remove', 'value', (self, value) => remove(self, value ?? null)],
  [
    'reverse',
    '',
    (self) => {
      counted(self).reverse();
      return null;
    },
  ],
  [
    'sort',
    '*, key=None, reverse=False',
    (self, key, isReversed) => sortInPlace(self, key ?? null, isTrue(isReversed ?? false)),
    'named',
  ],
]);

/** By name. */
export const tupleMethods: MethodTable<PyTuple> = methodTable<PyTuple>([
  ['count', 'value', (self, value) => countOf(self.items, value ?? null)],
  [
    'index',
    'value, start=0, stop=9007199254740991',
    (self, value, start, stop) => indexOf(self.items, value ?? null, [start, stop], 'tuple'),
  ],
]);

/** A list of which all items are gone through or moved. */
function counted(self: Value[]): Value[] {
  countItems(self.length);
  return self;
}

function append(self: Value[], items: readonly Value[]): null {
  checkLength(self.length + items.length, limits.templateItemsMax);
  countItems(items.length);
  for (const item of items) self.push(item);
  return null;
}

function countOf(items: readonly Value[], value: Value): number {
  countItems(items.length);
  return items.filter((item) => equals(item, value)).length;
}

function indexOf(
  items: readonly Value[],
  value: Value,
  range: readonly [Value | undefined, Value | undefined],
  type: 'list' | 'tuple' = 'list',
): number {
  const [start, stop] = rangeArguments(range[0], range[1], items.length, false);
  countItems(items.length);
  for (let index = start; index < stop; index++) if (equals(items[index] ?? null, value)) return index;
  throw valueError(type === 'tuple' ? 'tuple.index(x): x not in tuple' : `${repr(value)} is not in list`);
}

function pop(self: Value[], index: number): Value {
  if (self.length === 0) throw pythonError('IndexError', 'pop from empty list');
  const place = index < 0 ? self.length + index : index;
  if (place < 0 || place >= self.length) throw pythonError('IndexError', 'pop index out of range');
  return force(self.splice(place, 1)[0] ?? null);
}

function remove(self: Value[], value: Value): null {
  const index = self.findIndex((item) => equals(item, value));
  if (index < 0) throw valueError('list.remove(x): x not in list');
  self.splice(index, 1);
  return null;
}

function sortInPlace(self: Value[], key: Value, isReversed: boolean): null {
  const keyed = self.map((item) => ({
    item,
    key: key instanceof PyCallable ? key.call([item], new Map()) : item,
  }));
  const sorted = sortAsPython(keyed, (a, b) => compare(a.key, b.key), isReversed);
  for (const [index, { item }] of sorted.entries()) self[index] = item;
  return null;
}
