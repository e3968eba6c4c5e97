/** Checks that an inventory is read as ansible-core reads it: hosts, groups, every variable of every host, warnings. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Secret } from '../../../shared/base/secret.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { loadConfig } from '../../../shared/project/config/load-config.ts';
import { diskFiles } from '../../../shared/project/disk-files.ts';
import { groupHosts } from '../../../shared/project/inventory/inventory.ts';
import { loadInventory } from '../../../shared/project/inventory/load-inventory.ts';
import { inventoryVariables } from '../../../shared/project/variables/inventory-variables.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { toPythonJson } from './python-json.ts';

const cases = join(import.meta.dirname, '../../cases/inventory');

type Case = {
  readonly sources: readonly string[];
  readonly playbook?: string;
  readonly env?: Readonly<Record<string, string>>;
};

type Recorded = {
  readonly error?: string;
  readonly groups?: unknown;
  readonly hosts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly warnings: readonly string[];
};

function parseJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** The words of a syntax error of YAML are the YAML reader's subject. */
function withoutSyntax(message: string): string {
  return message
    .replace(/^\s*/, '')
    .replace(/(with (?:yaml|auto) plugin: )(?:We were unable to read|Syntax Error).*$/s, '$1(syntax)');
}

/** Renders the only templates of these cases: the value of one variable, or whether it is true. */
function renderName(template: string, variables: Dict): Value {
  const [, start, name = ''] = /^\{([{%]) ?(?:if )?(\w+)/.exec(template) ?? [];
  const value = variables.get(name);
  if (value === undefined) throw new TemplateError('undefined', 'UndefinedError', `'${name}' is undefined`);
  if (start === '%') return value !== false && value !== '' ? ' True ' : ' False ';
  return value;
}

/** What was recorded, without the values that Ansible prints behind the message of a failed merge. */
function recorded(name: string): Recorded {
  const text = readFileSync(join(cases, name, 'expected.json'), 'utf8');
  return JSON.parse(text.replace(/(expected dicts but got [^:]*): [^,\n]*/g, '$1"')) as Recorded;
}

function load(name: string): Recorded {
  const directory = join(cases, name);
  const { sources, playbook, env = {} } = parseJson<Case>(join(directory, 'case.json'));
  const files = diskFiles({
    environment: { ANSIBLE_CONFIG: join(directory, 'ansible.cfg'), ...env },
    homeDirectory: '/nonexistent',
    workingDirectory: directory,
  });
  const { value: config } = loadConfig(files);
  const secrets = [{ id: 'default', password: new Secret('secret') }];
  const { value: inventory, diagnostics } = loadInventory(sources, {
    files,
    config,
    secrets,
    constructed: { render: renderName, extraVars: new Map() },
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message);
  if (errors[0] !== undefined) {
    const error = { error: errors[0].message, warnings };
    return JSON.parse(JSON.stringify(error).replaceAll(directory, '{{DIR}}')) as Recorded;
  }
  const playbookDirectory = playbook === undefined ? undefined : join(directory, playbook);
  const variables = inventoryVariables({ files, config, secrets, playbookDirectory });
  const hosts = [...inventory.hosts.keys()].map((host) => {
    const { value, diagnostics: noticed } = variables.of(inventory, host);
    for (const { message, severity } of noticed) {
      if (severity === 'warning' && !warnings.includes(message)) warnings.push(message);
    }
    const failed = noticed.find(({ severity }) => severity === 'error');
    if (failed !== undefined) return [host, { error: failed.message }];
    return [host, Object.fromEntries([...value].map(([key, item]) => [String(key), toPythonJson(item)]))];
  });
  const groups = [...inventory.groups.values()].map((group) => [
    group.name,
    {
      hosts: groupHosts(inventory, group.name),
      depth: group.depth,
      priority: group.priority,
      children: [...group.children],
    },
  ]);
  const result = { groups: Object.fromEntries(groups), hosts: Object.fromEntries(hosts), warnings };
  return JSON.parse(JSON.stringify(result).replaceAll(directory, '{{DIR}}')) as Recorded;
}

/** The names of all cases. */
export function inventoryCases(): readonly string[] {
  return readdirSync(cases).sort();
}

/** Compares one case with its record. */
export function checkInventory(name: string): void {
  const expected = recorded(name);
  const actual = load(name);
  expect(actual.error).toEqual(expected.error);
  expect(actual.groups).toEqual(expected.groups);
  expect(actual.hosts).toEqual(expected.hosts);
  expect(Object.keys(actual.hosts ?? {})).toEqual(Object.keys(expected.hosts ?? {}));
  expect(actual.warnings.map(withoutSyntax).sort()).toEqual(expected.warnings.map(withoutSyntax).sort());
}
