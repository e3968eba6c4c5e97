/** Collects hosts, groups and variables while inventory sources are read, under the rules that every inventory keeps. */

import type { Diagnostic } from '../../base/diagnostic.ts';
import { type Dict, isDict, type Value } from '../../base/value.ts';
import type { Config } from '../config/load-config.ts';
import { combineVars, type HashBehaviour } from '../variables/combine-vars.ts';
import { type Inventory, type InventoryGroup, type InventoryHost, localhostNames } from './inventory.ts';

/** What ansible.cfg says about building an inventory. */
export type BuilderOptions = {
  readonly hashBehaviour: HashBehaviour;
  /** TRANSFORM_INVALID_GROUP_CHARS. */
  readonly groupNames: 'always' | 'ignore' | 'never' | 'silently';
};

/** The options that a configuration gives. */
export function builderOptions(config: Config): BuilderOptions {
  const groupNames = config.text('TRANSFORM_INVALID_GROUP_CHARS');
  return {
    hashBehaviour: config.text('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? 'merge' : 'replace',
    groupNames:
      groupNames === 'always' || groupNames === 'ignore' || groupNames === 'silently' ? groupNames : 'never',
  };
}

/** The source that is being read: what new hosts show as `inventory_file` and `inventory_dir`. */
export type CurrentSource = { readonly path: string; readonly directory: string };

/** Why something cannot be added, in Ansible's words. */
export type Problem = string | undefined;

type Group = {
  -readonly [key in keyof InventoryGroup]: InventoryGroup[key] extends ReadonlySet<string>
    ? Set<string>
    : InventoryGroup[key];
};

export class InventoryBuilder {
  /** The source that is being read. */
  source: CurrentSource | undefined;
  /** Group names as written, with the names in use for them. */
  readonly #safeNames = new Map<string, string>();
  readonly #hosts = new Map<string, InventoryHost>();
  readonly #groups = new Map<string, Group>();
  readonly #options: BuilderOptions;
  readonly #warnings = new Map<string, Diagnostic>();
  #localhost: string | undefined;

  constructor(options: BuilderOptions) {
    this.#options = options;
    this.addGroup('all');
    this.addGroup('ungrouped');
    this.addChild('all', 'ungrouped');
  }

  /** Warnings noticed so far, each once. */
  get warnings(): readonly Diagnostic[] {
    return [...this.#warnings.values()];
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  hasHost(name: string): boolean {
    return this.#hosts.has(name);
  }

  /** The groups right below a group. */
  childrenOf(group: string): ReadonlySet<string> {
    return this.#groups.get(group)?.children ?? new Set();
  }

  /** The hosts that stand in the group itself. */
  membersOf(group: string): ReadonlySet<string> {
    return this.#groups.get(group)?.hosts ?? new Set();
  }

  /** The variables of a host so far. */
  varsOf(host: string): Dict {
    return this.#hosts.get(host)?.vars ?? new Map();
  }

  hostNames(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  warn(code: string, message: string): void {
    if (!this.#warnings.has(message)) this.#warnings.set(message, { severity: 'warning', code, message });
  }

  /** Takes over what an inventory has. */
  load(inventory: Inventory): void {
    for (const host of inventory.hosts.values()) this.#hosts.set(host.name, host);
    for (const group of inventory.groups.values()) {
      this.#groups.set(group.name, {
        ...group,
        hosts: new Set(group.hosts),
        children: new Set(group.children),
        parents: new Set(group.parents),
      });
    }
    this.#localhost = inventory.localhost;
  }

  /** The name that a group goes by: invalid characters become underscores when ansible.cfg wants that. */
  safeGroupName(name: string): string {
    const known = this.#safeNames.get(name);
    if (known !== undefined) return known;
    const safe = this.#checkGroupName(name);
    this.#safeNames.set(name, safe);
    return safe;
  }

  #checkGroupName(name: string): string {
    const isInvalid = replaceInvalidCharacters(name) !== name;
    const mode = this.#options.groupNames;
    if (!isInvalid || mode === 'ignore') return name;
    const what = 'Invalid characters were found in group names';
    if (mode === 'never') {
      this.warn('inventory-group-name', `${what} but not replaced, use -vvvv to see details`);
      return name;
    }
    if (mode === 'always') {
      this.warn('inventory-group-name', `${what} and automatically replaced, use -vvvv to see details`);
    }
    return replaceInvalidCharacters(name);
  }

  /** Makes sure that the group is there and returns the name in use for it. */
  addGroup(name: string): string {
    if (this.#groups.has(name)) return name;
    const safe = this.safeGroupName(name);
    if (!this.#groups.has(safe)) {
      this.#groups.set(safe, {
        name: safe,
        vars: new Map(),
        hosts: new Set(),
        children: new Set(),
        parents: new Set(),
        depth: 0,
        priority: 1,
      });
    }
    return safe;
  }

  /** Makes sure that the host is there, and in the group. */
  addHost(name: string, group: string | undefined, port?: number): Problem {
    if (name === '') return `Invalid empty host name provided: ${name}`;
    const target = group === undefined ? undefined : this.#groups.get(group);
    if (group !== undefined && target === undefined) return `Could not find group ${group} in inventory`;
    if (!this.#hosts.has(name)) this.#createHost(name, port);
    target?.hosts.add(name);
    return undefined;
  }

  #createHost(name: string, port: number | undefined): void {
    const vars: Dict = new Map();
    if (port !== undefined && port !== 0) vars.set('ansible_port', port);
    this.#hosts.set(name, { name, vars, isImplicit: false });
    this.setVariable(name, 'inventory_file', this.source?.path ?? null);
    this.setVariable(name, 'inventory_dir', this.source?.directory ?? null);
    if (!localhostNames.has(name)) return;
    if (this.#localhost === undefined) this.#localhost = name;
    else {
      const message = `A duplicate localhost-like entry was found (${name}). First found localhost was ${this.#localhost}`;
      this.warn('inventory-duplicate-localhost', message);
    }
  }

  /** Sets a variable of a group, or of a host when no group has the name. */
  setVariable(entity: string, name: Value, value: Value): Problem {
    const group = this.#groups.get(entity);
    if (group !== undefined && name === 'ansible_group_priority') return setPriority(group, value);
    const vars = group?.vars ?? this.#hosts.get(entity)?.vars;
    if (vars === undefined) return `Could not identify group or host named ${entity}`;
    const before = vars.get(name);
    const isMerge = this.#options.hashBehaviour === 'merge' && isDict(before) && isDict(value);
    vars.set(name, isMerge ? combineVars(before, value, 'merge') : value);
    return undefined;
  }

  /** Replaces all variables of a host. */
  replaceVars(name: string, vars: Dict): void {
    const host = this.#hosts.get(name);
    if (host !== undefined) this.#hosts.set(name, { ...host, vars });
  }

  /** Puts a group or a host into a group; both are there already. */
  addChild(group: string, child: string): Problem {
    const parent = this.#groups.get(group);
    if (parent === undefined) return `${group} is not a known group`;
    const childGroup = this.#groups.get(child);
    if (childGroup === undefined) {
      if (!this.#hosts.has(child)) return `${child} is not a known host nor group`;
      parent.hosts.add(child);
      return undefined;
    }
    if (parent === childGroup) return "can't add group to itself";
    if (parent.children.has(child)) return undefined;
    if (this.#isAncestor(child, group)) {
      return `Adding group '${child}' as child to '${group}' creates a recursive dependency loop.`;
    }
    parent.children.add(child);
    childGroup.parents.add(group);
    this.#deepen(childGroup, parent.depth + 1);
    return undefined;
  }

  #isAncestor(candidate: string, group: string): boolean {
    const seen = new Set([group]);
    for (const name of seen) {
      for (const parent of this.#groups.get(name)?.parents ?? []) seen.add(parent);
    }
    return seen.has(candidate);
  }

  #deepen(group: Group, depth: number): void {
    if (group.depth >= depth) return;
    group.depth = depth;
    for (const name of group.children) {
      const child = this.#groups.get(name);
      if (child !== undefined) this.#deepen(child, depth + 1);
    }
  }

  /** The inventory as it is, before the rules are kept; what is added later does not show. */
  snapshot(): Inventory {
    const copies = [...this.#groups.values()].map((group): [string, InventoryGroup] => [
      group.name,
      { ...group, hosts: new Set(group.hosts), parents: new Set(group.parents) },
    ]);
    return { hosts: this.#hosts, groups: new Map(copies), sources: [], localhost: this.#localhost };
  }

  /** Keeps the rules: every group is below `all`, and hosts without a group are in `ungrouped`. */
  reconcile(): void {
    for (const name of this.#groups.keys()) this.settleGroup(name);
    this.#settleUngrouped();
    for (const name of this.#groups.keys()) {
      if (this.#hosts.has(name)) {
        this.warn('inventory-same-name', `Found both group and host with same name: ${name}`);
      }
    }
  }

  /** Puts a group that has no parent below `all`. */
  settleGroup(name: string): void {
    if (name !== 'all' && this.#groups.get(name)?.parents.size === 0) this.addChild('all', name);
  }

  /** The inventory so far. The builder is spent. */
  build(sources: readonly string[]): Inventory {
    return { hosts: this.#hosts, groups: this.#groups, sources, localhost: this.#localhost };
  }

  #settleUngrouped(): void {
    const grouped = new Set<string>();
    for (const group of this.#groups.values()) {
      if (group.name === 'all' || group.name === 'ungrouped') continue;
      for (const host of group.hosts) grouped.add(host);
    }
    const ungrouped = this.#groups.get('ungrouped');
    if (ungrouped === undefined) return;
    for (const host of ungrouped.hosts) if (grouped.has(host)) ungrouped.hosts.delete(host);
    for (const host of this.#hosts.keys()) if (!grouped.has(host)) ungrouped.hosts.add(host);
  }
}

/** A group name with underscores for all that no variable name may have. */
export function replaceInvalidCharacters(name: string): string {
  return name.replace(/^[^\p{L}\p{M}_]|[^\p{L}\p{N}\p{M}_]/gu, '_');
}

function setPriority(group: Group, value: Value): Problem {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (!/^[-+]?\d+$/.test(text)) return `invalid literal for int() with base 10: '${String(value)}'`;
  group.priority = Number(text);
  return undefined;
}
