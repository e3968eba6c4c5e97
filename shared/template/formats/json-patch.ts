/** Changes of data as RFC 6902 writes them: applied, and found. */

import type { Dict, Value } from '../../base/value.ts';
import { rethrown } from '../filter-error.ts';
import { equals } from '../python/comparison.ts';
import { deleteKey, dictGet, dictSet } from '../python/dict-key.ts';
import { pythonError } from '../python/error.ts';
import { repr, str } from '../python/repr.ts';
import { asDict, force, isMapping } from '../python/values.ts';

/** What a `test` that does not hold raises. */
export const PATCH_TEST_FAILED = 'JsonPatchTestFailed';

function patchError(message: string): Error {
  return pythonError('JsonPatchConflict', message);
}

function pathOf(operation: Dict, name: string): string[] {
  const text = str(operation.get(name) ?? '');
  if (text === '') return [];
  if (!text.startsWith('/')) throw pythonError('JsonPointerException', 'Location must start with /');
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The data after one operation; what it was stays as it is. */
export function applyPatch(data: Value, operation: Dict): Value {
  const path = pathOf(operation, 'path');
  const value = force(operation.get('value') ?? null);
  switch (str(operation.get('op') ?? null)) {
    case 'add':
      return add(data, path, value);
    case 'remove':
      return remove(data, path);
    case 'replace':
      return replace(data, path, value);
    case 'copy':
      return add(data, path, read(data, pathOf(operation, 'from')));
    case 'move': {
      const from = pathOf(operation, 'from');
      const moved = read(data, from);
      return add(remove(data, from), path, moved);
    }
    default: {
      if (!equals(readTested(data, path), value)) {
        throw pythonError(
          PATCH_TEST_FAILED,
          `${repr(readTested(data, path))} is not equal to tested value ${repr(value)}`,
        );
      }
      return data;
    }
  }
}

function readTested(data: Value, path: readonly string[]): Value {
  return rethrown(
    () => read(data, path),
    ({ message }) => pythonError(PATCH_TEST_FAILED, message),
  );
}

function indexOf(list: readonly Value[], part: string, most: number): number {
  if (!/^(?:0|[1-9]\d*)$/.test(part)) throw patchError(`'${part}' is not a valid sequence index`);
  if (Number(part) > most) throw patchError(`list index out of range for ${repr([...list])}`);
  return Number(part);
}

function read(data: Value, path: readonly string[]): Value {
  return path.reduce<Value>((raw, part) => {
    const holder = force(raw);
    if (Array.isArray(holder)) return force(holder[indexOf(holder, part, holder.length - 1)] ?? null);
    const item = isMapping(holder) ? dictGet(asDict(holder) ?? new Map(), part) : undefined;
    if (item === undefined) throw patchError(`member '${part}' not found in ${repr(holder)}`);
    return force(item);
  }, data);
}

/** A copy of the data in which `change` has changed the list or dict that holds the last part of the path. */
function changed(
  raw: Value,
  [part = '', ...rest]: readonly string[],
  change: (holder: Value[] | Dict, part: string) => void,
): Value {
  const data = force(raw);
  const holder = Array.isArray(data) ? [...data] : new Map(asDict(data) ?? []);
  if (!Array.isArray(data) && !isMapping(data)) throw patchError(`invalid document type ${repr(data)}`);
  if (rest.length === 0) {
    change(holder, part);
    return holder;
  }
  const inner = changed(read(data, [part]), rest, change);
  if (Array.isArray(holder)) holder[Number(part)] = inner;
  else dictSet(holder, part, inner);
  return holder;
}

function add(data: Value, path: readonly string[], value: Value): Value {
  if (path.length === 0) return value;
  return changed(data, path, (holder, part) => {
    if (!Array.isArray(holder)) dictSet(holder, part, value);
    else if (part === '-') holder.push(value);
    else if (Number(part) > holder.length) throw patchError("can't insert outside of list");
    else holder.splice(indexOf(holder, part, holder.length), 0, value);
  });
}

function remove(data: Value, path: readonly string[]): Value {
  if (path.length === 0) throw patchError("can't remove the root of a document");
  return changed(data, path, (holder, part) => {
    if (Array.isArray(holder)) holder.splice(indexOf(holder, part, holder.length - 1), 1);
    else if (!deleteKey(holder, part)) throw patchError(`can't remove a non-existent object '${part}'`);
  });
}

function replace(data: Value, path: readonly string[], value: Value): Value {
  if (path.length === 0) return value;
  return changed(data, path, (holder, part) => {
    if (Array.isArray(holder)) holder[indexOf(holder, part, holder.length - 1)] = value;
    else if (dictGet(holder, part) === undefined) {
      throw patchError(`can't replace a non-existent object '${part}'`);
    } else dictSet(holder, part, value);
  });
}

function operationOf(op: string, path: string, value?: Value): Dict {
  const entries: [Value, Value][] = [
    ['op', op],
    ['path', path],
  ];
  return new Map(value === undefined ? entries : [...entries, ['value', value]]);
}

function escaped(key: Value): string {
  return str(key).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Operations that make `after` of `before`. */
export function diffJson(before: Value, after: Value, path: string): Dict[] {
  const [a, b] = [force(before), force(after)];
  if (equals(a, b)) return [];
  if (Array.isArray(a) && Array.isArray(b)) return listDifferences(a, b, path);
  const [low, high] = [asDict(a), asDict(b)];
  if (low === undefined || high === undefined) return [operationOf('replace', path, b)];
  const removed = [...low.keys()].filter((key) => dictGet(high, key) === undefined);
  return [
    ...removed.map((key) => operationOf('remove', `${path}/${escaped(key)}`)),
    ...[...high].flatMap(([key, item]) => {
      const known = dictGet(low, key);
      const place = `${path}/${escaped(key)}`;
      return known === undefined ? [operationOf('add', place, force(item))] : diffJson(known, item, place);
    }),
  ];
}

/** What stands between the items that both begin and end with is replaced one by one, and then removed or added. */
function listDifferences(a: readonly Value[], b: readonly Value[], path: string): Dict[] {
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && equals(a[start] ?? null, b[start] ?? null)) start++;
  let end = 0;
  while (end < least - start && equals(a.at(-1 - end) ?? null, b.at(-1 - end) ?? null)) end++;
  const [old, made] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const shared = Math.min(old.length, made.length);
  return [
    ...old
      .slice(0, shared)
      .flatMap((item, index) => diffJson(item, made[index] ?? null, `${path}/${start + index}`)),
    ...old.slice(shared).map(() => operationOf('remove', `${path}/${start + shared}`)),
    ...made
      .slice(shared)
      .map((item, index) => operationOf('add', `${path}/${start + shared + index}`, force(item))),
  ];
}
