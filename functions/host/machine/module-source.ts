/** Finds the modules of tasks: the agent's own, a user's, a collection's, or those of an installed Ansible. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentPayload } from '../../../shared/modules/agent-payload.ts';
import { chooseModule, type ModuleChooser } from '../../../shared/modules/choose-module.ts';
import type { ModuleSearch } from '../../../shared/modules/module-search.ts';
import { openModules } from '../../../shared/modules/open-modules.ts';
import type { Config } from '../../../shared/project/config/load-config.ts';
import { nearestKeyword } from '../../../shared/project/inheritance.ts';
import { builtinName, type ModulePlace } from '../../../shared/project/loading.ts';
import { parseYamlText } from '../../../shared/project/yaml-text.ts';
import { type ActionCall, ActionFailure } from '../actions/action.ts';
import { actionsByName } from '../actions/registry.ts';
import type { ModuleSource } from '../execute/remote.ts';
import { installedCore } from './installed-core.ts';

export type ModuleSourceOptions = {
  readonly modulePaths: readonly string[];
  readonly config: Config;
  readonly agent: AgentPayload;
  /** `SORTIE_MODULES` and `SORTIE_ANSIBLE_CORE` are read here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
};

/** The modules of a run: for its tasks, and for checking their names while loading. */
export type RunModules = ModuleSource & {
  /** Whether a task may name it; always true when no ansible-core is there to look in. */
  readonly isKnown: (action: string, place: ModulePlace) => boolean;
  /** From now on the modules of the role in this directory are there for all tasks. */
  readonly addRole: (directory: string) => void;
};

const NO_CORE =
  '. Modules that are not built in come from an installed ansible-core, or from the directory that SORTIE_ANSIBLE_CORE names: there is neither.';

/** Actions that the loader or the executor takes care of, beside those with an action of their own. */
const HANDLED_ELSEWHERE = ['gather_facts', 'import_playbook', 'import_role', 'import_tasks', 'meta'];

/** The module source of a run. */
export function moduleSource(options: ModuleSourceOptions): RunModules {
  const modules = openModules({ read, list, parseYaml: (text) => parseYamlText(text)[0] });
  const chooser: ModuleChooser = {
    modules,
    isNative: (name) => options.agent.native(name) !== undefined,
    prefersAnsible: options.environment.SORTIE_MODULES === 'ansible',
  };
  const actions = new Set([...actionsByName(), ...HANDLED_ELSEWHERE]);
  const coreDirectory = once(() => installedCore(options));
  const roles = new Set<string>();
  const searchOf = searches(options);
  /** The agent's own modules need no ansible-core, so that it is not looked for. */
  const search = (name: string, { collections, playDirectory }: ModulePlace): ModuleSearch => {
    const found = searchOf({ collections, directories: [playDirectory, ...roles] });
    const isNative = chooser.isNative(builtinName(name)) && !chooser.prefersAnsible;
    const isEnough = isNative && collections.length === 0 && !isInLibrary(builtinName(name), found);
    return isEnough ? found : { ...found, coreDirectory: coreDirectory() };
  };
  return {
    choose: (name, call) => {
      const choice = chooseModule(name, search(name, placeOf(call)), chooser);
      if (choice.kind === 'found') return choice;
      const hint = choice.kind === 'missing' && coreDirectory() === undefined ? NO_CORE : '';
      throw new ActionFailure(refusal(name, choice) + hint);
    },
    isKnown: (name, place) =>
      actions.has(builtinName(name)) ||
      coreDirectory() === undefined ||
      chooseModule(name, search(name, place), chooser).kind !== 'missing',
    addRole: (directory) => roles.add(directory),
  };
}

/** Whether a module of the user's own takes the place of the one with that name; it may need what ansible-core has. */
function isInLibrary(name: string, { libraries }: ModuleSearch): boolean {
  return libraries.some((directory) => list(directory).some((file) => file.replace(/\.\w+$/, '') === name));
}

function placeOf({ task, context }: ActionCall): ModulePlace {
  const written = nearestKeyword(task, 'collections');
  const collections = Array.isArray(written) ? written.filter((name) => typeof name === 'string') : [];
  return { collections, playDirectory: context.play.directory };
}

/** The playbook's directory, then those of roles in the order in which they were loaded. */
type Place = { readonly collections: readonly string[]; readonly directories: readonly string[] };

/** Where to look from a place; answered once for each, because every task asks. */
function searches({ modulePaths, config }: ModuleSourceOptions): (place: Place) => ModuleSearch {
  const known = new Map<string, ModuleSearch>();
  const make = ({ collections, directories }: Place): ModuleSearch => {
    const beside = (name: string): readonly string[] => directories.map((directory) => join(directory, name));
    return {
      libraries: [...modulePaths, ...beside('library'), ...config.list('DEFAULT_MODULE_PATH')].filter(
        isThere,
      ),
      moduleUtils: [...beside('module_utils'), ...config.list('DEFAULT_MODULE_UTILS_PATH')].filter(isThere),
      collectionsPaths: [
        ...beside('collections').slice(0, 1),
        ...config.list('COLLECTIONS_PATHS').map((path) => path.replace(/\/ansible_collections\/?$/, '')),
      ],
      collections,
      coreDirectory: undefined,
    };
  };
  return (place) => {
    const key = JSON.stringify(place);
    const search = known.get(key) ?? make(place);
    known.set(key, search);
    return search;
  };
}

function refusal(name: string, choice: Exclude<ReturnType<typeof chooseModule>, { kind: 'found' }>): string {
  switch (choice.kind) {
    case 'missing':
      return `The module ${name} was not found in configured module paths`;
    case 'powershell':
      return `The module ${name} is for Windows, which is not supported (${choice.path})`;
    case 'removed':
      return choice.message;
    default:
      return choice satisfies never;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function isThere(path: string): boolean {
  return existsSync(path);
}

function read(path: string): Uint8Array | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path) : undefined;
}

function list(path: string): readonly string[] {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(path) : [];
}
