/** Packs a module with all `module_utils` that it imports, in two parts: what every module needs, and the rest. */

import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

import type { ModuleBundle } from '../wire/module-bundle.ts';
import type { FoundModule } from './find-module.ts';
import {
  findModuleUtils,
  findMovedModuleUtils,
  isModuleUtilsName,
  type PythonFile,
} from './find-module-utils.ts';
import { withRealImport } from './module-kind.ts';
import type { ModuleSearch, ModuleSources } from './module-search.ts';
import { type PythonImport, pythonImports } from './python-source.ts';

const BASIC = 'ansible.module_utils.basic';

/** Makes its submodules (`six.moves`) while it runs: there are no files of them. */
const SIX = 'ansible.module_utils.six';

/** Stands in for Ansible's own package, which modules ask for its version only. */
const ANSIBLE_PACKAGE: PythonFile = {
  name: 'ansible',
  isPackage: true,
  source: 'from ansible.module_utils.ansible_release import __version__, __author__\n',
};

/** Finds `module_utils` files and bundles modules; remembers both as long as it lives. */
export type ModuleBundler = {
  /** What to load for the module, in order; the last one is the module itself, and requests name it by that name. */
  readonly bundle: (module: FoundModule, search: ModuleSearch) => readonly ModuleBundle[];
};

/** Makes a bundler; what every module needs is collected and packed once for each set of places. */
export function createModuleBundler(sources: ModuleSources): ModuleBundler {
  const bundles = new Map<string, readonly ModuleBundle[]>();
  const bases = new Map<string, Base>();
  const baseOf = (search: ModuleSearch): Base => {
    const known = bases.get(placesOf(search)) ?? makeBase(search, sources);
    bases.set(placesOf(search), known);
    return known;
  };
  return {
    bundle: (module, search) => {
      const key = JSON.stringify([module.path, hashOf(module.bytes), placesOf(search)]);
      const known = bundles.get(key) ?? makeBundles(module, { search, sources, baseOf });
      bundles.set(key, known);
      return known;
    },
  };
}

/** What all modules share: `basic` and all that it imports. */
type Base = { readonly files: ReadonlyMap<string, PythonFile>; readonly bundle: ModuleBundle };

function makeBase(search: ModuleSearch, sources: ModuleSources): Base {
  const files = collect([BASIC, 'ansible.module_utils.ansible_release'], search, sources);
  const shared = sourcesOf([ANSIBLE_PACKAGE, ...files.values()]);
  const name = `@${hashOf(Buffer.from(JSON.stringify(shared))).slice(0, 16)}`;
  return { files, bundle: pack(name, 'python', shared) };
}

/** What decides which file a name of `module_utils` is. */
function placesOf(search: ModuleSearch): string {
  return JSON.stringify([search.moduleUtils, search.collectionsPaths, search.coreDirectory]);
}

type Bundling = {
  readonly search: ModuleSearch;
  readonly sources: ModuleSources;
  readonly baseOf: (search: ModuleSearch) => Base;
};

function makeBundles(module: FoundModule, { search, sources, baseOf }: Bundling): readonly ModuleBundle[] {
  if (module.kind !== 'python') {
    const encoding = module.kind === 'binary' ? 'latin1' : 'utf8';
    return [packModule(module, { __main__: Buffer.from(module.bytes).toString(encoding) })];
  }
  const source = withRealImport(Buffer.from(module.bytes).toString('utf8'));
  const self = { name: pythonName(module), isPackage: false, source };
  const base = baseOf(search);
  const own = [...collect(importedBy(self), search, sources).values()].filter(
    (file) => !base.files.has(file.name),
  );
  const packed = { __name__: self.name, __main__: source, __shared__: base.bundle.name, ...sourcesOf(own) };
  return [base.bundle, packModule(module, packed)];
}

/** The name that relative imports of the module start from. */
function pythonName(module: FoundModule): string {
  const [namespace, collection, ...rest] = module.name.split('.');
  if (module.origin !== 'collection') return `ansible.modules.${module.name.split('.').at(-1)}`;
  return `ansible_collections.${namespace}.${collection}.plugins.modules.${rest.join('.')}`;
}

/** All files that the names need, with what those import in turn. */
function collect(
  names: readonly string[],
  search: ModuleSearch,
  sources: ModuleSources,
): ReadonlyMap<string, PythonFile> {
  const found = new Map<string, PythonFile>();
  const asked = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (asked.has(name) || !isModuleUtilsName(name)) continue;
    asked.add(name);
    const parent = name.split('.').slice(0, -1).join('.');
    const container = found.get(parent);
    if (container !== undefined && !container.isPackage) continue;
    const file =
      findModuleUtils(name, search, sources) ??
      (container === undefined ? findMovedModuleUtils(name, search, sources) : undefined);
    if (file === undefined) continue;
    found.set(name, file);
    waiting.push(...importedBy(file), parent);
  }
  return found;
}

/** Names that a file imports, absolute, modules behind what may be in them: the last one is looked at first. */
function importedBy(file: PythonFile): readonly string[] {
  return pythonImports(file.source).flatMap((entry) => {
    const module = absolute(entry, file);
    if (module.startsWith(SIX)) return [SIX];
    return entry.name === undefined ? [module] : [`${module}.${entry.name}`, module];
  });
}

function absolute(entry: PythonImport, file: PythonFile): string {
  if (entry.level === 0) return entry.module;
  const parts = file.name.split('.');
  const base = parts.slice(0, parts.length - entry.level + (file.isPackage ? 1 : 0));
  return [...base, ...(entry.module === '' ? [] : [entry.module])].join('.');
}

function sourcesOf(files: readonly PythonFile[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    files.map((file) => [file.isPackage ? `${file.name}.__init__` : file.name, file.source]),
  );
}

/** Named after what is in it: two roles may each have a module of the same name. */
function packModule(module: FoundModule, sources: Readonly<Record<string, string>>): ModuleBundle {
  const hash = hashOf(Buffer.from(JSON.stringify(sources))).slice(0, 12);
  return pack(`${module.name}@${hash}`, module.kind, sources);
}

function pack(
  name: string,
  kind: ModuleBundle['kind'],
  sources: Readonly<Record<string, string>>,
): ModuleBundle {
  return { name, kind, blob: deflateSync(JSON.stringify(sources)) };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
