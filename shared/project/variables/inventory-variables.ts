/** The variables that a host has from its inventory: of groups and hosts, in the sources and in files beside them. */

import { dirname } from 'node:path';
import { RunAbort } from '../../base/abort.ts';
import type { Checked, Diagnostic } from '../../base/diagnostic.ts';
import type { Dict } from '../../base/value.ts';
import type { Config } from '../config/load-config.ts';
import { findHost, hostGroups, type Inventory, type InventoryGroup } from '../inventory/inventory.ts';
import type { BuilderOptions } from '../inventory/inventory-builder.ts';
import { groupNames, groupsDict, magicVariables } from '../inventory/magic-variables.ts';
import { changeInventory } from '../inventory/result-changes.ts';
import type { ProjectReader } from '../project-text.ts';
import { combineVars, type HashBehaviour } from './combine-vars.ts';
import { type VarsDirectories, varsDirectories } from './vars-directories.ts';

export type InventoryVariablesDeps = ProjectReader & {
  readonly config: Config;
  /** The directory of the playbook, whose group_vars and host_vars win over those beside the inventory. */
  readonly playbookDirectory: string | undefined;
};

/** Looks up the inventory's variables; keeps what it has read, whatever inventory it is asked about. */
export type InventoryVariables = {
  /**
   * The raw variables of one host, lowest layer first: groups as VARIABLE_PRECEDENCE orders them, then the host.
   * They include `inventory_hostname`, `inventory_hostname_short`, `group_names`, `inventory_file` and `inventory_dir`.
   * https://docs.ansible.com/ansible-core/2.14/playbook_guide/playbooks_variables.html
   */
  readonly of: (inventory: Inventory, host: string) => Checked<Dict>;
  /** Without those of its groups. */
  readonly ofHostAlone: (inventory: Inventory, host: string) => Checked<Dict>;
  /** The raw variables of a group by itself. */
  readonly ofGroup: (inventory: Inventory, group: InventoryGroup) => Checked<Dict>;
};

/** The variables of a run's inventory; one of these belongs to one playbook directory. */
export function inventoryVariables(deps: InventoryVariablesDeps): InventoryVariables {
  const lookup: Lookup = {
    deps,
    behaviour: deps.config.text('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? 'merge' : 'replace',
    directories: varsDirectories(deps),
  };
  const cached = new WeakMap<Inventory, Cache>();
  return {
    of: (inventory, host) => {
      const cache = cached.get(inventory) ?? { groups: new Map(), hosts: new Map() };
      cached.set(inventory, cache);
      const known = cache.hosts.get(host) ?? hostVars(host, inventory, { lookup, cache });
      cache.hosts.set(host, known);
      return known;
    },
    ofHostAlone: (inventory, host) => stack(hostLayers(host, inventory, lookup), lookup),
    ofGroup: (inventory, group) => {
      const directories = [...inventoryDirectories(inventory, lookup), ...playDirectories(lookup)];
      return stack([noted(group.vars), ...groupFiles([group], directories, lookup)], lookup);
    },
  };
}

/** The data of the inventory in the shape in which tasks see it. */
export type InventoryView = {
  readonly hosts: () => readonly string[];
  readonly hasHost: (name: string) => boolean;
  /** Group name → its hosts, as the variable `groups`. */
  readonly groups: () => Dict;
  readonly groupNames: (host: string) => readonly string[];
  readonly vars: (host: string) => Dict;
  readonly sourceOf: (host: string) => string | undefined;
  /** What the result of an add_host or group_by on `host` makes of it. */
  readonly after: (host: string, result: Dict) => ChangedView;
};

export type ChangedView = { readonly view: InventoryView; readonly isChanged: boolean };

/** One inventory with its variables, for tasks. Reading those of a host throws RunAbort when one of its files is of no use. */
export function viewInventory(
  inventory: Inventory,
  variables: InventoryVariables,
  options: BuilderOptions,
): InventoryView {
  const names = [...inventory.hosts.keys()];
  let groups: Dict | undefined;
  return {
    hosts: () => names,
    hasHost: (name) => inventory.hosts.has(name),
    groups: () => {
      groups ??= groupsDict(inventory);
      return groups;
    },
    groupNames: (host) => groupNames(inventory, host),
    vars: (host) => usable(variables.of(inventory, host)),
    sourceOf: (host) => {
      const source = findHost(inventory, host)?.vars.get('inventory_file');
      return typeof source === 'string' ? source : undefined;
    },
    after: (host, result) => {
      const changed = changeInventory(inventory, [{ host, result }], options);
      return { view: viewInventory(changed.inventory, variables, options), isChanged: changed.isChanged };
    },
  };
}

/** What a file that cannot be read would have set must not be missed silently. */
function usable({ diagnostics, value }: Checked<Dict>): Dict {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error === undefined) return value;
  const { message, position } = error;
  const place = position === undefined ? '' : ` (${position.file}:${position.line}:${position.column})`;
  throw new RunAbort(message + place, { isParserError: true });
}

