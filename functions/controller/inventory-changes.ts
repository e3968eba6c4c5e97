/** Changes the inventory as the results of add_host and group_by say. */

import { type Dict, isDict } from '../../shared/base/value.ts';
import { addHost, addToGroup } from '../../shared/project/inventory/change-inventory.ts';
import type { Inventory } from '../../shared/project/inventory/inventory.ts';
import type { BuilderOptions } from '../../shared/project/inventory/inventory-builder.ts';
import { str } from '../../shared/template/python-repr.ts';
import type { MetTask } from '../../shared/wire/host-outcome.ts';

/** The inventory after what `host` reported. */
export function changeInventory(
  inventory: Inventory,
  report: { readonly host: string; readonly met: MetTask },
  options: BuilderOptions,
): Inventory {
  return report.met.changes.reduce(
    (current, result) => changeOnce(current, result, { host: report.host, options }),
    inventory,
  );
}

type By = { readonly host: string; readonly options: BuilderOptions };

function changeOnce(inventory: Inventory, result: Dict, { host, options }: By): Inventory {
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
    return addHost(inventory, newHost, options).inventory;
  }
  const group = result.get('add_group');
  if (group === undefined) return inventory;
  const parents = result.get('parent_groups');
  const membership = {
    host,
    group: str(group),
    parents: Array.isArray(parents) ? parents.map(str) : ['all'],
  };
  return addToGroup(inventory, membership, options).inventory;
}
