/** Reads `-e` / `--extra-vars`: `key=value` words, JSON or YAML text, and `@file`. */

import { type Checked, type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { type Dict, isDict, type Value } from '../../base/value.ts';
import { asTemplate } from '../../template/python/special.ts';
import { resolvePath } from '../config/setting-value.ts';
import { parseKv } from '../parse-kv.ts';
import { type ProjectReader, readProjectText } from '../project-text.ts';
import { loadYaml } from '../yaml.ts';
import { combineVars, type HashBehaviour } from './combine-vars.ts';

export type ExtraVarsDeps = ProjectReader & { readonly hashBehaviour: HashBehaviour };

/**
 * The variables of all arguments, later ones over earlier ones. Values of `key=value` are always text.
 * https://docs.ansible.com/ansible-core/2.14/playbook_guide/playbooks_variables.html#defining-variables-at-runtime
 */
export function parseExtraVars(args: readonly string[], deps: ExtraVarsDeps): Checked<Dict> {
  let value: Dict = new Map();
  const diagnostics: Diagnostic[] = [];
  for (const argument of args) {
    if (argument === '') continue;
    const read = readArgument(argument, deps);
    diagnostics.push(...read.diagnostics);
    if (hasErrors(read.diagnostics)) continue;
    if (isDict(read.value)) value = combineVars(value, read.value, deps.hashBehaviour);
    else {
      const message = `Invalid extra vars data supplied. '${argument}' could not be made into a dictionary`;
      diagnostics.push({ severity: 'error', code: 'extra-vars', message });
    }
  }
  return { value, diagnostics };
}

function readArgument(argument: string, deps: ExtraVarsDeps): Checked<Value> {
  if (argument.startsWith('@')) return readFile(argument.slice(1), deps);
  if (argument.startsWith('/') || argument.startsWith('.')) {
    return refused(`Please prepend extra_vars filename '${argument}' with '@'`);
  }
  if (argument.startsWith('[') || argument.startsWith('{')) return loadYaml(argument, '--extra-vars');
  const pairs = parseKv(argument, false);
  if (pairs === undefined) {
    return refused(`failed at splitting arguments, either an unbalanced jinja2 block or quotes: ${argument}`);
  }
  const entries = [...pairs].map(([name, text]): [Value, Value] => [name, asTemplate(text)]);
  return { value: new Map(entries), diagnostics: [] };
}

function readFile(path: string, deps: ExtraVarsDeps): Checked<Value> {
  const resolved = resolvePath(path, { files: deps.files, base: deps.files.workingDirectory });
  const read = readProjectText(resolved, deps);
  switch (read.kind) {
    case 'text':
      return loadYaml(read.text, resolved);
    case 'unreadable':
      return { value: null, diagnostics: [read.diagnostic] };
    case 'missing':
      return refused(
        `Unable to retrieve file contents\nCould not find or access '${resolved}' on the Ansible Controller.\n` +
          'If you are using a module and expect the file to exist on the remote, see the remote_src option',
      );
    default:
      return read satisfies never;
  }
}

function refused(message: string): Checked<Value> {
  return { value: null, diagnostics: [{ severity: 'error', code: 'extra-vars', message }] };
}
