/** The methods of Python's set. */

import type { Value } from '../../base/value.ts';
import { isSubset } from './comparison.ts';
import { addKey, deleteKey, hasKey, toSet } from './dict-key.ts';
import { pythonError } from './error.ts';
import { type MethodTable, methodTable } from './method.ts';
import { repr } from './repr.ts';
import { PySet } from './special.ts';
import { asSequence, iterate } from './values.ts';

/** By name; sets are changed in place. */
export const setMethods: MethodTable<PySet> = methodTable<PySet>([
  [
    'add',
    'elem',
    (self, item) => {
      addKey(self.items, item ?? null);
      return null;
    },
  ],
  [
    'clear',
    '',
    (self) => {
      self.items.clear();
      return null;
    },
  ],
  ['copy', '', (self) => new PySet(self.items)],
  [
    'difference',
    '*others',
    (self, others) => {
      const sets = setsOf(others);
      return keep(self, (item) => !sets.some((set) => hasKey(set.items, item)));
    },
  ],
  [
    'discard',
    'elem',
    (self, item) => {
      deleteKey(self.items, item ?? null);
      return null;
    },
  ],
  [
    'intersection',
    '*others',
    (self, others) => {
      const sets = setsOf(others);
      return keep(self, (item) => sets.every((set) => hasKey(set.items, item)));
    },
  ],
  [
    'isdisjoint',
    'other',
    (self, other) => keep(self, (item) => hasKey(one(other).items, item)).items.size === 0,
  ],
  ['issubset', 'other', (self, other) => isSubset(self, one(other))],
  ['issuperset', 'other', (self, other) => isSubset(one(other), self)],
  [
    'pop',
    '',
    (self) => {
      const [first] = self.items;
      if (first === undefined) throw pythonError('KeyError', "'pop from an empty set'");
      self.items.delete(first);
      return first;
    },
  ],
  [
    'remove',
    'elem',
    (self, item) => {
      if (!deleteKey(self.items, item ?? null)) throw pythonError('KeyError', repr(item ?? null));
      return null;
    },
  ],
  [
    'symmetric_difference',
    'other',
    (self, other) => {
      const right = one(other);
      return new PySet([
        ...keep(self, (item) => !hasKey(right.items, item)).items,
        ...keep(right, (item) => !hasKey(self.items, item)).items,
      ]);
    },
  ],
  ['union', '*others', (self, others) => toSet([self, ...setsOf(others)].flatMap((set) => [...set.items]))],
  [
    'update',
    '*others',
    (self, others) => {
      for (const set of setsOf(others)) for (const item of set.items) addKey(self.items, item);
      return null;
    },
  ],
]);

function one(value: Value | undefined): PySet {
  return value instanceof PySet ? value : toSet(iterate(value ?? null));
}

function setsOf(values: Value | undefined): PySet[] {
  return (asSequence(values ?? null) ?? []).map(one);
}

function keep(set: PySet, isKept: (item: Value) => boolean): PySet {
  return new PySet([...set.items].filter(isKept));
}
