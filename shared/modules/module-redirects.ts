/** Reads where modules and module_utils have moved to: `plugin_routing` in the runtime files of collections. */

import { join } from 'node:path';

import type { ModuleDeps, ModuleSearch, Redirect, Redirects } from './module-search.ts';

const NONE: Redirects = { modules: new Map(), moduleUtils: new Map() };

/** Reads the routing of collections, each file once; `ansible.builtin` has its own in the core directory. */
export function createRedirects(deps: ModuleDeps): (collection: string, search: ModuleSearch) => Redirects {
  const known = new Map<string, Redirects>();
  return (collection, search) => {
    for (const path of runtimeFiles(collection, search)) {
      const bytes = known.has(path) ? undefined : deps.read(path);
      if (bytes !== undefined)
        known.set(path, parseRedirects(deps.parseYaml(Buffer.from(bytes).toString('utf8'))));
      const redirects = known.get(path);
      if (redirects !== undefined) return redirects;
    }
    return NONE;
  };
}

function runtimeFiles(collection: string, search: ModuleSearch): readonly string[] {
  if (collection === 'ansible.builtin')
    return search.coreDirectory === undefined
      ? []
      : [join(search.coreDirectory, 'config/ansible_builtin_runtime.yml')];
  const place = join('ansible_collections', ...collection.split('.'), 'meta/runtime.yml');
  return search.collectionsPaths.map((path) => join(path, place));
}

function parseRedirects(data: unknown): Redirects {
  const routing = parseRecord(parseRecord(data).plugin_routing);
  return { modules: parseSection(routing.modules), moduleUtils: parseSection(routing.module_utils) };
}

function parseSection(data: unknown): ReadonlyMap<string, Redirect> {
  const redirects = new Map<string, Redirect>();
  for (const [name, entry] of Object.entries(parseRecord(data))) {
    const { redirect, tombstone } = parseRecord(entry);
    if (typeof redirect === 'string') redirects.set(name, { to: redirect });
    else if (tombstone !== undefined)
      redirects.set(name, { tombstone: String(parseRecord(tombstone).warning_text ?? '') });
  }
  return redirects;
}

function parseRecord(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
}
