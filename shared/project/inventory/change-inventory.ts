/** What tasks may change in an inventory: add_host and group_by. Each change makes a new inventory. */

import type { Dict } from '../../base/value.ts';
import { equals } from '../../template/comparison.ts';
import type { HashBehaviour } from '../variables/combine-vars.ts';
import { combineVars } from '../variables/combine-vars.ts';
import type { Inventory } from './inventory.ts';
import { type BuilderOptions, InventoryBuilder } from './inventory-builder.ts';

/** The new inventory, and whether it differs from the old one: what the task reports as changed. */
export type ChangedInventory = { readonly inventory: Inventory; readonly isChanged: boolean };

export type NewHost = {
  readonly name: string;
  readonly groups: readonly string[];
  readonly vars: Dict;
};

/** Adds a host, or adds variables and groups to a known one, as `add_host` does. */
export function addHost(inventory: Inventory, host: NewHost, options: BuilderOptions): ChangedInventory {
  const builder = reopen(inventory, options);
  const before = inventory.hosts.get(host.name);
  if (before === undefined) builder.addHost(host.name, 'all');
  const vars = combineVars(builder.varsOf(host.name), host.vars, options.hashBehaviour);
  builder.replaceVars(host.name, vars);
  let isChanged = before === undefined || differs(before.vars, host.vars, options.hashBehaviour);
  for (const name of host.groups) isChanged = addToOne(builder, name, host.name) || isChanged;
  return finish(inventory, builder, isChanged);
}

/** Puts a known host into a group, and the group below its parents, as `group_by` does. */
export function addToGroup(
  inventory: Inventory,
  membership: { readonly host: string; readonly group: string; readonly parents: readonly string[] },
  options: BuilderOptions,
): ChangedInventory {
  const builder = reopen(inventory, options);
  const group = builder.safeGroupName(membership.group);
  let isChanged = !builder.hasGroup(group);
  builder.addGroup(group);
  for (const name of membership.parents) {
    const parent = builder.safeGroupName(name);
    if (!builder.hasGroup(parent)) isChanged = true;
    builder.addGroup(parent);
    if (builder.childrenOf(parent).has(group)) continue;
    builder.addChild(parent, group);
    isChanged = true;
  }
  if (builder.hasHost(membership.host)) isChanged = addToOne(builder, group, membership.host) || isChanged;
  return finish(inventory, builder, isChanged);
}

function finish(inventory: Inventory, builder: InventoryBuilder, isChanged: boolean): ChangedInventory {
  if (!isChanged) return { inventory, isChanged };
  builder.reconcile();
  return { inventory: builder.build(inventory.sources), isChanged };
}

function reopen(inventory: Inventory, options: BuilderOptions): InventoryBuilder {
  const builder = new InventoryBuilder(options);
  builder.load(inventory);
  return builder;
}

/** Puts a host into one group; whether it was not there. */
function addToOne(builder: InventoryBuilder, name: string, host: string): boolean {
  const isNew = !builder.hasGroup(name);
  const group = builder.addGroup(name);
  const isMember = builder.membersOf(group).has(host);
  builder.addHost(host, group);
  return isNew || !isMember;
}

/** Whether laying `upper` over `lower` changes anything. */
function differs(lower: Dict, upper: Dict, behaviour: HashBehaviour): boolean {
  const combined = combineVars(lower, upper, behaviour);
  return !equals(lower, combined);
}
