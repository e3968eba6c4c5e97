/** The inventory as `ansible-inventory` shows it: the JSON of inventory scripts, YAML, and the graph of its groups. */

import type { Dict, Value } from '../../base/value.ts';
import { str } from '../../template/python/repr.ts';
import type { Inventory, InventoryGroup } from './inventory.ts';

/** What a listing is made from. */
export type ListingSource = {
  readonly inventory: Inventory;
  /** Every host, in the order of a play over `all`. */
  readonly hosts: readonly string[];
  readonly hostVars: (host: string) => Dict;
  readonly groupVars: (group: InventoryGroup) => Dict;
  /** Groups show their variables, and hosts only their own. */
  readonly isExport: boolean;
};

/** The dict that an inventory script gives: groups by name, and the variables of all hosts under `_meta`. */
export function inventoryJson(source: ListingSource): Dict {
  const listed: Dict = new Map();
  addJsonGroup('all', source, { listed, seen: new Set() });
  const hostvars: Dict = new Map();
  for (const host of source.hosts) {
    const vars = source.hostVars(host);
    if (vars.size > 0) hostvars.set(host, vars);
  }
  listed.set('_meta', new Map([['hostvars', hostvars]]));
  return listed;
}

type JsonListing = { readonly listed: Dict; readonly seen: Set<string> };

function addJsonGroup(name: string, source: ListingSource, to: JsonListing): void {
  const group = source.inventory.groups.get(name);
  if (group === undefined) return;
  const entry: Dict = new Map();
  if (name !== 'all') entry.set('hosts', [...group.hosts]);
  entry.set('children', [...group.children]);
  if (source.isExport) entry.set('vars', source.groupVars(group));
  removeEmpty(entry);
  if (entry.size > 0) to.listed.set(name, entry);
  for (const child of group.children) {
    if (to.seen.has(child)) continue;
    to.seen.add(child);
    addJsonGroup(child, source, to);
  }
}

/** The dict of a YAML inventory file: groups inside groups, each host's variables where it stands first. */
export function inventoryYaml(source: ListingSource): Dict {
  return yamlGroup('all', source, new Set());
}

function yamlGroup(name: string, source: ListingSource, seen: Set<string>): Dict {
  const group = source.inventory.groups.get(name);
  if (group === undefined) return new Map();
  const children: Dict = new Map();
  for (const child of group.children) {
    for (const [key, entry] of yamlGroup(child, source, seen)) children.set(key, entry);
  }
  const entry: Dict = new Map<Value, Value>([['children', children]]);
  if (name !== 'all') entry.set('hosts', yamlHosts(group, source, seen));
  if (source.isExport) entry.set('vars', source.groupVars(group));
  removeEmpty(entry);
  return new Map([[name, entry]]);
}

function yamlHosts(group: InventoryGroup, source: ListingSource, seen: Set<string>): Dict {
  const hosts: Dict = new Map();
  for (const host of group.hosts) {
    hosts.set(host, seen.has(host) ? new Map() : source.hostVars(host));
    seen.add(host);
  }
  return hosts;
}

function removeEmpty(entry: Dict): void {
  for (const [key, value] of entry) {
    const isEmpty = Array.isArray(value) ? value.length === 0 : value instanceof Map && value.size === 0;
    if (isEmpty) entry.delete(key);
  }
}

/** The lines of the graph from a group downwards. */
export function inventoryGraph(
  group: InventoryGroup,
  source: ListingSource,
  options: { readonly showsVars: boolean; readonly depth?: number },
): readonly string[] {
  const { showsVars, depth = 0 } = options;
  const below = depth + 1;
  const lines = [graphLine(`@${group.name}:`, depth)];
  for (const name of group.children) {
    const child = source.inventory.groups.get(name);
    if (child !== undefined) lines.push(...inventoryGraph(child, source, { showsVars, depth: below }));
  }
  for (const host of group.name === 'all' ? [] : group.hosts) {
    lines.push(graphLine(host, below));
    if (showsVars) lines.push(...varLines(source.hostVars(host), below + 1));
  }
  if (showsVars) lines.push(...varLines(source.groupVars(group), below));
  return lines;
}

function varLines(vars: Dict, depth: number): readonly string[] {
  const names = [...vars.keys()].map(str).sort();
  return names.map((name) => graphLine(`{${name} = ${str(vars.get(name) ?? null)}}`, depth));
}

function graphLine(text: string, depth: number): string {
  return depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`;
}
