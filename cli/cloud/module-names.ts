/** Finds the words in a project's files that are names of modules. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../shared/base/limits.ts';
import { isDirectory, listDirectory, readIfThere } from './disk.ts';
import type { TreeEntry } from './project-tree.ts';

export type NamePlaces = {
  /** The content of the `ansible` package, when it is installed. */
  readonly coreDirectory: string | undefined;
  /** Directories that hold `ansible_collections`. */
  readonly collectionsPaths: readonly string[];
};

/** The modules that stand behind `package` and `service`, depending on the host. */
const BEHIND: Readonly<Record<string, readonly string[]>> = {
  package: [
    'apk',
    'apt',
    'dnf',
    'dnf5',
    'openbsd_pkg',
    'opkg',
    'pacman',
    'pkgng',
    'portage',
    'yum',
    'zypper',
  ],
  service: ['service', 'systemd', 'sysvinit'],
};

/** A key, quoted or not, and what stands behind `action:`, `local_action:` and `module:`. */
const NAME = /([A-Za-z_][\w.]*)["']?\s*:|(?:action|module)["']?\s*[:=]\s*["']?([A-Za-z_][\w.]*)/g;

/** Two words with a dot between them: `collections:` of a play lets short names stand for modules of these. */
const COLLECTION = /(?<![\w.])([A-Za-z_]\w*\.[A-Za-z_]\w*)(?![\w.])/g;

/** The names, sorted: the project's own modules included, as they import of Ansible's. */
export function moduleNames(files: readonly TreeEntry[], places: NamePlaces): readonly string[] {
  const texts = files.flatMap(yamlTextOf);
  const own = files.flatMap(({ kind, path }) =>
    kind === 'file' ? (/(?:^|\/)library\/(?:.*\/)?([^/.]+)\.?[^/.]*$/.exec(path)?.[1] ?? []) : [],
  );
  const keys = texts.flatMap((text) =>
    [...text.matchAll(NAME)].flatMap(([, key, value]) => [key ?? '', value ?? '']),
  );
  const words = [...new Set([...keys, ...own])];
  const collections = new Set(
    texts.flatMap((text) => [...text.matchAll(COLLECTION)].map(([, name]) => name ?? '')),
  );
  const known = coreNames(places);
  const names = [
    ...words.filter((name) => known.has(name) || name.split('.').length > 2),
    ...own,
    ...[...collections].flatMap((collection) => {
      const inCollection = collectionNames(collection, places);
      return words.filter((name) => inCollection.has(name)).map((name) => `${collection}.${name}`);
    }),
  ];
  const behind = words.flatMap((name) => BEHIND[name.replace(/^ansible\.(?:builtin|legacy)\./, '')] ?? []);
  return [...new Set([...names, ...behind])].sort();
}

/** Short names of ansible-core, also of what has moved to collections. */
function coreNames({ coreDirectory }: NamePlaces): ReadonlySet<string> {
  return coreDirectory === undefined
    ? new Set()
    : namesIn(join(coreDirectory, 'modules'), join(coreDirectory, 'config/ansible_builtin_runtime.yml'));
}

function collectionNames(collection: string, { collectionsPaths }: NamePlaces): ReadonlySet<string> {
  const place = collectionsPaths
    .map((path) => join(path, 'ansible_collections', ...collection.split('.')))
    .find(isDirectory);
  return place === undefined
    ? new Set()
    : namesIn(join(place, 'plugins/modules'), join(place, 'meta/runtime.yml'));
}

/** Names of the files in a directory, and those that a runtime file routes elsewhere. */
function namesIn(directory: string, routing: string): ReadonlySet<string> {
  const files = listDirectory(directory).map((name) => name.replace(/^_|\.[^.]*$/g, ''));
  const text = Buffer.from(readIfThere(routing) ?? '').toString('utf8');
  return new Set([...files, ...[...text.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name ?? '')]);
}

/** The text of a file in which tasks may stand. */
export function yamlTextOf(entry: TreeEntry): readonly string[] {
  if (entry.kind !== 'file' || !/\.(?:ya?ml|json)$|(?:^|\/)[^./]+$/.test(entry.path)) return [];
  if (statSync(entry.source).size > limits.keySearchBytesMax) return [];
  const text = readFileSync(entry.source, 'utf8');
  return text.startsWith('$ANSIBLE_VAULT') || text.includes('\0') ? [] : [text];
}
