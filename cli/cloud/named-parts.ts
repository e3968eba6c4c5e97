/**
 * Finds what a project names and does not hold: modules of the installed ansible-core and of collections, with what they
 * import, and roles. In the cloud there is no Ansible, so it travels with the project.
 *
 * Names are searched in the text of the YAML files, not in loaded plays: which files a play includes is known only when
 * it runs. A word that merely looks like a name costs a file too many, never one too few.
 */

import { statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { AgentPayload } from '../../shared/modules/agent-payload.ts';
import { chooseModule } from '../../shared/modules/choose-module.ts';
import type { FoundModule } from '../../shared/modules/find-module.ts';
import type { ModuleDeps, ModuleSearch } from '../../shared/modules/module-search.ts';
import { openModules } from '../../shared/modules/open-modules.ts';
import { parseYamlText } from '../../shared/project/yaml-text.ts';
import { isDirectory, listDirectory, readIfThere } from './disk.ts';
import { moduleNames, yamlTextOf } from './module-names.ts';
import { readTree, type TreeEntry } from './project-tree.ts';

/** Where parts from outside lie in a pushed project. */
const PLACES = {
  core: '.sortie/ansible-core/ansible',
  collections: '.sortie/collections/ansible_collections',
  roles: '.sortie/roles',
} as const;

export type PartsPlaces = {
  /** The project's own directory. */
  readonly root: string;
  /** The content of the `ansible` package, when it is installed. */
  readonly coreDirectory: string | undefined;
  /** Directories that hold `ansible_collections`. */
  readonly collectionsPaths: readonly string[];
  /** Directories that hold roles. */
  readonly rolesPaths: readonly string[];
  readonly agent: AgentPayload;
};

export type NamedParts = {
  readonly entries: readonly TreeEntry[];
  /** Modules that come from outside, by the names that tasks give them. */
  readonly modules: readonly string[];
  /** Roles that come from outside. */
  readonly roles: readonly string[];
};

/** Collects the parts that the files name, and those that these parts name in turn. */
export function findNamedParts(files: readonly TreeEntry[], places: PartsPlaces): NamedParts {
  const roles = findRoles(files, places);
  const all = [...files, ...roles.entries];
  const modules = findModules(all, places);
  return { entries: [...roles.entries, ...modules.entries], modules: modules.names, roles: roles.names };
}

type Found = { readonly entries: readonly TreeEntry[]; readonly names: readonly string[] };

/** Roles on the roles path, and all roles of a collection of which one is named. */
function findRoles(files: readonly TreeEntry[], places: PartsPlaces): Found {
  const found = new Map<string, readonly TreeEntry[]>();
  let waiting = files;
  while (waiting.length > 0) {
    const words = new Set(waiting.flatMap(yamlTextOf).flatMap((text) => text.match(/[\w.-]+/g) ?? []));
    const added: TreeEntry[] = [];
    for (const [name, place] of outsideRoles(words, places)) {
      if (found.has(name)) continue;
      const { entries } = readTree(place, (path) =>
        /(?:^|\/)(?:\.git|__pycache__|molecule|tests)$/.test(path),
      );
      found.set(name, entries);
      added.push(...entries);
    }
    waiting = added;
  }
  return { entries: [...found.values()].flat(), names: [...found.keys()].sort() };
}

type RolePlace = readonly [name: string, place: { readonly source: string; readonly path: string }];

function outsideRoles(words: ReadonlySet<string>, places: PartsPlaces): readonly RolePlace[] {
  return [...words].flatMap((word): readonly RolePlace[] => {
    const [namespace, collection, role, ...rest] = word.split('.');
    if (role !== undefined && rest.length === 0) {
      const below = `${namespace}/${collection}/roles/${role}`;
      const source = places.collectionsPaths
        .map((path) => join(path, 'ansible_collections', below))
        .find(isDirectory);
      return source === undefined || isInside(source, places)
        ? []
        : [[word, { source, path: `${PLACES.collections}/${below}` }]];
    }
    const source = places.rolesPaths.map((path) => join(path, word)).find(isRole);
    return source === undefined || isInside(source, places)
      ? []
      : [[word, { source, path: `${PLACES.roles}/${word}` }]];
  });
}

function findModules(files: readonly TreeEntry[], places: PartsPlaces): Found {
  const search = searchIn(files, places);
  const modules = openModules(diskModules());
  const isNative = (name: string): boolean => places.agent.native(name) !== undefined;
  const foreign = moduleNames(files, { ...places, collectionsPaths: search.collectionsPaths }).flatMap(
    (name) => {
      const lookup = modules.find(name, search);
      return lookup.kind === 'found' && isForeign(lookup.module, isNative)
        ? [{ name, path: lookup.module.path }]
        : [];
    },
  );
  // Bundled by one who takes note of what is read: exactly that is needed in the cloud.
  const read = new Set<string>();
  const noting = {
    modules: openModules(diskModules((path) => read.add(path))),
    isNative,
    prefersAnsible: false,
  };
  for (const { name } of foreign) chooseModule(name, search, noting);
  return {
    entries: [...read].flatMap((path) => outsideEntry(path, places)),
    names: foreign.filter(({ path }) => !isInside(path, places)).map(({ name }) => name),
  };
}

/** Whether the module is needed as a file: the agent has not got it. */
function isForeign({ kind, name, origin }: FoundModule, isNative: (name: string) => boolean): boolean {
  if (origin !== 'core') return true;
  // Ansible's own modules all import; a file that does not only documents an action that is part of the functions.
  return kind === 'python' && !isNative(name);
}

function searchIn(files: readonly TreeEntry[], places: PartsPlaces): ModuleSearch {
  const directoriesCalled = (name: string): readonly string[] => [
    ...new Set(
      files.flatMap((entry) => {
        if (entry.kind !== 'file') return [];
        const at = `/${entry.path}`.lastIndexOf(`/${name}/`);
        return at < 0
          ? []
          : [entry.source.slice(0, entry.source.length - (entry.path.length - at - name.length))];
      }),
    ),
  ];
  return {
    libraries: directoriesCalled('library'),
    moduleUtils: directoriesCalled('module_utils'),
    collectionsPaths: [places.root, join(places.root, 'collections'), ...places.collectionsPaths],
    collections: [],
    coreDirectory: places.coreDirectory,
  };
}

/** A file that was read, with its place in the project; none when it is part of the project anyway. */
function outsideEntry(source: string, places: PartsPlaces): readonly TreeEntry[] {
  if (isInside(source, places)) return [];
  const { collectionsPaths, coreDirectory } = places;
  const mode = statSync(source).mode & 0o777;
  const place = (base: string, path: string): readonly TreeEntry[] => [
    { kind: 'file', path: `${path}/${relative(base, source).replaceAll(sep, '/')}`, mode, source },
  ];
  if (coreDirectory !== undefined && source.startsWith(`${coreDirectory}${sep}`))
    return place(coreDirectory, PLACES.core);
  const collections = collectionsPaths
    .map((path) => join(path, 'ansible_collections'))
    .find((path) => source.startsWith(`${path}${sep}`));
  return collections === undefined ? [] : place(collections, PLACES.collections);
}

function isInside(source: string, { root }: PartsPlaces): boolean {
  return source.startsWith(`${root}${sep}`);
}

function diskModules(note: (path: string) => void = () => undefined): ModuleDeps {
  return {
    read: (path) => {
      const bytes = readIfThere(path);
      if (bytes !== undefined) note(path);
      return bytes;
    },
    list: listDirectory,
    parseYaml: (text) => parseYamlText(text)[0],
  };
}

/** A directory on the roles path is a role when it has a part of one. */
function isRole(path: string): boolean {
  return (
    isDirectory(path) &&
    ['defaults', 'handlers', 'meta', 'tasks', 'vars'].some((part) => isDirectory(join(path, part)))
  );
}
