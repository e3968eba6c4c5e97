/** A disk made of a few texts, for module search. */

import { dirname } from 'node:path';
import { parse } from 'yaml';
import type { ModuleDeps } from '../../../shared/modules/module-search.ts';

/** Serves these files; directories follow from their paths. */
export function memoryDisk(files: Readonly<Record<string, string>>): ModuleDeps {
  const entries = new Map<string, Set<string>>();
  for (const file of Object.keys(files)) {
    for (let path = file; path !== dirname(path); path = dirname(path)) {
      const names = entries.get(dirname(path)) ?? new Set();
      entries.set(dirname(path), names.add(path.slice(path.lastIndexOf('/') + 1)));
    }
  }
  return {
    read: (path) => (path in files ? Buffer.from(files[path] ?? '') : undefined),
    list: (path) => [...(entries.get(path) ?? [])].sort(),
    parseYaml: (text) => parse(text) as unknown,
  };
}
