/** The variables that `sortie inventory` shows of hosts and groups: raw, without those that every run makes anew. */

import { resolve } from 'node:path';
import type { Dict, Value } from '../shared/base/value.ts';
import type { InventoryGroup } from '../shared/project/inventory/inventory.ts';
import type { Project } from '../shared/project/load-project.ts';
import { combineVars } from '../shared/project/variables/combine-vars.ts';
import { Template } from '../shared/template/python/special.ts';

const INTERNAL: ReadonlySet<Value> = new Set([
  'group_names',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
]);
const PRIORITY_DEFAULT = 1;

export type ShownVars = {
  readonly ofHost: (host: string) => Dict;
  readonly ofGroup: (group: InventoryGroup) => Dict;
};

export type VarsOptions = {
  /** Only what is set for the host itself. */
  readonly isExport: boolean;
  /** `--playbook-dir`. */
  readonly directory: string | undefined;
  readonly workingDirectory: string;
};

/** Reads variables as ansible-inventory does: of playbooks only those in `--playbook-dir`, else in the working directory. */
export function shownVars(project: Project, options: VarsOptions): ShownVars {
  const { extraVars, inventory } = project;
  const directory = options.directory ?? (options.isExport ? undefined : '.');
  const variables = project.variablesFor(
    directory === undefined ? undefined : resolve(options.workingDirectory, directory),
  );
  const behaviour = project.config.text('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? 'merge' : 'replace';
  return {
    ofHost: (host) =>
      options.isExport
        ? shown(variables.ofHostAlone(inventory, host).value)
        : shown(combineVars(variables.of(inventory, host).value, extraVars, behaviour)),
    ofGroup: (group) => {
      const vars = shown(variables.ofGroup(inventory, group).value);
      if (group.priority !== PRIORITY_DEFAULT) vars.set('ansible_group_priority', group.priority);
      return vars;
    },
  };
}

function shown(vars: Dict): Dict {
  return new Map(
    [...vars].filter(([name]) => !INTERNAL.has(name)).map(([name, value]) => [name, asWritten(value)]),
  );
}

const written = new WeakMap<object, Value>();

/** The value with templates as they are written. What several hosts share stays one object, which YAML shows. */
function asWritten(value: Value): Value {
  if (value === null || typeof value !== 'object') return value;
  const known = written.get(value);
  if (known !== undefined) return known;
  const plain = copyAsWritten(value);
  written.set(value, plain);
  return plain;
}

function copyAsWritten(value: Value): Value {
  if (value instanceof Template) return value.source;
  if (Array.isArray(value)) return value.map(asWritten);
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, item]) => [asWritten(key), asWritten(item)]));
}
