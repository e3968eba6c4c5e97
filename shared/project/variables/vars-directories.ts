/** Reads group_vars and host_vars: one file per name, or a directory of files, in YAML or JSON, perhaps vaulted. */

import { join } from 'node:path';
import { type Checked, type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { type Dict, isDict } from '../../base/value.ts';
import type { Config } from '../config/load-config.ts';
import { type ProjectReader, readProjectText } from '../project-text.ts';
import { loadYaml } from '../yaml.ts';
import { yamlTypeName } from '../yaml-type-name.ts';
import { combineVars } from './combine-vars.ts';

/** Reads variables of groups and hosts; every file is read once. */
export type VarsDirectories = {
  readonly read: (directory: string, kind: 'group_vars' | 'host_vars', name: string) => Checked<Dict>;
};

export type VarsDirectoriesDeps = ProjectReader & { readonly config: Config };

/** The group_vars and host_vars of a project. */
export function varsDirectories(deps: VarsDirectoriesDeps): VarsDirectories {
  const known = new Map<string, Checked<Dict>>();
  const entries = new Map<string, ReadonlySet<string>>();
  const extensions = ['', ...deps.config.list('YAML_FILENAME_EXTENSIONS')];
  return {
    read: (directory, kind, name) => {
      // Names that are paths (chroots) have no files.
      if (name.startsWith('/')) return nothing;
      const parent = join(directory, kind);
      const names = entries.get(parent) ?? entryNames(parent, deps);
      entries.set(parent, names);
      if (names !== notDirectory && !name.includes('/') && !extensions.some((one) => names.has(name + one))) {
        return nothing;
      }
      const path = join(directory, kind, name);
      const result = known.get(path) ?? readNamed(join(directory, kind), path, deps);
      known.set(path, result);
      return result;
    },
  };
}

/**
 * Finds the files for `name` among the entries of a variables directory: the name without an extension first, then
 * with each of YAML_FILENAME_EXTENSIONS; only the first that exists counts. A directory gives all its files.
 */
function findVarsFiles(path: string, { files, config }: VarsDirectoriesDeps): readonly string[] {
  const extensions = config.list('YAML_FILENAME_EXTENSIONS');
  for (const extension of ['', ...extensions]) {
    const candidate = path + extension;
    const kind = files.kind(candidate);
    if (kind === 'directory') return filesBelow(candidate, { files, extensions });
    if (kind !== undefined) return [candidate];
  }
  return [];
}

const nothing: Checked<Dict> = { value: new Map(), diagnostics: [] };

/** The entries of something that is no directory, which is worth a warning. */
const notDirectory: ReadonlySet<string> = new Set();

/** Names in a variables directory: asking for each of many hosts costs more than listing it once. */
function entryNames(parent: string, { files }: VarsDirectoriesDeps): ReadonlySet<string> {
  const kind = files.kind(parent);
  return kind === undefined || kind === 'directory' ? new Set(files.list(parent)) : notDirectory;
}

function filesBelow(
  directory: string,
  context: { readonly files: ProjectReader['files']; readonly extensions: readonly string[] },
): readonly string[] {
  return context.files.list(directory).flatMap((name) => {
    if (name.startsWith('.') || name.endsWith('~')) return [];
    const path = join(directory, name);
    const extension = /(?<=.)\.[^.]*$/.exec(name)?.[0] ?? '';
    const kind = context.files.kind(path);
    if (kind === 'directory') return extension === '' ? filesBelow(path, context) : [];
    return extension === '' || context.extensions.includes(extension) ? [path] : [];
  });
}

function readNamed(parent: string, path: string, deps: VarsDirectoriesDeps): Checked<Dict> {
  const kind = deps.files.kind(parent);
  if (kind === undefined) return nothing;
  if (kind !== 'directory') {
    const name = parent.endsWith('host_vars') ? 'host_vars' : 'group_vars';
    const message = `Found ${name} that is not a directory, skipping: ${parent}`;
    return { value: new Map(), diagnostics: [{ severity: 'warning', code: 'vars-directory', message }] };
  }
  const behaviour = deps.config.text('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? 'merge' : 'replace';
  let value: Dict = new Map();
  const diagnostics: Diagnostic[] = [];
  for (const file of findVarsFiles(path, deps)) {
    const read = readVarsFile(file, deps);
    value = combineVars(value, read.value, behaviour);
    diagnostics.push(...read.diagnostics);
  }
  return { value, diagnostics };
}

/** The variables of one file. An empty file has none. */
function readVarsFile(path: string, reader: ProjectReader): Checked<Dict> {
  const read = readProjectText(path, reader);
  if (read.kind === 'unreadable') return { value: new Map(), diagnostics: [read.diagnostic] };
  if (read.kind === 'missing') {
    const message = `the file ${path} cannot be read; check its permissions`;
    return { value: new Map(), diagnostics: [{ severity: 'error', code: 'file-unreadable', message }] };
  }
  const { value, diagnostics } = loadYaml(read.text, path);
  if (hasErrors(diagnostics)) return { value: new Map(), diagnostics };
  if (isDict(value)) return { value, diagnostics };
  if (value === null || value === '' || value === false) return { value: new Map(), diagnostics };
  const message = `failed to combine variables, expected dicts but got a 'dict' and a '${yamlTypeName(value)}'`;
  const position = { file: path, line: 1, column: 1 };
  const wrong: Diagnostic = { severity: 'error', code: 'vars-not-dict', message, position };
  return { value: new Map(), diagnostics: [...diagnostics, wrong] };
}
