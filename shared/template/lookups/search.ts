/** Where lookups find the files they name: the role, the task's file, the playbook, each with a sub-directory. */

import type { Environment } from '../environment.ts';
import { absolute, expandUser } from '../filters/path.ts';
import { absolutePath, joinPath, normalizePath } from '../python/posix-path.ts';

/** The directory of the playbook: where relative paths end up last, and where commands run. */
export function baseDirectory(env: Environment): string {
  return env.searchPath.at(-1) ?? absolute(env, '.');
}

/** The first existing file for `name`, or undefined after a warning that there is none. */
export function findFile(env: Environment, directory: string, name: string): string | undefined {
  const path = findFileQuietly(env, directory, name);
  if (path === undefined && name !== '') {
    env.warn?.(`Unable to find '${name}' in expected paths (use -vvvvv to see paths)`);
  }
  return path;
}

/** The first existing file for `name` with its bytes, decrypted; undefined after a warning that there is none. */
export function readFound(
  env: Environment,
  directory: string,
  name: string,
): { readonly path: string; readonly content: Uint8Array } | undefined {
  const path = findFile(env, directory, name);
  const content = path === undefined ? undefined : env.local.readFile(path);
  return path === undefined || content === undefined ? undefined : { path, content };
}

/** The first existing file for `name`, or undefined. */
export function findFileQuietly(env: Environment, directory: string, name: string): string | undefined {
  if (name === '') return undefined;
  if (name.startsWith('/') || name.startsWith('~')) {
    const path = normalizePath(expandUser(env, name));
    return env.local.stat(path, true) === undefined ? undefined : path;
  }
  return candidates(env, directory, name).find((path) => env.local.stat(path, true) !== undefined);
}

function candidates(env: Environment, directory: string, name: string): string[] {
  const isNamed = name.split('/')[0] === directory;
  return env.searchPath.flatMap((path) => {
    const plain = joinPath(path, name);
    return isNamed ? [plain] : [joinPath(path, directory, name), plain];
  });
}

/** A path relative to the playbook, as `path_dwim` makes it. */
export function playbookPath(env: Environment, name: string): string {
  return absolutePath(expandUser(env, name), baseDirectory(env));
}
