/** Changes the inventory as the results of add_host and group_by say. */

import { type Dict, isDict } from '../../base/value.ts';
import { str } from '../../template/python/repr.ts';
import {
  addHost,
  addToGroup,
  type ChangedInventory,
  type InventoryChange,
  withChanges,
} from './change-inventory.ts';
import type { Inventory } from './inventory.ts';
import type { BuilderOptions } from './inventory-builder.ts';

/** A result that says so, and the host whose task gave it. */
export type ChangeReport = { readonly host: string; readonly result: Dict };

/** The inventory after results, in order; any other result leaves it as it is. */
export function changeInventory(
  inventory: Inventory,
  reports: readonly ChangeReport[],
  options: BuilderOptions,
): ChangedInventory {
  const changes = reports.flatMap((report) => changeOf(report, options));
  return changes.length === 0 ? { inventory, isChanged: false } : withChanges(inventory, changes, options);
}

function changeOf({ host, result }: ChangeReport, options: BuilderOptions): readonly InventoryChange[] {
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
    return [addHost(newHost, options)];
  }
  const group = result.get('add_group');
  if (group === undefined) return [];
  const parents = result.get('parent_groups');
  const membership = {
    host,
    group: str(group),
    parents: Array.isArray(parents) ? parents.map(str) : ['all'],
  };
  return [addToGroup(membership)];
}
