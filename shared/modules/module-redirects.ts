/** Reads where modules and module_utils have moved to: `plugin_routing` in the runtime files of collections. */

import { join } from 'node:path';

import type { ModuleDeps, ModuleSearch, ModuleSources, Redirect, Routed } from './module-search.ts';
import { cutYamlEntry } from './yaml-entry.ts';

/** Answers from the routing of collections, each file read once; `ansible.builtin` has its own in the core directory. */
export function createRedirects(deps: ModuleDeps): ModuleSources['redirectOf'] {
  const texts = new Map<string, string | undefined>();
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) {
      const bytes = deps.read(path);
      texts.set(path, bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8'));
    }
    return texts.get(path);
  };
  return (wanted, search) => {
    for (const path of runtimeFiles(wanted.collection, search)) {
      const text = read(path);
      if (text !== undefined) return parseRedirect(entryOf(text, wanted, deps.parseYaml));
    }
    return undefined;
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

/** The file of ansible-core has ten thousand lines: parsing it whole takes longer than most tasks. */
function entryOf(text: string, { section, name }: Routed, parseYaml: ModuleDeps['parseYaml']): unknown {
  const entry = cutYamlEntry(text, ['plugin_routing', section, name]);
  if (entry === undefined) return undefined;
  if (entry !== 'unclear') return parseYaml(entry);
  const routing = parseRecord(parseRecord(parseYaml(text)).plugin_routing);
  return parseRecord(routing[section])[name];
}

function parseRedirect(entry: unknown): Redirect | undefined {
  const { redirect, tombstone } = parseRecord(entry);
  if (typeof redirect === 'string') return { to: redirect };
  return tombstone === undefined
    ? undefined
    : { tombstone: String(parseRecord(tombstone).warning_text ?? '') };
}

/** YAML comes as plain objects or as dicts, depending on who reads it. */
function parseRecord(data: unknown): Readonly<Record<string, unknown>> {
  if (data instanceof Map) return Object.fromEntries(data) as Readonly<Record<string, unknown>>;
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
}
