/** Reads inventories in YAML form: groups with `hosts`, `vars` and `children`. */

import { type Dict, isDict, type Value } from '../../base/value.ts';
import { str } from '../../template/python/repr.ts';
import { Template } from '../../template/python/special.ts';
import { yamlTypePath } from '../yaml-type-name.ts';
import { expandHostEntry } from './host-range.ts';
import type { InventoryBuilder } from './inventory-builder.ts';
import type { SourceProblem } from './source-problem.ts';

/**
 * Reads the content of a YAML file into the builder; stops at the first mistake and keeps what was read before it.
 * https://docs.ansible.com/ansible-core/2.14/collections/ansible/builtin/yaml_inventory.html
 */
export function readYamlInventory(content: Value, builder: InventoryBuilder): SourceProblem | undefined {
  if (isEmpty(content)) return { why: 'Parsed empty YAML file' };
  if (!isDict(content)) {
    const got = yamlTypePath(content);
    return { why: `YAML inventory has invalid structure, it should be a dictionary, got: <class '${got}'>` };
  }
  if (!isEmpty(content.get('plugin') ?? null)) {
    return { why: 'Plugin configuration YAML file, not YAML inventory' };
  }
  for (const [name, data] of content) {
    const group = readGroup(name, data, builder);
    if (typeof group !== 'string') return group;
  }
  return undefined;
}

/** Reads one group and returns the name in use for it. */
function readGroup(name: Value, data: Value, builder: InventoryBuilder): string | SourceProblem {
  if (data !== null && !isDict(data)) {
    builder.warn('inventory-group', `Skipping '${asText(name)}' as this is not a valid group definition`);
    return asText(name);
  }
  if (typeof name !== 'string' || name === '') return { why: groupNameProblem(name) };
  const group = builder.addGroup(name);
  const sections = new Map<Value, Value>();
  for (const [key, value] of data ?? []) {
    const section = readSection(key, value);
    if (isSectionName(key) && section !== null && !isDict(section)) {
      const got = yamlTypePath(section);
      const why = `Invalid "${key}" entry for "${group}" group, requires a dictionary, found "<class '${got}'>" instead.`;
      return { why };
    }
    sections.set(key, section);
  }
  for (const [key, value] of sections) {
    const problem = fillGroup(group, key, { value, builder });
    if (problem !== undefined) return problem;
  }
  return group;
}

function isSectionName(key: Value): key is 'children' | 'hosts' | 'vars' {
  return key === 'vars' || key === 'children' || key === 'hosts';
}

/** One single name may stand where a dict is meant. */
function readSection(key: Value, value: Value): Value {
  const isName = typeof value === 'string' || value instanceof Template;
  return isSectionName(key) && isName ? new Map([[asText(value), null]]) : value;
}

function fillGroup(
  group: string,
  key: Value,
  section: { readonly value: Value; readonly builder: InventoryBuilder },
): SourceProblem | undefined {
  const { value, builder } = section;
  if (value === null) return undefined;
  if (!isDict(value)) {
    const got = `<class '${yamlTypePath(value)}'>`;
    const message = `Skipping key (${asText(key)}) in group (${group}) as it is not a mapping, it is a ${got}`;
    builder.warn('inventory-group', message);
    return undefined;
  }
  switch (key) {
    case 'vars':
      return setGroupVars(group, value, builder);
    case 'children':
      return addChildren(group, value, builder);
    case 'hosts':
      return addHosts(group, value, builder);
    default: {
      const rule = 'only "vars", "children" and "hosts" are valid';
      builder.warn(
        'inventory-group',
        `Skipping unexpected key (${asText(key)}) in group (${group}), ${rule}`,
      );
      return undefined;
    }
  }
}

function setGroupVars(group: string, vars: Dict, builder: InventoryBuilder): SourceProblem | undefined {
  for (const [name, value] of vars) {
    const why = builder.setVariable(group, name, value);
    if (why !== undefined) return { why };
  }
  return undefined;
}

function addChildren(group: string, children: Dict, builder: InventoryBuilder): SourceProblem | undefined {
  for (const [name, data] of children) {
    const child = readGroup(name, data, builder);
    if (typeof child !== 'string') return child;
    const why = builder.addChild(group, child);
    if (why !== undefined) return { why };
  }
  return undefined;
}

function addHosts(group: string, hosts: Dict, builder: InventoryBuilder): SourceProblem | undefined {
  for (const [entry, data] of hosts) {
    if (typeof entry !== 'string') {
      return {
        why: `Host pattern ${asText(entry)} must be a string. Enclose integers/floats in quotation marks.`,
      };
    }
    const names = expandHostEntry(entry);
    if (names.kind === 'invalid') return { why: names.why };
    if (!isDict(data) && !isEmpty(data)) {
      return { why: `Invalid data from file, expected dictionary and got:\n\n${asText(data)}` };
    }
    for (const name of names.names) {
      const problem = addHost({ name, port: names.port, group }, isDict(data) ? data : new Map(), builder);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function addHost(
  host: { readonly name: string; readonly port: number | undefined; readonly group: string },
  vars: Dict,
  builder: InventoryBuilder,
): SourceProblem | undefined {
  const why = builder.addHost(host.name, host.group, host.port);
  if (why !== undefined) return { why };
  for (const [name, value] of vars) {
    const refused = builder.setVariable(host.name, name, value);
    if (refused !== undefined) return { why: refused };
  }
  return undefined;
}

function groupNameProblem(name: Value): string {
  const text = asText(name);
  const isFalse = name === null || name === false || name === 0 || name === '';
  const why = isFalse
    ? `Invalid empty/false group name provided: ${text}`
    : `Invalid group name supplied, expected a string but got <class '${yamlTypePath(name)}'> for ${text}`;
  return `Unable to add group ${text}: ${why}`;
}

/** What Python counts as false among the values of a YAML file. */
function isEmpty(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : isDict(value) && value.size === 0;
}

/** A value as Python prints it. */
function asText(value: Value): string {
  if (value instanceof Template) return value.source;
  return str(value);
}
