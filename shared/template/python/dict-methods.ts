/** The methods of Python's dict, for dicts and lazy dicts alike. */

import type { Dict, Value } from '../../base/value.ts';
import { deleteKey, dictGet, dictKey, dictSet } from './dict-key.ts';
import { pythonError, typeError, undefinedError, valueError } from './error.ts';
import { type MethodTable, methodTable } from './method.ts';
import { repr } from './repr.ts';
import { LazyDict, LazyList, PyTuple, Undefined } from './special.ts';
import { asDict, asSequence, force, iterate, iterateOrUndefined } from './values.ts';

type AnyDict = Dict | LazyDict;

/** By name; those that change the dict raise TypeError for a lazy one. */
export const dictMethods: MethodTable<AnyDict> = methodTable<AnyDict>([
  [
    'clear',
    '',
    (self) => {
      changeable(self).clear();
      return null;
    },
  ],
  ['copy', '', (self) => new Map(asDict(self))],
  ['fromkeys', 'iterable, value=None', (_self, keys, value) => fromKeys(keys ?? null, value ?? null)],
  ['get', 'key, default=None', (self, key, usual) => readOr(self, key ?? null, usual ?? null)],
  ['items', '', (self) => itemsView(self)],
  ['keys', '', (self) => view('dict_keys', keysOf(self), (key) => key)],
  ['pop', '*args', (self, args) => pop(changeable(self), asSequence(args ?? null) ?? [])],
  ['popitem', '', (self) => popItem(changeable(self))],
  [
    'setdefault',
    'key, default=None',
    (self, key, usual) => setDefault(changeable(self), key ?? null, usual ?? null),
  ],
  [
    'update',
    '*args, **kwargs',
    (self, args, kwargs) => update(changeable(self), asSequence(args ?? null) ?? [], kwargs ?? null),
  ],
  ['values', '', (self) => view('dict_values', keysOf(self), (key) => force(read(self, key) ?? null))],
]);

function read(self: AnyDict, key: Value): Value | undefined {
  return self instanceof LazyDict ? self.get(dictKey(key)) : dictGet(self, key);
}

function readOr(self: AnyDict, key: Value, usual: Value): Value {
  const item = read(self, key);
  return force(item === undefined ? usual : item);
}

function keysOf(self: AnyDict): readonly Value[] {
  return self instanceof LazyDict ? self.keys() : [...self.keys()];
}

function changeable(self: AnyDict): Dict {
  if (self instanceof LazyDict) throw typeError('this mapping cannot be changed by a template');
  return self;
}

function itemsView(self: AnyDict): LazyList {
  return view('dict_items', keysOf(self), (key) => new PyTuple([key, force(read(self, key) ?? null)]));
}

function view(name: string, keys: readonly Value[], at: (key: Value) => Value): LazyList {
  const atIndex = (index: number): Value => at(keys[index] ?? null);
  return new LazyList(name, keys.length, atIndex, () => `${name}(${repr(keys.map(at))})`);
}

function fromKeys(keys: Value, value: Value): Dict {
  const result: Dict = new Map();
  for (const key of iterate(keys)) dictSet(result, key, value);
  return result;
}

function pop(self: Dict, args: readonly Value[]): Value {
  const [key = null, usual] = args;
  if (args.length === 0) throw typeError('pop expected at least 1 argument, got 0');
  if (args.length > 2) throw typeError(`pop expected at most 2 arguments, got ${args.length}`);
  const known = self.size === 0 ? undefined : dictGet(self, key);
  const item = known === undefined ? usual : known;
  if (item === undefined) throw pythonError('KeyError', repr(key));
  if (known !== undefined) deleteKey(self, key);
  return force(item);
}

function popItem(self: Dict): Value {
  const last = [...self].at(-1);
  if (last === undefined) throw pythonError('KeyError', "'popitem(): dictionary is empty'");
  self.delete(last[0]);
  return new PyTuple(last);
}

function setDefault(self: Dict, key: Value, usual: Value): Value {
  const item = dictGet(self, key);
  if (item !== undefined) return force(item);
  dictSet(self, key, usual);
  return usual;
}

function update(self: Dict, args: readonly Value[], kwargs: Value): null {
  if (args.length > 1) throw typeError(`update expected at most 1 argument, got ${args.length}`);
  for (const source of [...args, kwargs])
    for (const [key, item] of entriesOf(source)) dictSet(self, key, item);
  return null;
}

/** The entries that `dict(source)` would have: of a mapping, or of an iterable of pairs. */
export function entriesOf(source: Value): Iterable<readonly [Value, Value]> {
  const given = force(source);
  if (given instanceof Undefined) throw undefinedError(given);
  const map = asDict(given);
  if (map !== undefined) return map;
  let index = 0;
  const entries: (readonly [Value, Value])[] = [];
  for (const item of iterate(source)) {
    const pair = pairOf(item, index);
    entries.push(pair);
    index++;
  }
  return entries;
}

function pairOf(item: Value, index: number): readonly [Value, Value] {
  const items = iterateOrUndefined(force(item));
  const sequence = items === undefined ? undefined : [...items];
  if (sequence === undefined) {
    throw typeError(`cannot convert dictionary update sequence element #${index} to a sequence`);
  }
  const [key, value] = sequence;
  if (key === undefined || value === undefined || sequence.length !== 2) {
    throw valueError(
      `dictionary update sequence element #${index} has length ${sequence.length}; 2 is required`,
    );
  }
  return [key, value];
}
