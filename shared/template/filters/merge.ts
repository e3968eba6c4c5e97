/** Ansible's way to merge dicts, behind `combine`. */

import { type Dict, PyFloat, type Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import { ansibleError, className } from '../filter-error.ts';
import { dumpJson } from '../formats/json.ts';
import { contains, equals } from '../python/comparison.ts';
import { dictGet, dictSet } from '../python/dict-key.ts';
import { str } from '../python/repr.ts';
import { PyBytes } from '../python/special.ts';
import { asDict, asSequence, asText, force, isMapping } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';

/** How two lists under the same key become one. */
export type ListMerge = 'append' | 'append_rp' | 'keep' | 'prepend' | 'prepend_rp' | 'replace';

const LIST_MERGES: readonly ListMerge[] = ['append', 'append_rp', 'keep', 'prepend', 'prepend_rp', 'replace'];

/** How dicts become one: whether dicts in them do too, and what becomes of lists. */
export type MergeOptions = { readonly recursive: boolean; readonly listMerge: ListMerge };

/** Accepts the name of a list merge, or raises Ansible's error. */
export function parseListMerge(value: Value): ListMerge {
  const text = asText(force(value));
  for (const known of LIST_MERGES) if (known === text) return known;
  throw ansibleError(
    "merge_hash: 'list_merge' argument can only be equal to 'replace', 'keep', 'append', " +
      "'prepend', 'append_rp' or 'prepend_rp'",
  );
}

/** A new dict of `low` with the items of `high` over it. */
export function mergeDicts(low: Value, high: Value, options: MergeOptions): Dict {
  countVisit();
  const x = asDict(force(low));
  const y = asDict(force(high));
  if (x === undefined || y === undefined) throw notDicts(low, high);
  if (x.size === 0 || equals(x, y)) return new Map(y);
  const merged: Dict = new Map(x);
  for (const [key, item] of y) {
    const before = dictGet(merged, key);
    dictSet(merged, key, before === undefined ? item : mergeItems(force(before), force(item), options));
  }
  return merged;
}

function mergeItems(before: Value, item: Value, options: MergeOptions): Value {
  if (isMapping(before) && isMapping(item))
    return options.recursive ? mergeDicts(before, item, options) : item;
  if (!Array.isArray(before) || !Array.isArray(item)) return item;
  const rest = (): Value[] => before.filter((other) => !contains(item, other));
  switch (options.listMerge) {
    case 'replace':
      return item;
    case 'keep':
      return before;
    case 'append':
      return [...before, ...item];
    case 'prepend':
      return [...item, ...before];
    case 'append_rp':
      return [...rest(), ...item];
    case 'prepend_rp':
      return [...item, ...rest()];
    default:
      return options.listMerge satisfies never;
  }
}

/** As JSON where it has such a form, else as Python prints it. */
function shown(value: Value): string {
  const isPlain =
    value === null || typeof value !== 'object' || asSequence(value) !== undefined || isMapping(value);
  if (!isPlain && asText(value) === undefined && !(value instanceof PyFloat)) return str(value);
  try {
    return dumpJson(value);
  } catch (error) {
    if (error instanceof TemplateError) return str(value);
    throw error;
  }
}

function notDicts(low: Value, high: Value): Error {
  const texts = [low, high].map((value) => {
    const settled = force(value);
    return settled instanceof PyBytes ? Buffer.from(settled.bytes).toString('utf8') : shown(settled);
  });
  return ansibleError(
    `failed to combine variables, expected dicts but got a '${className(force(low))}' and a ` +
      `'${className(force(high))}': \n${texts[0]}\n${texts[1]}`,
  );
}
