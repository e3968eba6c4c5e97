/** Walks through a directory of this machine, for the lookup filetree. */

import { type Dirent, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../../shared/base/limits.ts';
import type { TreeEntry } from '../../../shared/template/environment.ts';
import { limitError } from '../../../shared/template/python/error.ts';

type Names = { readonly users: ReadonlyMap<number, string>; readonly groups: ReadonlyMap<number, string> };

/** All that is below `directory`, in each directory its directories first, by name. */
export function walkTree(directory: string): TreeEntry[] {
  const names: Names = { users: readNames('/etc/passwd'), groups: readNames('/etc/group') };
  const found: TreeEntry[] = [];
  const walk = (below: string): void => {
    const children = list(join(directory, below));
    const directories = children.filter((child) => child.isDirectory());
    for (const child of [...directories, ...children.filter((each) => !each.isDirectory())]) {
      const entry = describe(directory, join(below, child.name), names);
      if (entry !== undefined) found.push(entry);
      if (found.length > limits.templateItemsMax) throw limitError(`${directory} has too many files`);
    }
    for (const child of directories) walk(join(below, child.name));
  };
  walk('');
  return found;
}

function list(directory: string): Dirent[] {
  try {
    const children = readdirSync(directory, { withFileTypes: true });
    return children.sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)));
  } catch {
    return [];
  }
}

/** What stands at a path, or undefined for what has gone in between. */
function describe(directory: string, path: string, { users, groups }: Names): TreeEntry | undefined {
  const full = join(directory, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const kind = kindOf(stat);
  return {
    path,
    kind,
    mode: stat.mode & 0o7777,
    size: stat.size,
    uid: stat.uid,
    gid: stat.gid,
    owner: users.get(stat.uid),
    group: groups.get(stat.gid),
    modifiedMs: stat.mtimeMs,
    changedMs: stat.ctimeMs,
    target: kind === 'link' ? readlinkSync(full) : undefined,
  };
}

function kindOf(stat: Stats): TreeEntry['kind'] {
  if (stat.isSymbolicLink()) return 'link';
  if (stat.isDirectory()) return 'directory';
  return stat.isFile() ? 'file' : 'other';
}

/** Names by number, of users or groups. */
function readNames(file: string): ReadonlyMap<number, string> {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return new Map();
  }
  return new Map(
    text
      .split('\n')
      .map((line) => line.split(':'))
      .flatMap(([name = '', , id]): [number, string][] => (id === undefined ? [] : [[Number(id), name]]))
      .reverse(),
  );
}
