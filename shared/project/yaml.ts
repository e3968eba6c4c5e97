/** Reads the YAML and JSON of a project into Python's values, as PyYAML's safe loader does under Ansible. */

import type { Checked } from '../base/diagnostic.ts';
import { hasErrors } from '../base/diagnostic.ts';
import type { Value } from '../base/value.ts';
import { parseJsonTree } from './json-tree.ts';
import type { YamlNode } from './yaml-node.ts';
import { parseYamlTree } from './yaml-tree.ts';

/**
 * The content of a YAML or JSON file named `file`: dicts are Maps, floats PyFloat, strings with markers templates,
 * `!unsafe` strings plain, `!vault` scalars Vaulted, dates Python's dates. An empty file is null.
 */
export function loadYaml(text: string, file: string): Checked<Value> {
  const { value, diagnostics } = loadYamlTree(text, file);
  return { value: value.value, diagnostics };
}

/** As {@link loadYaml}, with the place of every value and key. */
export function loadYamlTree(text: string, file: string): Checked<YamlNode> {
  const json = parseJsonTree(text, file);
  if (json !== undefined) return { value: json, diagnostics: [] };
  const tree = parseYamlTree(text, file);
  if (!hasErrors(tree.diagnostics)) return tree;
  const nothing: YamlNode = { kind: 'scalar', value: null, position: { file, line: 1, column: 1 } };
  return { value: nothing, diagnostics: tree.diagnostics };
}
