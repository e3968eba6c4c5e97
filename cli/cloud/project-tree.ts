/** Finds what of a directory belongs to the project: its files, links and empty directories. */

import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isLinkInside } from '../../shared/store/project-manifest.ts';
import { type IsIgnored, parseIgnorePatterns } from './ignore-patterns.ts';

/** One thing of a project. `source` is where a file lies on this machine. */
export type TreeEntry =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly source: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number };

export type ProjectTree = {
  readonly entries: readonly TreeEntry[];
  /** What could not be taken along, in sentences. */
  readonly warnings: readonly string[];
};

export const IGNORE_FILE = '.sortieignore';

/** Never part of a project, at whatever depth. */
const NEVER = parseIgnorePatterns('.git/\n.git\nnode_modules/\n.sortie/\n*.retry\n__pycache__/\n.DS_Store');

/** What `.sortieignore` in the directory leaves out, beside what is never part of a project. */
export function ignoredIn(root: string): IsIgnored {
  const path = join(root, IGNORE_FILE);
  const stat = statSync(path, { throwIfNoEntry: false });
  const own = parseIgnorePatterns(stat?.isFile() === true ? readFileSync(path, 'utf8') : '');
  return (entry, isDirectory) => NEVER(entry, isDirectory) || own(entry, isDirectory);
}

/** Where a directory lies on this machine, and where in the project. */
export type TreePlace = { readonly source: string; readonly path: string };

/** Reads a directory. Links to places outside it are followed, since what they lead to is not in the cloud. */
export function readTree(place: TreePlace, isIgnored: IsIgnored): ProjectTree {
  const entries: TreeEntry[] = [];
  const warnings: string[] = [];
  visit(place, []);
  return { entries, warnings };

  /** `way` holds the directories that lead here, so that a circle of links ends. */
  function visit({ path, source }: TreePlace, way: readonly string[]): void {
    const real = realpathSync(source);
    if (way.includes(real)) {
      warnings.push(`${path} leads back to a directory above it: left out`);
      return;
    }
    const names = readdirSync(source).sort();
    for (const name of names)
      add({ path: path === '' ? name : `${path}/${name}`, source: join(source, name) }, [...way, real]);
    if (names.length === 0 && path !== '')
      entries.push({ kind: 'directory', path, mode: statSync(source).mode & 0o777 });
  }

  function add(entry: TreePlace, way: readonly string[]): void {
    const { path, source } = entry;
    const isLink = lstatSync(source).isSymbolicLink();
    const stat = statSync(source, { throwIfNoEntry: false });
    if (isIgnored(path, stat?.isDirectory() === true)) return;
    if (isLink && isKept(entry)) entries.push({ kind: 'link', path, target: readlinkSync(source) });
    else if (stat === undefined) warnings.push(`${path} is a link to nothing: left out`);
    else if (stat.isDirectory()) visit(entry, way);
    else if (stat.isFile()) entries.push({ kind: 'file', path, mode: stat.mode & 0o777, source });
    else warnings.push(`${path} is no file: left out`);
  }

  /** A link stays one when it leads to something that is pushed as well. */
  function isKept({ path, source }: TreePlace): boolean {
    const target = readlinkSync(source);
    if (!isLinkInside(path, target)) return false;
    const ups = target.split('/').filter((part) => part === '..').length;
    const parts = path.split('/').slice(0, -1 - ups);
    const names = target.split('/').slice(ups);
    return names.every((_, index) => !isIgnored([...parts, ...names.slice(0, index + 1)].join('/'), true));
  }
}
