/** The results of all items as the one result that a loop registers. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { isFailed } from './conclude-result.ts';
import type { ItemEnd, TaskEnd } from './task-end.ts';

/** Joins items as Ansible does: changed and failed when one is, skipped when all are. */
export function joinItems(items: readonly ItemEnd[]): TaskEnd {
  const results = items.map((item) => item.result);
  const isAny = (name: string): boolean => results.some((result) => result.get(name) === true);
  const isAllSkipped = results.every((result) => result.get('skipped') === true);
  const failed = results.some(isFailed);
  const joined: Dict = new Map<Value, Value>([
    ['results', results],
    ['skipped', isAllSkipped],
  ]);
  joined.set(
    'msg',
    failed ? 'One or more items failed' : isAllSkipped ? 'All items skipped' : 'All items completed',
  );
  joined.set('changed', isAny('changed'));
  if (failed) joined.set('failed', true);
  gather(joined, results, 'warnings');
  gather(joined, results, 'deprecations');
  return {
    result: joined,
    noLog: items.some((item) => item.noLog),
    keywords: items.find((item) => item.keywords !== undefined)?.keywords,
    label: undefined,
    items,
  };
}

function gather(joined: Dict, results: readonly Dict[], name: string): void {
  const all = results.flatMap((result) => {
    const list = result.get(name);
    return Array.isArray(list) ? list : [];
  });
  if (all.length > 0) joined.set(name, all);
}
