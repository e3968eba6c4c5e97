/** add_host and group_by make new inventories and leave the old ones as they were. */

import { describe, expect, it } from 'vitest';
import type { Value } from '../../../shared/base/value.ts';
import { addHost, addToGroup, withChanges } from '../../../shared/project/inventory/change-inventory.ts';
import { readIniInventory } from '../../../shared/project/inventory/ini-inventory.ts';
import { groupHosts, type Inventory } from '../../../shared/project/inventory/inventory.ts';
import {
  type BuilderOptions,
  InventoryBuilder,
} from '../../../shared/project/inventory/inventory-builder.ts';
import { groupNames } from '../../../shared/project/inventory/magic-variables.ts';

const options: BuilderOptions = { hashBehaviour: 'replace', groupNames: 'never' };

function inventory(): Inventory {
  const builder = new InventoryBuilder(options);
  readIniInventory('lone\n[web]\nw1 list=[1]\nw2\n', '/hosts', builder);
  builder.reconcile();
  return builder.build([]);
}

const vars = (entries: Record<string, Value>): Map<Value, Value> => new Map(Object.entries(entries));

describe('add_host', () => {
  it('adds a host with variables to new and known groups', () => {
    const before = inventory();
    const host = { name: 'new', groups: ['web', 'fresh'], vars: vars({ x: 1 }) };
    const { inventory: after, isChanged } = withChanges(before, [addHost(host, options)], options);
    expect(isChanged).toBe(true);
    expect(groupHosts(after, 'web')).toEqual(['w1', 'w2', 'new']);
    expect(groupNames(after, 'new')).toEqual(['fresh', 'web']);
    expect(groupHosts(after, 'all')).toContain('new');
    expect(after.hosts.get('new')?.vars.get('x')).toBe(1);
    expect(before.hosts.has('new')).toBe(false);
    expect(groupHosts(before, 'web')).toEqual(['w1', 'w2']);
  });

  it('puts a host without groups into ungrouped', () => {
    const { inventory: after } = withChanges(
      inventory(),
      [addHost({ name: 'new', groups: [], vars: new Map() }, options)],
      options,
    );
    expect(groupNames(after, 'new')).toEqual(['ungrouped']);
  });

  it('changes nothing when everything is there', () => {
    const before = inventory();
    const host = { name: 'w1', groups: ['web'], vars: vars({ list: [1] }) };
    expect(withChanges(before, [addHost(host, options)], options)).toEqual({
      inventory: before,
      isChanged: false,
    });
  });

  it('leaves the variables of the old inventory alone', () => {
    const before = inventory();
    const host = { name: 'w1', groups: [], vars: vars({ list: [2] }) };
    const { inventory: after, isChanged } = withChanges(before, [addHost(host, options)], options);
    expect(isChanged).toBe(true);
    expect(before.hosts.get('w1')?.vars.get('list')).toEqual([1]);
    expect(after.hosts.get('w1')?.vars.get('list')).toEqual([2]);
  });
});

describe('group_by', () => {
  it('takes a host out of ungrouped and puts the group below its parents', () => {
    const membership = { host: 'lone', group: 'os_debian', parents: ['os'] };
    const { inventory: after, isChanged } = withChanges(inventory(), [addToGroup(membership)], options);
    expect(isChanged).toBe(true);
    expect(groupNames(after, 'lone')).toEqual(['os', 'os_debian']);
    expect(groupHosts(after, 'ungrouped')).toEqual([]);
    expect(withChanges(after, [addToGroup(membership)], options).isChanged).toBe(false);
  });
});

it('makes the same of many changes at once as of one after the other', () => {
  const changes = [
    addHost({ name: 'new', groups: ['fresh'], vars: vars({ x: 1 }) }, options),
    addToGroup({ host: 'lone', group: 'os_debian', parents: ['os', 'all'] }),
    addHost({ name: 'loner', groups: [], vars: new Map() }, options),
    addToGroup({ host: 'new', group: 'os', parents: ['kind'] }),
    addHost({ name: 'loner', groups: ['fresh', 'late'], vars: vars({ x: 2 }) }, options),
  ];
  const oneByOne = changes.reduce(
    (before, change) => withChanges(before, [change], options).inventory,
    inventory(),
  );
  const atOnce = withChanges(inventory(), changes, options).inventory;
  expect(atOnce).toEqual(oneByOne);
  const order = ({ groups }: Inventory): unknown => [...groups.values()].map((group) => [...group.children]);
  expect(order(atOnce)).toEqual(order(oneByOne));
});
