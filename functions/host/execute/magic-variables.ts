/** Ansible's magic variables: what a run knows of itself, computed when read. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { enclosing, nearestKeyword } from '../../../shared/project/inheritance.ts';
import type { Role } from '../../../shared/project/model.ts';
import type { Layer } from '../../../shared/template/scope.ts';
import { type LazyDict, omit } from '../../../shared/template/special.ts';
import { type RenderSite, requireSync } from './render-site.ts';
import { searchPath } from './search-path.ts';
import { allFacts } from './variable-layers.ts';

/** The version of Ansible whose behaviour a playbook may rely on. */
const COMPATIBLE = { full: '2.14.18', major: 2, minor: 14, revision: 18 };

/** As modules are told it. */
export const compatibleVersion: string = COMPATIBLE.full;

/** What magic variables are made from. */
export type MagicSources = {
  readonly site: RenderSite;
  readonly hostvars: LazyDict;
  readonly vars: () => LazyDict;
  /** Renders what is written at the task. */
  readonly render: (value: Value) => Value;
};

/** The layer of magic variables of a site. */
export function magicLayer(sources: MagicSources): Layer {
  const readers = readersOf(sources);
  return {
    get: (name) => readers.get(name)?.(),
    names: () =>
      [...readers].flatMap(([name, read]) => (OPTIONAL.has(name) && read() === undefined ? [] : [name])),
  };
}

/** Those that not every place has. */
const OPTIONAL = new Set([
  'ansible_collection_name',
  'ansible_delegated_vars',
  'ansible_limit',
  'ansible_parent_role_names',
  'ansible_parent_role_paths',
  'ansible_role_name',
  'role_name',
  'role_path',
]);

/** What `hostvars` does not show of a host: what belongs to the task and play that ask, and the way back. */
const NOT_OF_HOSTS =
  /^(?:hostvars|vars|play_hosts|role_\w+|ansible_(?:play_.+|delegated_vars|search_path|collection_name|(?:\w+_)?role_\w+))$/;

/** The magic variables that a host has in `hostvars`. */
export function hostMagicLayer(sources: MagicSources): Layer {
  const whole = magicLayer(sources);
  return {
    get: (name) => (NOT_OF_HOSTS.test(name) ? undefined : whole.get(name)),
    names: () => [...whole.names()].filter((name) => !NOT_OF_HOSTS.test(String(name))),
  };
}

type Readers = Readonly<Record<string, () => Value | undefined>>;

function readersOf(sources: MagicSources): ReadonlyMap<string, () => Value | undefined> {
  return new Map(
    Object.entries({
      ...hostReaders(sources),
      ...playReaders(sources.site),
      ...roleReaders(sources.site),
      ...settingReaders(sources.site),
    }),
  );
}

function hostReaders({ site, hostvars, vars, render }: MagicSources): Readers {
  const { inventory } = site.context;
  const source = (): string | undefined => inventory.sourceOf(site.host);
  return {
    inventory_hostname: () => site.host,
    inventory_hostname_short: () => inventory.vars(site.host).get('inventory_hostname_short') ?? site.host,
    inventory_file: () => source() ?? null,
    inventory_dir: () => source()?.replace(/\/[^/]*$/, '') ?? null,
    group_names: () => [...inventory.groupNames(site.host)],
    groups: () => inventory.groups(),
    hostvars: () => hostvars,
    vars,
    omit: () => omit,
    ansible_delegated_vars: () => delegatedVars({ site, hostvars, render }),
    ansible_facts: () => namespaced(allFacts(site.vars.facts)),
  };
}

/** Of a delegated task: the variables of the host that it goes to, under the host's name. */
function delegatedVars({ site, hostvars, render }: Omit<MagicSources, 'vars'>): Dict | undefined {
  const written = site.task === undefined ? undefined : nearestKeyword(site.task, 'delegateTo');
  if (written === undefined || written === null) return undefined;
  const host = render(written);
  return new Map<Value, Value>([[host, hostvars.get(host) ?? new Map<Value, Value>()]]);
}

function playReaders(site: RenderSite): Readers {
  const { context, task } = site;
  const changing = (name: string, hosts: readonly string[]): Value => {
    requireSync(site, name);
    return [...hosts];
  };
  return {
    playbook_dir: () => context.play.directory,
    play_hosts: () => changing('play_hosts', context.hosts.batch),
    ansible_play_hosts: () => changing('ansible_play_hosts', context.hosts.active),
    ansible_play_batch: () => changing('ansible_play_batch', context.hosts.batch),
    ansible_play_hosts_all: () => [...context.hosts.all],
    ansible_play_name: () => (typeof context.play.name === 'string' ? context.play.name : ''),
    ansible_search_path: () => [...searchPath(context.play, task)],
    ansible_check_mode: () => context.settings.isCheckMode,
    ansible_diff_mode: () => context.settings.isDiff,
  };
}

function roleReaders(site: RenderSite): Readers {
  const role = site.task?.role;
  const around = site.task === undefined ? [] : enclosing(site.task);
  const outer = (): readonly Role[] =>
    around.flatMap((node) => (node.kind === 'role' && node !== role ? [node] : []));
  const direct = (): Value[] => site.context.play.roles.map(fullName);
  const all = (): Value[] => [...new Set(site.context.play.roles.flatMap(withDependencies).map(fullName))];
  return {
    role_name: () => role?.name,
    role_path: () => role?.directory,
    ansible_role_name: () => (role === undefined ? undefined : fullName(role)),
    ansible_collection_name: () => role?.collection,
    ansible_parent_role_names: () => (outer().length > 0 ? outer().map(fullName) : undefined),
    ansible_parent_role_paths: () => (outer().length > 0 ? outer().map((each) => each.directory) : undefined),
    role_names: () => direct(),
    ansible_play_role_names: () => direct(),
    ansible_role_names: all,
    ansible_dependent_role_names: () => {
      const named = new Set(direct());
      return all().filter((name) => !named.has(name));
    },
  };
}

function settingReaders(site: RenderSite): Readers {
  const { settings, configFile, local } = site.context;
  return {
    ansible_version: () => versionDict(),
    ansible_forks: () => settings.forks,
    ansible_verbosity: () => settings.verbosity,
    ansible_limit: () => settings.limit,
    ansible_run_tags: () => [...settings.tags],
    ansible_skip_tags: () => [...settings.skipTags],
    ansible_inventory_sources: () => [...settings.inventorySources],
    ansible_config_file: () => configFile ?? null,
    ansible_playbook_python: () => local.environment('SORTIE_PYTHON') ?? '/usr/bin/python3',
  };
}

function namespaced(facts: Dict): Dict {
  return new Map(
    [...facts].map(([name, value]) => [
      typeof name === 'string' ? name.replace(/^ansible_/, '') : name,
      value,
    ]),
  );
}

function withDependencies(role: Role): readonly Role[] {
  return [...role.dependencies.flatMap(withDependencies), role];
}

function fullName(role: Role): string {
  return role.collection === undefined ? role.name : `${role.collection}.${role.name}`;
}

function versionDict(): Dict {
  return new Map<Value, Value>([
    ['full', COMPATIBLE.full],
    ['major', COMPATIBLE.major],
    ['minor', COMPATIBLE.minor],
    ['revision', COMPATIBLE.revision],
    ['string', COMPATIBLE.full],
  ]);
}
