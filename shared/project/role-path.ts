/** Where roles and playbooks are: beside the playbook, on the roles path, in collections. */

import { basename, dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import type { LoadDeps } from './loading.ts';

/** A role that was found. */
export type RolePlace = {
  readonly name: string;
  readonly directory: string;
  readonly collection: string | undefined;
};

/** What a role is searched with. */
export type RoleSearch = {
  readonly playbookDirectory: string;
  readonly collections: readonly string[];
  /** The directory beside which dependencies of a role are searched. */
  readonly besides: string | undefined;
};

const QUALIFIED = /^([A-Za-z_]\w*)\.([A-Za-z_]\w*)\.([A-Za-z_][\w.]*)$/;

/** The role called `name`, or the places where it is not. */
export function findRole(deps: LoadDeps, name: string, search: RoleSearch): RolePlace | readonly string[] {
  const hosted = findCollectionRole(deps, name, search);
  if (hosted !== undefined) return hosted;
  const places = [
    join(search.playbookDirectory, 'roles'),
    ...deps.rolesPath,
    ...(search.besides === undefined ? [] : [search.besides]),
    search.playbookDirectory,
  ];
  for (const place of places) {
    const directory = isAbsolute(name) ? normalize(name) : join(place, name);
    if (deps.files.kind(directory) !== undefined) return { name, directory, collection: undefined };
  }
  const direct = resolve(deps.files.workingDirectory, expandHome(deps, name));
  if (deps.files.kind(direct) !== undefined) {
    return { name: basename(name), directory: direct, collection: undefined };
  }
  return [...search.collections, ...places];
}

function expandHome(deps: LoadDeps, path: string): string {
  return path === '~' || path.startsWith('~/') ? join(deps.files.homeDirectory, path.slice(1)) : path;
}

function findCollectionRole(deps: LoadDeps, name: string, search: RoleSearch): RolePlace | undefined {
  const qualified = QUALIFIED.exec(name);
  const candidates =
    qualified === null
      ? search.collections.map((collection) => ({ collection, role: name }))
      : [{ collection: `${qualified[1]}.${qualified[2]}`, role: qualified[3] ?? '' }];
  for (const { collection, role } of candidates) {
    const directory = findInCollection(deps, collection, {
      playbookDirectory: search.playbookDirectory,
      path: join('roles', role.replaceAll('.', '/')),
    });
    if (directory !== undefined) return { name: role, directory, collection };
  }
  return undefined;
}

/** The file of a playbook named `namespace.collection.playbook`, or undefined. */
export function findCollectionPlaybook(
  deps: LoadDeps,
  name: string,
  playbookDirectory: string,
): { readonly path: string; readonly collection: string } | undefined {
  const qualified = QUALIFIED.exec(name.replace(/\.ya?ml$/, ''));
  if (qualified === null) return undefined;
  const collection = `${qualified[1]}.${qualified[2]}`;
  const base = join('playbooks', (qualified[3] ?? '').replaceAll('.', '/'));
  for (const extension of ['.yml', '.yaml']) {
    const path = findInCollection(deps, collection, { playbookDirectory, path: `${base}${extension}` });
    if (path !== undefined) return { path, collection };
  }
  return undefined;
}

function findInCollection(
  deps: LoadDeps,
  collection: string,
  wanted: { readonly playbookDirectory: string; readonly path: string },
): string | undefined {
  const inside = collection.split('.').join('/');
  const roots = [join(wanted.playbookDirectory, 'collections'), ...deps.collectionsPaths];
  return roots
    .map((root) => (basename(root) === 'ansible_collections' ? root : join(root, 'ansible_collections')))
    .map((root) => join(root, inside, wanted.path))
    .find((path) => deps.files.kind(path) !== undefined);
}

/** The collection in which the file at `path` lies, or undefined. */
export function collectionOfPath(path: string): string | undefined {
  const match = /\/ansible_collections\/([^/]+)\/([^/]+)\//.exec(`${dirname(path)}/`);
  return match === null ? undefined : `${match[1]}.${match[2]}`;
}
