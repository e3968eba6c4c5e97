/** Finds the source of a `module_utils` file by its Python name, as Ansible collects what it sends along. */

import { join } from 'node:path';

import type { ModuleDeps, ModuleSearch, ModuleSources } from './module-search.ts';

/** One Python file that a bundle carries. */
export type PythonFile = {
  /** As it is imported. */
  readonly name: string;
  readonly isPackage: boolean;
  readonly source: string;
};

/** Returns the module of this name, or undefined when there is none, as for the name of a function in one. */
export function findModuleUtils(
  name: string,
  search: ModuleSearch,
  deps: ModuleDeps,
): PythonFile | undefined {
  const parts = name.split('.');
  return isCore(parts)
    ? findBelow([...search.moduleUtils, ...corePlace(search)], parts.slice(2), { name, deps })
    : findBelow(collectionPlaces(parts, search), parts.slice(5), { name, deps });
}

/** Tells whether Ansible sends modules of this name along with the module that imports them. */
export function isModuleUtilsName(name: string): boolean {
  return /^ansible\.module_utils\.|^ansible_collections\.\w+\.\w+\.plugins\.module_utils\./.test(name);
}

function isCore(parts: readonly string[]): boolean {
  return parts[0] === 'ansible';
}

function corePlace(search: ModuleSearch): readonly string[] {
  return search.coreDirectory === undefined ? [] : [join(search.coreDirectory, 'module_utils')];
}

function collectionPlaces(parts: readonly string[], search: ModuleSearch): readonly string[] {
  return search.collectionsPaths.map((path) => join(path, ...parts.slice(0, 5)));
}

type Wanted = { readonly name: string; readonly deps: ModuleDeps };

function findBelow(
  places: readonly string[],
  parts: readonly string[],
  { name, deps }: Wanted,
): PythonFile | undefined {
  for (const place of places) {
    const path = join(place, ...parts);
    const asPackage = deps.read(join(path, '__init__.py'));
    if (asPackage !== undefined) return { name, isPackage: true, source: text(asPackage) };
    const asModule = deps.read(`${path}.py`);
    if (asModule !== undefined) return { name, isPackage: false, source: text(asModule) };
  }
  return undefined;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

/** A name that moved is served by a file that puts the new module in its place. */
export function findMovedModuleUtils(
  name: string,
  search: ModuleSearch,
  sources: ModuleSources,
): PythonFile | undefined {
  const parts = name.split('.');
  const collection = isCore(parts) ? 'ansible.builtin' : parts.slice(1, 3).join('.');
  const short = parts.slice(isCore(parts) ? 2 : 5).join('.');
  const redirect = sources.redirectOf({ collection, section: 'module_utils', name: short }, search);
  if (redirect === undefined || 'tombstone' in redirect) return undefined;
  const to = qualified(redirect.to);
  return {
    name,
    isPackage: false,
    source: `import sys\nimport ${to} as moved\nsys.modules['${name}'] = moved\n`,
  };
}

function qualified(name: string): string {
  if (name.startsWith('ansible_collections.')) return name;
  const [namespace, collection, ...rest] = name.split('.');
  return `ansible_collections.${namespace}.${collection}.plugins.module_utils.${rest.join('.')}`;
}
