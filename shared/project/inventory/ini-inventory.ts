/** Reads inventories in INI form: hosts with variables, `[group]`, `[group:children]`, `[group:vars]`. */

import type { Value } from '../../base/value.ts';
import { TemplateError } from '../../template/template-error.ts';
import { expandHostEntry } from './host-range.ts';
import { parseIniValue } from './ini-value.ts';
import type { InventoryBuilder } from './inventory-builder.ts';
import { splitShellWords } from './shell-words.ts';
import type { SourceProblem } from './source-problem.ts';

type State = 'children' | 'hosts' | 'vars';

/** A group named before its own section: by `[x:vars]`, or as a child of `parents`. */
type Awaited = { readonly line: number; readonly state: State; readonly parents: string[] };

type Reader = {
  readonly builder: InventoryBuilder;
  readonly path: string;
  readonly awaited: Map<string, Awaited>;
  group: string;
  state: State;
};

/**
 * Reads the text into the builder; stops at the first mistake, as Ansible does, and keeps what was read before it.
 * https://docs.ansible.com/ansible-core/2.14/collections/ansible/builtin/ini_inventory.html
 */
export function readIniInventory(
  text: string,
  path: string,
  builder: InventoryBuilder,
): SourceProblem | undefined {
  const reader: Reader = { builder, path, awaited: new Map(), group: 'ungrouped', state: 'hosts' };
  for (const [index, raw] of text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const problem = readLine(reader, line, index + 1);
    if (problem !== undefined) return problem;
  }
  return unresolved(reader);
}

function readLine(reader: Reader, line: string, number: number): SourceProblem | undefined {
  const at = (why: string): SourceProblem => ({ why: `${reader.path}:${number}: ${why}`, line: number });
  if (line.startsWith('[')) {
    const section = /^\[([^:\]\s]+)(?::([\p{L}\p{N}_]+))?\]\s*(?:#.*)?$/u.exec(line);
    if (section !== null) {
      const problem = openSection(reader, section, number);
      return problem === undefined ? undefined : at(problem);
    }
    if (line.endsWith(']')) {
      return at(
        `Invalid section entry: '${line}'. Please make sure that there are no spaces in the section entry, and that there are no other invalid characters`,
      );
    }
  }
  const problem = tryEntry(reader, line, number);
  if (problem === undefined) return undefined;
  return problem.isBare ? { why: problem.why, line: number } : at(problem.why);
}

function openSection(reader: Reader, section: RegExpExecArray, number: number): string | undefined {
  const { builder, awaited } = reader;
  const group = builder.safeGroupName(section[1] ?? '');
  const state = section[2] ?? 'hosts';
  if (state !== 'hosts' && state !== 'children' && state !== 'vars') {
    return `Section [${section[1]}:${state}] has unknown type: ${state}`;
  }
  reader.group = group;
  reader.state = state;
  if (!builder.hasGroup(group)) {
    if (state === 'vars' && !awaited.has(group)) awaited.set(group, { line: number, state, parents: [] });
    builder.addGroup(group);
  }
  const wait = awaited.get(group);
  if (wait === undefined || state === 'vars') return undefined;
  if (wait.state === 'vars') {
    awaited.delete(group);
    return undefined;
  }
  return adopt(reader, group, wait);
}

/** Gives a group that was named as a child before to its parents. */
function adopt(reader: Reader, group: string, wait: Awaited): string | undefined {
  for (const parent of wait.parents) {
    const problem = reader.builder.addChild(parent, group);
    if (problem !== undefined) return problem;
    const parentWait = reader.awaited.get(parent);
    if (parentWait?.state === 'children') {
      const inner = adopt(reader, parent, parentWait);
      if (inner !== undefined) return inner;
    }
  }
  reader.awaited.delete(group);
  return undefined;
}

/** A mistake in a line. A bare one is told without file and line, as Ansible tells it. */
type EntryProblem = { readonly why: string; readonly isBare: boolean };

function tryEntry(reader: Reader, line: string, number: number): EntryProblem | undefined {
  try {
    return readEntry(reader, line, number);
  } catch (error) {
    // A literal that Python reads but cannot build, such as a dict with a list as its key.
    if (error instanceof TemplateError) return bare(error.message);
    throw error;
  }
}

function readEntry(reader: Reader, line: string, number: number): EntryProblem | undefined {
  switch (reader.state) {
    case 'hosts':
      return readHost(reader, line);
    case 'vars':
      return readVariable(reader, line);
    case 'children':
      return readChild(reader, line, number);
    default:
      return reader.state satisfies never;
  }
}

function readHost(reader: Reader, line: string): EntryProblem | undefined {
  const split = splitShellWords(line);
  if (split.kind === 'invalid') return wrong(`Error parsing host definition '${line}': ${split.why}`);
  const [entry = '', ...assignments] = split.words;
  const hosts = expandHostEntry(entry);
  if (hosts.kind === 'invalid') return bare(hosts.why);
  if (entry.trim().endsWith(':') && hosts.port === undefined) {
    return bare(
      `Invalid host pattern '${entry}' supplied, ending in ':' is not allowed, this character is reserved to provide a port.`,
    );
  }
  if (hosts.names.some((name) => name.trim() === '---')) {
    return bare(`Invalid host pattern '${entry}' supplied, '---' is normally a sign this is a YAML file.`);
  }
  const variables = new Map<string, Value>();
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals < 0) return wrong(`Expected key=value host variable assignment, got: ${assignment}`);
    variables.set(assignment.slice(0, equals), parseIniValue(assignment.slice(equals + 1)));
  }
  for (const name of hosts.names) {
    const problem = reader.builder.addHost(name, reader.group, hosts.port);
    if (problem !== undefined) return bare(problem);
    for (const [key, value] of variables) {
      const refused = reader.builder.setVariable(name, key, value);
      if (refused !== undefined) return bare(refused);
    }
  }
  return undefined;
}

function readVariable(reader: Reader, line: string): EntryProblem | undefined {
  const equals = line.indexOf('=');
  if (equals < 0) return wrong(`Expected key=value, got: ${line}`);
  const value = parseIniValue(line.slice(equals + 1).trim());
  const problem = reader.builder.setVariable(reader.group, line.slice(0, equals).trim(), value);
  return problem === undefined ? undefined : bare(problem);
}

function readChild(reader: Reader, line: string, number: number): EntryProblem | undefined {
  const child = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line)?.[1];
  if (child === undefined) return wrong(`Expected group name, got: ${line}`);
  if (reader.builder.hasGroup(child)) {
    const problem = reader.builder.addChild(reader.group, child);
    return problem === undefined ? undefined : bare(problem);
  }
  const wait = reader.awaited.get(child);
  if (wait === undefined) {
    reader.awaited.set(child, { line: number, state: 'children', parents: [reader.group] });
  } else wait.parents.push(reader.group);
  return undefined;
}

/** The first group that was used but has no section. */
function unresolved(reader: Reader): SourceProblem | undefined {
  const [first] = reader.awaited;
  if (first === undefined) return undefined;
  const [name, { line, state, parents }] = first;
  const what =
    state === 'vars'
      ? `Section [${name}:vars] not valid for undefined group: ${name}`
      : `Section [${parents.at(-1)}:children] includes undefined group: ${name}`;
  return { why: `${reader.path}:${line}: ${what}`, line };
}

function wrong(why: string): EntryProblem {
  return { why, isBare: false };
}

function bare(why: string): EntryProblem {
  return { why, isBare: true };
}
