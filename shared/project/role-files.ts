/** The files of a role's directories: `main` with any of the known endings, a directory `main`, or a chosen name. */

import { extname, join, resolve } from 'node:path';
import { type Dict, isDict } from '../base/value.ts';
import { type Loading, type Problem, readTree, report } from './loading.ts';
import type { YamlNode } from './yaml-node.ts';

const EXTENSIONS = ['.yml', '.yaml', '.json'];

/** One of a role's directories, and the file name that stands in for `main`. */
export type RoleFile = {
  readonly role: string;
  readonly directory: string;
  readonly from: string | undefined;
  readonly use: Pick<Problem, 'position'>;
};

/** The content of `tasks`, `handlers` or `meta`; undefined when the role has none. */
export function readRoleFile(loading: Loading, file: RoleFile): YamlNode | undefined {
  const paths = findRoleFiles(loading, file, false);
  const path = paths?.[0];
  if (path !== undefined) return readTree(loading, path);
  if (paths !== undefined) reportMissing(loading, file);
  return undefined;
}

/** The variables of `vars` or `defaults`: of one file, or of all files in a directory of that name. */
export function readRoleVars(loading: Loading, file: RoleFile, name: string): Dict {
  const paths = findRoleFiles(loading, file, true);
  if (paths?.length === 0) reportMissing(loading, file);
  const vars: Dict = new Map();
  for (const path of paths ?? []) {
    const node = readTree(loading, path);
    if (node === undefined || node.value === null) continue;
    if (isDict(node.value)) for (const [key, value] of node.value) vars.set(key, value);
    else {
      const message = `The ${name}/main.yml file for role '${file.role}' must contain a dictionary of variables`;
      report(loading, { code: 'file-shape', message, position: node.position });
    }
  }
  return vars;
}

function reportMissing(loading: Loading, file: RoleFile): void {
  if (file.from === undefined || loading.deps.files.kind(file.directory) !== 'directory') return;
  report(loading, {
    code: 'file-missing',
    exitCode: 1,
    message: `Could not find specified file in role: ${file.directory.split('/').at(-1)}/${file.from}`,
    position: file.use.position,
  });
}

/** Without a position, as Ansible has it. */
function reportOutside(loading: Loading, file: RoleFile, path: string): void {
  const message = `Failed loading '${path}' for role (${file.role}) as it is not inside the expected role path: '${file.directory}'`;
  loading.diagnostics.push({ severity: 'error', code: 'file-shape', message });
}

/** The paths of what is there; undefined when a file outside of the role was refused. */
function findRoleFiles(
  loading: Loading,
  file: RoleFile,
  mayBeDirectory: boolean,
): readonly string[] | undefined {
  const { files } = loading.deps;
  if (files.kind(file.directory) !== 'directory') return [];
  const extensions = file.from === undefined ? [...EXTENSIONS, ''] : ['', ...EXTENSIONS];
  for (const extension of extensions) {
    const path = resolve(file.directory, `${file.from ?? 'main'}${extension}`);
    const kind = files.kind(path);
    if (kind === undefined || (kind === 'directory' && !mayBeDirectory)) continue;
    if (!path.startsWith(`${file.directory}/`)) {
      reportOutside(loading, file, path);
      return undefined;
    }
    return kind === 'directory' ? filesBelow(loading, path) : [path];
  }
  return [];
}

function filesBelow(loading: Loading, directory: string): readonly string[] {
  return loading.deps.files.list(directory).flatMap((name) => {
    if (name.startsWith('.') || name.endsWith('~')) return [];
    const path = join(directory, name);
    const kind = loading.deps.files.kind(path);
    if (kind === 'directory') return extname(name) === '' ? filesBelow(loading, path) : [];
    return extname(name) === '' || EXTENSIONS.includes(extname(name)) ? [path] : [];
  });
}
