/** Reads inventories from programs: JSON printed by `--list`, and by `--host` when there is no `_meta`. */

import { hasErrors } from '../../base/diagnostic.ts';
import { type Dict, isDict, type Value } from '../../base/value.ts';
import type { ProjectFiles } from '../files.ts';
import { loadYaml } from '../yaml.ts';
import type { InventoryBuilder } from './inventory-builder.ts';
import type { SourceProblem } from './source-problem.ts';

/**
 * Runs the script and reads what it prints into the builder.
 * https://docs.ansible.com/ansible-core/2.14/dev_guide/developing_inventory.html#inventory-scripts
 */
export function readScriptInventory(
  path: string,
  files: ProjectFiles,
  builder: InventoryBuilder,
): SourceProblem | undefined {
  if (files.kind(path) !== 'executable') {
    return { why: `problem running ${path} --list ([Errno 13] Permission denied: '${path}')` };
  }
  const ended = files.run(path, ['--list']);
  const stderr = ended.stderr === '' || ended.stderr.endsWith('\n') ? ended.stderr : `${ended.stderr}\n`;
  if (ended.exitCode !== 0) {
    return { why: `Inventory script (${path}) had an execution error: ${stderr} ` };
  }
  const failed = `failed to parse executable inventory script results from ${path}`;
  const content = parseJson(ended.stdout, path);
  if (content.kind === 'invalid') return { why: `${failed}: ${content.why}\n${stderr}` };
  if (!isDict(content.value)) return { why: `${failed}: needs to be a json dict\n${stderr}` };
  return readContent(content.value, { path, files, builder });
}

type Script = { readonly path: string; readonly files: ProjectFiles; readonly builder: InventoryBuilder };

function readContent(content: Dict, script: Script): SourceProblem | undefined {
  const hosts = new Set<string>();
  let hostVars: Value | undefined;
  for (const [name, data] of content) {
    if (name === '_meta') {
      hostVars = isDict(data) ? data.get('hostvars') : undefined;
      continue;
    }
    const problem = readGroup(String(name), data, { hosts, builder: script.builder });
    if (problem !== undefined) return problem;
  }
  for (const host of hosts) {
    const vars = hostVars === undefined ? askHost(host, script) : varsOf(hostVars, host);
    if (!(vars instanceof Map)) return vars;
    script.builder.addHost(host, undefined);
    for (const [name, value] of vars) {
      const why = script.builder.setVariable(host, name, value);
      if (why !== undefined) return { why };
    }
  }
  return undefined;
}

function varsOf(hostVars: Value, host: string): Dict | SourceProblem {
  if (!isDict(hostVars)) return { why: `Improperly formatted host information for ${host}: no dictionary` };
  const vars = hostVars.get(host) ?? new Map();
  return isDict(vars)
    ? vars
    : { why: `Invalid data from file, expected dictionary and got:\n\n${String(vars)}` };
}

function askHost(host: string, { path, files }: Script): Dict | SourceProblem {
  const { stdout } = files.run(path, ['--host', host]);
  if (stdout.trim() === '') return new Map();
  const content = parseJson(stdout, path);
  const vars = content.kind === 'invalid' ? undefined : content.value;
  if (isDict(vars)) return vars;
  return { why: `could not parse post variable response: ['${path}', '--host', '${host}'], ${stdout}` };
}

type Content =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'invalid'; readonly why: string };

/** Scripts print JSON; the loader tells JSON by its shape, and other YAML is refused. */
function parseJson(text: string, path: string): Content {
  try {
    JSON.parse(text);
  } catch (error) {
    return { kind: 'invalid', why: error instanceof Error ? error.message : String(error) };
  }
  const { value, diagnostics } = loadYaml(text, path);
  if (!hasErrors(diagnostics)) return { kind: 'value', value };
  return { kind: 'invalid', why: diagnostics.map(({ message }) => message).join('\n') };
}

function readGroup(
  name: string,
  data: Value,
  into: { readonly hosts: Set<string>; readonly builder: InventoryBuilder },
): SourceProblem | undefined {
  const { hosts, builder } = into;
  const group = builder.addGroup(name);
  const content = groupContent(group, data);
  const names = content.get('hosts');
  if (names !== undefined) {
    if (!Array.isArray(names))
      return { why: `You defined a group '${group}' with bad data for the host list` };
    for (const host of names) {
      hosts.add(String(host));
      const why = builder.addHost(String(host), group);
      if (why !== undefined) return { why };
    }
  }
  const vars = content.get('vars');
  if (vars !== undefined) {
    if (!isDict(vars)) return { why: `You defined a group '${group}' with bad data for variables` };
    for (const [key, value] of vars) {
      const why = builder.setVariable(group, key, value);
      if (why !== undefined) return { why };
    }
  }
  return addChildren(group, content.get('children') ?? null, builder);
}

/** A group may be a bare list of hosts, or the variables of one host of the group's own name. */
function groupContent(group: string, data: Value): Dict {
  if (!isDict(data)) return new Map<Value, Value>([['hosts', data]]);
  if (data.has('hosts') || data.has('vars') || data.has('children')) return data;
  return new Map<Value, Value>([
    ['hosts', [group]],
    ['vars', data],
  ]);
}

function addChildren(group: string, children: Value, builder: InventoryBuilder): SourceProblem | undefined {
  if (!Array.isArray(children)) return undefined;
  for (const name of children) {
    const child = builder.addGroup(String(name));
    const why = builder.addChild(group, child);
    if (why !== undefined) return { why };
  }
  return undefined;
}
