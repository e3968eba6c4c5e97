/** The data that playbooks handle, in Python's value model: what YAML, JSON, templates and module results share. */

/**
 * One Python value.
 *
 * `null` is None; a `number` is always an int within ±(2^53 − 1); a `bigint` an int beyond that; floats are
 * {@link PyFloat}; a `string` is a str (printed and counted by code points); an array is a list; a Map is a dict.
 * Everything rarer (tuples, sets, bytes, undefined, templates not yet rendered, …) is a {@link Special}.
 */
export type Value = null | boolean | number | bigint | string | PyFloat | Value[] | Dict | Special;

/**
 * A Python dict: insertion order, any hashable key. Keys are JS primitives in all but exotic cases; code that
 * builds a dict from computed keys passes them through `dictKey` of `shared/template/python/dict-key.ts` first.
 */
export interface Dict extends Map<Value, Value> {}

/** A value that is not plain data. `special` says which class it is; the classes live on higher floors. */
export interface Special {
  readonly special: SpecialKind;
}

/** The closed list of special values. */
export type SpecialKind =
  | 'bytes'
  | 'callable'
  | 'lazy-dict'
  | 'lazy-list'
  | 'markup'
  | 'namespace'
  | 'object'
  | 'omit'
  | 'pending'
  | 'set'
  | 'template'
  | 'tuple'
  | 'undefined'
  | 'vaulted';

/** A Python float; a class of its own because `1.0` and `1` print and divide differently. */
export class PyFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Whether `value` is a dict held as a Map (a lazy dict is not). */
export function isDict(value: Value | undefined): value is Dict {
  return value instanceof Map;
}

/** Whether `value` is one of the rare kinds, of kind `kind` when that is given. */
export function isSpecial(value: Value | undefined, kind?: SpecialKind): value is Special {
  return (
    typeof value === 'object' &&
    value !== null &&
    'special' in value &&
    (kind === undefined || value.special === kind)
  );
}

/** A dict of the given entries, in order. */
export function dict(entries: Iterable<readonly [Value, Value]> = []): Dict {
  return new Map(entries);
}
