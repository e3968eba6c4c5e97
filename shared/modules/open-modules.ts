/** The port through which the executor gets modules: find by name, bundle for an agent. */

import type { ModuleBundle } from '../wire/module-bundle.ts';
import { createModuleBundler } from './bundle-module.ts';
import { type FoundModule, findModule, type ModuleLookup } from './find-module.ts';
import { createRedirects } from './module-redirects.ts';
import type { ModuleDeps, ModuleSearch } from './module-search.ts';

export type Modules = {
  /** Finds a module by the name that a task gives it. */
  readonly find: (name: string, search: ModuleSearch) => ModuleLookup;
  /** What to load into an agent for it, in order; requests call the module by the name of the last one. */
  readonly bundle: (module: FoundModule, search: ModuleSearch) => readonly ModuleBundle[];
};

/** Opens the modules of a disk; what was read is remembered, so one of these serves a whole run. */
export function openModules(deps: ModuleDeps): Modules {
  const sources = { ...deps, redirectOf: createRedirects(deps) };
  const bundler = createModuleBundler(sources);
  const lookups = new Map<string, ModuleLookup>();
  const find = (name: string, search: ModuleSearch): ModuleLookup => {
    const key = JSON.stringify([name, search]);
    const known = lookups.get(key) ?? findModule(name, search, sources);
    lookups.set(key, known);
    return known;
  };
  return { find, bundle: bundler.bundle };
}