type Lookup = {
  readonly deps: InventoryVariablesDeps;
  readonly behaviour: HashBehaviour;
  readonly directories: VarsDirectories;
};

/** What is known of one inventory; the key of groups is their names. */
type Cache = {
  readonly groups: Map<string, Checked<Dict>>;
  readonly hosts: Map<string, Checked<Dict>>;
};

type Context = { readonly lookup: Lookup; readonly cache: Cache };

function hostVars(name: string, inventory: Inventory, { lookup, cache }: Context): Checked<Dict> {
  const groups = hostGroups(inventory, name).filter((group) => group.name !== 'all');
  const key = groups.map((group) => group.name).join('\n');
  const below = cache.groups.get(key) ?? groupLayers(groups, inventory, lookup);
  cache.groups.set(key, below);
  return stack([below, ...hostLayers(name, inventory, lookup)], lookup);
}

/** What belongs to the host itself: its sources, the inventory's own names for it, and its files. */
function hostLayers(name: string, inventory: Inventory, lookup: Lookup): readonly Checked<Dict>[] {
  const host = findHost(inventory, name);
  const own = combineVars(host?.vars ?? new Map(), magicVariables(inventory, name), lookup.behaviour);
  const files = [...inventoryDirectories(inventory, lookup), ...playDirectories(lookup)].map((directory) =>
    lookup.directories.read(directory, 'host_vars', name),
  );
  return [noted(own), ...files];
}

/** All that the host's groups give, in the order of VARIABLE_PRECEDENCE. */
function groupLayers(groups: readonly InventoryGroup[], inventory: Inventory, lookup: Lookup): Checked<Dict> {
  const all = inventory.groups.get('all');
  const allGroups = all === undefined ? [] : [all];
  const layers: Checked<Dict>[] = [];
  for (const entry of lookup.deps.config.list('VARIABLE_PRECEDENCE')) {
    const chosen = entry.startsWith('all_') ? allGroups : groups;
    switch (entry) {
      case 'all_inventory':
      case 'groups_inventory':
        layers.push(...chosen.map((group) => noted(group.vars)));
        break;
      case 'all_plugins_inventory':
      case 'groups_plugins_inventory':
        layers.push(...groupFiles(chosen, inventoryDirectories(inventory, lookup), lookup));
        break;
      case 'all_plugins_play':
      case 'groups_plugins_play':
        layers.push(...groupFiles(chosen, playDirectories(lookup), lookup));
        break;
      default: {
        const message = `Ignoring unknown variable precedence entry: ${entry}`;
        layers.push({
          value: new Map(),
          diagnostics: [{ severity: 'warning', code: 'config-value', message }],
        });
      }
    }
  }
  return stack(layers, lookup);
}

function groupFiles(
  groups: readonly InventoryGroup[],
  directories: readonly string[],
  lookup: Lookup,
): Checked<Dict>[] {
  return directories.flatMap((directory) =>
    groups.map((group) => lookup.directories.read(directory, 'group_vars', group.name)),
  );
}

/** Where group_vars and host_vars of the sources are: in a directory itself, or beside a file. */
function inventoryDirectories(inventory: Inventory, { deps }: Lookup): readonly string[] {
  return inventory.sources.flatMap((source) => {
    const kind = deps.files.kind(source);
    if (source.includes(',') && kind === undefined) return [];
    return [kind === 'directory' ? source : dirname(source)];
  });
}

function playDirectories({ deps }: Lookup): readonly string[] {
  return deps.playbookDirectory === undefined ? [] : [deps.playbookDirectory];
}

function stack(layers: readonly Checked<Dict>[], { behaviour }: Lookup): Checked<Dict> {
  let value: Dict = new Map();
  const diagnostics = new Map<string, Diagnostic>();
  for (const layer of layers) {
    if (layer.value.size > 0) value = combineVars(value, layer.value, behaviour);
    for (const diagnostic of layer.diagnostics) diagnostics.set(diagnostic.message, diagnostic);
  }
  return { value, diagnostics: [...diagnostics.values()] };
}

function noted(value: Dict): Checked<Dict> {
  return { value, diagnostics: [] };
}
