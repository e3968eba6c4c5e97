/** Finds the file of a module by its name: library directories, collections, ansible-core, and where it moved to. */

import { join } from 'node:path';

import type { ForeignKind } from '../wire/agent-frame.ts';
import { moduleKind } from './module-kind.ts';
import type { ModuleDeps, ModuleSearch, ModuleSources, Redirect } from './module-search.ts';

/** A module that was found. */
export type FoundModule = {
  /** `ns.coll.name` of one in a collection, else the short name. */
  readonly name: string;
  readonly path: string;
  /** `library`: a user's file, which may stand in for one of Ansible's own. */
  readonly origin: 'collection' | 'core' | 'library';
  readonly kind: ForeignKind;
  readonly bytes: Uint8Array;
};

/** What looking for a module came to. `removed` and `powershell` are names that exist but cannot run. */
export type ModuleLookup =
  | { readonly kind: 'found'; readonly module: FoundModule }
  | { readonly kind: 'missing' }
  | { readonly kind: 'powershell'; readonly path: string }
  | { readonly kind: 'removed'; readonly message: string };

/** Endings that a library directory may hold beside modules. */
const NOT_MODULES = /\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|ini|cfg|yml|yaml|json|orig|ps1)$|~$/;

/** How often a name may move on: because a circle must end. */
const REDIRECTS_MAX = 10;

/** Looks a module up by the name that a task gives it, following it to where it moved. */
export function findModule(name: string, search: ModuleSearch, sources: ModuleSources): ModuleLookup {
  let wanted = name;
  for (let step = 0; step < REDIRECTS_MAX; step += 1) {
    const found = findFile(wanted, search, sources);
    if (found !== undefined) return lookAt(found);
    const redirect = redirectOf(wanted, search, sources);
    if (redirect === undefined) return { kind: 'missing' };
    if ('tombstone' in redirect) return { kind: 'removed', message: redirect.tombstone };
    wanted = redirect.to;
  }
  return { kind: 'missing' };
}

type ModuleFile = Omit<FoundModule, 'kind'>;

function lookAt(file: ModuleFile): ModuleLookup {
  const kind = moduleKind(file.bytes);
  return kind === undefined
    ? { kind: 'powershell', path: file.path }
    : { kind: 'found', module: { ...file, kind } };
}

function findFile(name: string, search: ModuleSearch, deps: ModuleDeps): ModuleFile | undefined {
  const parts = name.split('.');
  const short = parts.at(-1) ?? name;
  if (parts.length === 1)
    return (
      findInLibraries(name, search, deps) ??
      firstOf(search.collections, (collection) => findQualified(`${collection}.${name}`, search, deps)) ??
      findInCore(name, search, deps)
    );
  if (name.startsWith('ansible.legacy.'))
    return findInLibraries(short, search, deps) ?? findInCore(short, search, deps);
  return findQualified(name, search, deps);
}

function findQualified(name: string, search: ModuleSearch, deps: ModuleDeps): ModuleFile | undefined {
  const [namespace = '', collection = '', ...rest] = name.split('.');
  if (rest.length === 0) return undefined;
  if (`${namespace}.${collection}` === 'ansible.builtin') return findInCore(rest.join('.'), search, deps);
  if (`${namespace}.${collection}` === 'ansible.legacy')
    return findFile(rest.join('.'), { ...search, collections: [] }, deps);
  return firstOf(search.collectionsPaths, (path) => {
    const place = join(
      path,
      'ansible_collections',
      namespace,
      collection,
      'plugins/modules',
      ...rest.slice(0, -1),
    );
    return findInDirectory(place, rest.at(-1) ?? '', { name, origin: 'collection' }, deps);
  });
}

function findInLibraries(name: string, search: ModuleSearch, deps: ModuleDeps): ModuleFile | undefined {
  return firstOf(search.libraries, (path) => findInTree(path, name, deps));
}

/** Library directories may be sorted into folders. */
function findInTree(directory: string, name: string, deps: ModuleDeps): ModuleFile | undefined {
  const here = findInDirectory(directory, name, { name, origin: 'library' }, deps);
  if (here !== undefined) return here;
  const folders = deps.list(directory).filter((entry) => !entry.includes('.') && entry !== '__pycache__');
  return firstOf(folders, (folder) => findInTree(join(directory, folder), name, deps));
}

function findInCore(name: string, search: ModuleSearch, deps: ModuleDeps): ModuleFile | undefined {
  if (search.coreDirectory === undefined) return undefined;
  return findInDirectory(join(search.coreDirectory, 'modules'), name, { name, origin: 'core' }, deps);
}

/** A module is named with or without an ending; a leading underscore marks a deprecated one. */
function findInDirectory(
  directory: string,
  name: string,
  as: Pick<ModuleFile, 'name' | 'origin'>,
  deps: ModuleDeps,
): ModuleFile | undefined {
  const entries = deps.list(directory);
  const wanted = [name, `_${name}`].flatMap((stem) => [
    `${stem}.py`,
    ...entries.filter((entry) => entry === stem || entry.startsWith(`${stem}.`)),
  ]);
  return firstOf(wanted, (file) => {
    if (!entries.includes(file) || NOT_MODULES.test(file)) return undefined;
    const path = join(directory, file);
    const bytes = deps.read(path);
    return bytes === undefined ? undefined : { ...as, path, bytes };
  });
}

function redirectOf(name: string, search: ModuleSearch, sources: ModuleSources): Redirect | undefined {
  const parts = name.split('.');
  const collections =
    parts.length > 2 ? [parts.slice(0, 2).join('.')] : [...search.collections, 'ansible.builtin'];
  const short = parts.length > 2 ? parts.slice(2).join('.') : name;
  return firstOf(collections, (collection) =>
    sources.redirectOf(
      {
        collection: collection === 'ansible.legacy' ? 'ansible.builtin' : collection,
        section: 'modules',
        name: short,
      },
      search,
    ),
  );
}

function firstOf<Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
