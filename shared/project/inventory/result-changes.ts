/** Changes the inventory as the results of add_host and group_by say. */

import { type Dict, isDict } from '../../base/value.ts';
import { str } from '../../template/python-repr.ts';
import { addHost, addToGroup, type ChangedInventory } from './change-inventory.ts';
import type { Inventory } from './inventory.ts';
import type { BuilderOptions } from './inventory-builder.ts';

/** A result that says so, and the host whose task gave it. */
export type ChangeReport = { readonly host: string; readonly result: Dict };

/** The inventory after a result; any other result leaves it as it is. */
export function changeInventory(
  inventory: Inventory,
  { host, result }: ChangeReport,
  options: BuilderOptions,
): ChangedInventory {
  const added = result.get('add_host');
  if (isDict(added)) {
    const groups = added.get('groups');
    const vars = added.get('host_vars');
    const name = str(added.get('host_name') ?? '');
    const newHost = {
      name,
      groups: Array.isArray(groups) ? groups.map(str) : [],
      vars: isDict(vars) ? vars : new Map(),
    };
    return addHost(inventory, newHost, options);
  }
  const group = result.get('add_group');
  if (group === undefined) return { inventory, isChanged: false };
  const parents = result.get('parent_groups');
  const membership = {
    host,
    group: str(group),
    parents: Array.isArray(parents) ? parents.map(str) : ['all'],
  };
  return addToGroup(inventory, membership, options);
}
