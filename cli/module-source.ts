/** Finds the modules of tasks: the agent's own, a user's, a collection's, or those of an installed Ansible. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ActionCall, ActionFailure } from '../functions/host/actions/action.ts';
import type { ModuleSource } from '../functions/host/execute/remote.ts';
import type { AgentPayload } from '../shared/modules/agent-payload.ts';
import type { ModuleSearch } from '../shared/modules/module-search.ts';
import { openModules } from '../shared/modules/open-modules.ts';
import type { Config } from '../shared/project/config/load-config.ts';
import { enclosing } from '../shared/project/inheritance.ts';
import { parseYamlText } from '../shared/project/yaml-text.ts';
import type { RunRequest } from '../shared/wire/run-request.ts';

export type ModuleSourceOptions = {
  readonly request: RunRequest;
  readonly config: Config;
  readonly agent: AgentPayload;
  readonly workingDirectory: string;
};

/** The module source of a run. */
export function moduleSource(options: ModuleSourceOptions): ModuleSource {
  const modules = openModules({ read, list, parseYaml: (text) => parseYamlText(text)[0] });
  const prefersAnsible = process.env.SORTIE_MODULES === 'ansible';
  const core = coreDirectory();
  return {
    bundlesOf: (name, call) => {
      const isNative = options.agent.native(name) !== undefined;
      const search = searchOf(call, options, core);
      const found =
        isNative && !prefersAnsible && search.libraries.length === 0 ? undefined : modules.find(name, search);
      if (isNative && (found?.kind !== 'found' || (found.module.origin === 'core' && !prefersAnsible)))
        return [];
      if (found?.kind === 'found') return modules.bundle(found.module, search);
      throw new ActionFailure(missing(name));
    },
  };
}

function missing(name: string): string {
  return (
    `couldn't resolve module/action '${name}'. This often indicates a misspelling, missing collection, or incorrect module path.` +
    ' Modules that are not built in come from an installed ansible-core or from the directory that SORTIE_ANSIBLE_CORE names.'
  );
}

function searchOf(
  call: ActionCall,
  { request, config }: ModuleSourceOptions,
  core: string | undefined,
): ModuleSearch {
  const roles = enclosing(call.task).flatMap((level) =>
    level.kind === 'role'
      ? [level.directory]
      : level.kind === 'task' && level.role !== undefined
        ? [level.role.directory]
        : [],
  );
  const places = [...roles, call.context.play.directory];
  const exists = (path: string): boolean => existsSync(path);
  return {
    libraries: [
      ...places.map((place) => join(place, 'library')),
      ...request.modulePaths,
      ...config.list('DEFAULT_MODULE_PATH'),
    ].filter(exists),
    moduleUtils: [
      ...places.map((place) => join(place, 'module_utils')),
      ...config.list('DEFAULT_MODULE_UTILS_PATH'),
    ].filter(exists),
    collectionsPaths: config.list('COLLECTIONS_PATHS'),
    collections: [],
    coreDirectory: core,
  };
}

const CORE_PLACES = [
  '/usr/lib/python3/dist-packages/ansible',
  '/usr/local/lib/python3/dist-packages/ansible',
];

function coreDirectory(): string | undefined {
  const named = process.env.SORTIE_ANSIBLE_CORE;
  return [...(named === undefined ? [] : [named]), ...CORE_PLACES].find((path) =>
    existsSync(join(path, 'release.py')),
  );
}

function read(path: string): Uint8Array | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path) : undefined;
}

function list(path: string): readonly string[] {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(path) : [];
}
