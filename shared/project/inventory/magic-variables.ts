/** The variables that come from the inventory itself: a host's names, its groups, and all groups with their hosts. */

import { isIPv4 } from 'node:net';
import type { Dict, Value } from '../../base/value.ts';
import { isAddress6 } from './host-range.ts';
import { groupHosts, hostGroups, type Inventory } from './inventory.ts';

/** `inventory_hostname`, `inventory_hostname_short` and `group_names` of a host. */
export function magicVariables(inventory: Inventory, host: string): Dict {
  return new Map<Value, Value>([
    ['inventory_hostname', host],
    ['inventory_hostname_short', shortName(host)],
    ['group_names', [...groupNames(inventory, host)]],
  ]);
}

/** The groups of a host but `all`, in alphabetical order. */
export function groupNames(inventory: Inventory, host: string): readonly string[] {
  const names = hostGroups(inventory, host).map((group) => group.name);
  return names.filter((name) => name !== 'all').sort();
}

/** The variable `groups`: every group's hosts by its name. */
export function groupsDict(inventory: Inventory): Dict {
  const entries = [...inventory.groups.keys()].map((name): [Value, Value] => [
    name,
    [...groupHosts(inventory, name)],
  ]);
  return new Map(entries);
}

/** A host's name up to its first dot; an IP address stays whole. */
function shortName(host: string): string {
  if (isIPv4(host) || isAddress6(host)) return host;
  const dot = host.indexOf('.');
  return dot < 0 ? host : host.slice(0, dot);
}
