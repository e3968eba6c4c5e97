/** The hosts and groups of a run, as data that never changes: what adds to it makes a new one. */

import type { Dict, Value } from '../../base/value.ts';
import { asTemplate } from '../../template/python/special.ts';

export type InventoryHost = {
  readonly name: string;
  /** Variables of the inventory sources, raw, with `inventory_file` and `inventory_dir`. */
  readonly vars: Dict;
  /** Whether it is the localhost that no source names. */
  readonly isImplicit: boolean;
};

export type InventoryGroup = {
  readonly name: string;
  /** Variables of the inventory sources, raw. */
  readonly vars: Dict;
  /** Hosts that stand in the group itself. */
  readonly hosts: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
  readonly parents: ReadonlySet<string>;
  /** The longest way from a group without parents; deeper groups win. */
  readonly depth: number;
  /** `ansible_group_priority`; among groups of one depth the higher one wins. */
  readonly priority: number;
};

export type Inventory = {
  /** Every host but the implicit localhost, in the order of their first mention. */
  readonly hosts: ReadonlyMap<string, InventoryHost>;
  /** Every group, `all` and `ungrouped` first. */
  readonly groups: ReadonlyMap<string, InventoryGroup>;
  /** The sources as given: absolute paths and host lists. group_vars and host_vars stand beside them. */
  readonly sources: readonly string[];
  /** The first host named localhost, 127.0.0.1 or ::1 in a source. */
  readonly localhost: string | undefined;
};

/** Names that reach the machine that runs the playbook even when no source has them. */
export const localhostNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

/**
 * The host of that name. A localhost name that no source has is the source's other localhost, or the implicit one,
 * which is local and in no group. Undefined for every other unknown name.
 */
export function findHost(inventory: Inventory, name: string): InventoryHost | undefined {
  const host = inventory.hosts.get(name);
  if (host !== undefined || !localhostNames.has(name)) return host;
  const known = inventory.localhost === undefined ? undefined : inventory.hosts.get(inventory.localhost);
  return known ?? { name, vars: implicitVars(), isImplicit: true };
}

/** The implicit localhost runs modules with the python of the control machine, whatever the configuration says. */
function implicitVars(): Dict {
  return new Map<Value, Value>([
    ['ansible_connection', 'local'],
    ['ansible_python_interpreter', asTemplate('{{ ansible_playbook_python }}')],
  ]);
}

/** The hosts of a group and of its children, nearest groups first; in Ansible's order, each once. */
export function groupHosts(inventory: Inventory, group: string): readonly string[] {
  const known = derivedOf(inventory).groupHosts;
  const cached = known.get(group);
  if (cached !== undefined) return cached;
  const hosts = new Set<string>();
  for (const name of withDescendants(inventory, group)) {
    for (const host of inventory.groups.get(name)?.hosts ?? []) hosts.add(host);
  }
  const result = [...hosts];
  known.set(group, result);
  return result;
}

/** Every group that a host is in, directly or through a child, lowest precedence first; `all` is the first. */
export function hostGroups(inventory: Inventory, host: string): readonly InventoryGroup[] {
  const derived = derivedOf(inventory);
  const direct = derived.memberships.get(host);
  if (direct === undefined) return [];
  const key = direct.join('\n');
  const cached = derived.lineages.get(key);
  if (cached !== undefined) return cached;
  const result = lineage(inventory, direct);
  derived.lineages.set(key, result);
  return result;
}

/** What is computed from an inventory once it is asked for. */
type Derived = {
  readonly groupHosts: Map<string, readonly string[]>;
  /** Groups that name a host themselves, by host. */
  readonly memberships: ReadonlyMap<string, readonly string[]>;
  /** All groups of the hosts whose direct groups are the key. */
  readonly lineages: Map<string, readonly InventoryGroup[]>;
};

const derivedByInventory = new WeakMap<Inventory, Derived>();

function derivedOf(inventory: Inventory): Derived {
  const known = derivedByInventory.get(inventory);
  if (known !== undefined) return known;
  const memberships = new Map<string, string[]>();
  for (const group of inventory.groups.values()) {
    for (const host of group.hosts) {
      const groups = memberships.get(host);
      if (groups === undefined) memberships.set(host, [group.name]);
      else groups.push(group.name);
    }
  }
  const derived: Derived = { groupHosts: new Map(), memberships, lineages: new Map() };
  derivedByInventory.set(inventory, derived);
  return derived;
}

/** A group and all below it, level by level. */
function withDescendants(inventory: Inventory, group: string): Iterable<string> {
  const found = new Set([group]);
  for (const name of found) {
    for (const child of inventory.groups.get(name)?.children ?? []) found.add(child);
  }
  return found;
}

function lineage(inventory: Inventory, direct: readonly string[]): readonly InventoryGroup[] {
  const names = new Set(direct);
  for (const name of names) {
    for (const parent of inventory.groups.get(name)?.parents ?? []) names.add(parent);
  }
  const groups = [...names].flatMap((name) => inventory.groups.get(name) ?? []);
  return groups.sort(byPrecedence);
}

function byPrecedence(left: InventoryGroup, right: InventoryGroup): number {
  if (left.depth !== right.depth) return left.depth - right.depth;
  if (left.priority !== right.priority) return left.priority - right.priority;
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
