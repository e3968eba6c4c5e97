/** The lookup filetree of the collection community.general: what is below directories of the project. */

import { PyFloat, type Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment, TreeEntry } from '../environment.ts';
import { lookupError, rethrown } from '../filter-error.ts';
import { expandUser } from '../filters/path.ts';
import { baseName, directoryName, joinPath, normalizePath } from '../python/posix-path.ts';
import { compilePattern, matchPattern, type Pattern } from '../python/regex.ts';
import { repr, str } from '../python/repr.ts';
import { force } from '../python/values.ts';
import type { LookupOptions } from './options.ts';
import { termText } from './options.ts';
import { baseDirectory } from './search.ts';

/** The lookup. Of files of the same path below several directories, the first counts. */
export const filetreeLookup: Lookup = {
  name: 'filetree',
  call: (env, terms, options) => {
    const { walk } = env.local;
    if (walk === undefined) throw lookupError('filetree: there are no directories to walk through');
    const exclude = excludeOf(options);
    const found = new Map<string, Value>();
    for (const term of terms) {
      const root = rootOf(env, termText(term));
      for (const entry of walk(root)) {
        const isKnown = found.has(entry.path) || entry.kind === 'other';
        if (!isKnown && !isExcluded(entry.path, exclude)) found.set(entry.path, propertiesOf(root, entry));
      }
    }
    return [...found.values()];
  },
};

function excludeOf(options: LookupOptions): Pattern | undefined {
  const given = force(options.get('exclude') ?? null);
  if (given === null) return undefined;
  return rethrown(
    () => compilePattern(str(given)),
    (error) => lookupError(`Invalid exclude regular expression ${repr(given)}: ${error.message}`),
  );
}

/** Nothing is looked for in a directory that is left out. */
function isExcluded(path: string, exclude: Pattern | undefined): boolean {
  return exclude !== undefined && path.split('/').some((name) => matchPattern(exclude, name) !== undefined);
}

/** Where the directory of that name is: below `files` of the role or playbook, or beside it. */
function rootOf(env: Environment, term: string): string {
  const parent = directoryName(term);
  return joinPath(parentOf(env, parent), baseName(term));
}

function parentOf(env: Environment, parent: string): string {
  if (parent.startsWith('/') || parent.startsWith('~')) return normalizePath(expandUser(env, parent));
  const candidates = env.searchPath.flatMap((path) => [
    joinPath(path, 'files', parent),
    joinPath(path, parent),
  ]);
  const existing = candidates.find((path) => env.local.stat(path, true) !== undefined);
  return (existing ?? joinPath(baseDirectory(env), parent)).replace(/(?<=.)\/+$/, '');
}

function propertiesOf(root: string, entry: TreeEntry): Value {
  const source = entry.kind === 'file' ? joinPath(root, entry.path) : entry.target;
  return new Map<Value, Value>([
    ['root', root],
    ['path', entry.path],
    ['state', entry.kind],
    ...(source === undefined ? [] : [['src', source] as const]),
    ['uid', entry.uid],
    ['gid', entry.gid],
    ['owner', entry.owner ?? entry.uid],
    ['group', entry.group ?? entry.gid],
    ['mode', `0${entry.mode.toString(8).padStart(3, '0')}`],
    ['size', entry.size],
    ['mtime', new PyFloat(entry.modifiedMs / 1000)],
    ['ctime', new PyFloat(entry.changedMs / 1000)],
  ]);
}
