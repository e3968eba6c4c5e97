/** What tasks may change in an inventory: add_host and group_by. Each change makes a new inventory. */

import type { Dict } from '../../base/value.ts';
import { equals } from '../../template/python/comparison.ts';
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

/** One change of an inventory that is open for changes; true when it changed something. */
export type InventoryChange = (builder: InventoryBuilder) => boolean;

/** Adds a host, or adds variables and groups to a known one, as `add_host` does. */
export function addHost(host: NewHost, { hashBehaviour }: BuilderOptions): InventoryChange {
  return (builder) => {
    const isKnown = builder.hasHost(host.name);
    if (!isKnown) builder.addHost(host.name, 'all');
    const before = builder.varsOf(host.name);
    builder.replaceVars(host.name, combineVars(before, host.vars, hashBehaviour));
    let isChanged = !isKnown || differs(before, host.vars, hashBehaviour);
    for (const name of host.groups) isChanged = addToOne(builder, name, host.name) || isChanged;
    return isChanged;
  };
}

/** Puts a known host into a group, and the group below its parents, as `group_by` does. */
export function addToGroup(membership: {
  readonly host: string;
  readonly group: string;
  readonly parents: readonly string[];
}): InventoryChange {
  return (builder) => {
    const group = builder.safeGroupName(membership.group);
    let isChanged = !builder.hasGroup(group);
    builder.addGroup(group);
    for (const name of membership.parents) {
      const parent = builder.safeGroupName(name);
      if (!builder.hasGroup(parent)) isChanged = true;
      builder.addGroup(parent);
      builder.settleGroup(parent);
      if (builder.childrenOf(parent).has(group)) continue;
      builder.addChild(parent, group);
      isChanged = true;
    }
    builder.settleGroup(group);
    if (builder.hasHost(membership.host)) isChanged = addToOne(builder, group, membership.host) || isChanged;
    return isChanged;
  };
}

/**
 * The inventory after changes, in order; the same when none of them changes anything. It is opened once for all of them:
 * each of 10,000 hosts may bring one.
 */
export function withChanges(
  inventory: Inventory,
  changes: readonly InventoryChange[],
  options: BuilderOptions,
): ChangedInventory {
  const builder = new InventoryBuilder(options);
  builder.load(inventory);
  let isChanged = false;
  for (const change of changes) isChanged = change(builder) || isChanged;
  if (!isChanged) return { inventory, isChanged };
  builder.reconcile();
  return { inventory: builder.build(inventory.sources), isChanged };
}

/** Puts a host into one group; whether it was not there. */
function addToOne(builder: InventoryBuilder, name: string, host: string): boolean {
  const isNew = !builder.hasGroup(name);
  const group = builder.addGroup(name);
  const isMember = builder.membersOf(group).has(host);
  builder.settleGroup(group);
  builder.addHost(host, group);
  return isNew || !isMember;
}

/** Whether laying `upper` over `lower` changes anything. */
function differs(lower: Dict, upper: Dict, behaviour: HashBehaviour): boolean {
  const combined = combineVars(lower, upper, behaviour);
  return !equals(lower, combined);
}
