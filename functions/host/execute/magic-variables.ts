/** Ansible's magic variables: what a run knows of itself, computed when read. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { enclosing, everyKeyword, nearestKeyword } from '../../../shared/project/inheritance.ts';
import type { Play, Role } from '../../../shared/project/model.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { type LazyDict, omit } from '../../../shared/template/python/special.ts';
import type { Layer } from '../../../shared/template/scope.ts';
import { COMPUTED, RECEIVED } from '../../../shared/template/text-origin.ts';
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
  return {
    get: (name) => READERS.get(name)?.(sources),
    names: () =>
      [...READERS].flatMap(([name, read]) =>
        OPTIONAL.has(name) && read(sources) === undefined ? [] : [name],
      ),
    textsOf: (name) => (name === 'ansible_facts' ? RECEIVED : COMPUTED),
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
  'environment',
  'role_name',
  'role_path',
]);

/** What `hostvars` does not show of a host: what belongs to the task and play that ask, and the way back. */
const NOT_OF_HOSTS =
  /^(?:environment|hostvars|vars|play_hosts|role_\w+|ansible_(?:play_.+|delegated_vars|search_path|collection_name|(?:\w+_)?role_\w+))$/;

/** The magic variables that a host has in `hostvars`. */
export function hostMagicLayer(sources: MagicSources): Layer {
  const whole = magicLayer(sources);
  return {
    get: (name) => (NOT_OF_HOSTS.test(name) ? undefined : whole.get(name)),
    names: () => [...whole.names()].filter((name) => !NOT_OF_HOSTS.test(String(name))),
  };
}

type Reader = (sources: MagicSources) => Value | undefined;
type Readers = Readonly<Record<string, Reader>>;

const HOST_READERS: Readers = {
  inventory_hostname: ({ site }) => site.host,
  inventory_hostname_short: ({ site: { context, host } }) =>
    context.inventory.vars(host).get('inventory_hostname_short') ?? host,
  inventory_file: ({ site }) => sourceOf(site) ?? null,
  inventory_dir: ({ site }) => sourceOf(site)?.replace(/\/[^/]*$/, '') ?? null,
  group_names: ({ site }) => [...site.context.inventory.groupNames(site.host)],
  groups: ({ site }) => site.context.inventory.groups(),
  hostvars: ({ hostvars }) => hostvars,
  vars: ({ vars }) => vars(),
  omit: () => omit,
  ansible_delegated_vars: delegatedVars,
  ansible_facts: ({ site }) => namespaced(allFacts(site.vars.facts)),
};

const PLAY_READERS: Readers = {
  playbook_dir: ({ site }) => site.context.play.directory,
  play_hosts: ({ site }) => changing(site, 'play_hosts', site.context.hosts.batch),
  ansible_play_hosts: ({ site }) => changing(site, 'ansible_play_hosts', site.context.hosts.active),
  ansible_play_batch: ({ site }) => changing(site, 'ansible_play_batch', site.context.hosts.batch),
  ansible_play_hosts_all: ({ site }) => [...site.context.hosts.all],
  ansible_play_name: ({ site, render }) => playName(site.context.play, render),
  ansible_search_path: ({ site }) => [...searchPath(site.context.play, site.task)],
  environment: ({ site: { task } }) =>
    task === undefined ? undefined : [...everyKeyword(task, 'environment')],
  ansible_check_mode: ({ site }) => site.context.settings.isCheckMode,
  ansible_diff_mode: ({ site }) => site.context.settings.isDiff,
};

const ROLE_READERS: Readers = {
  role_name: ({ site }) => site.task?.role?.name,
  role_path: ({ site }) => site.task?.role?.directory,
  ansible_role_name: ({ site: { task } }) => (task?.role === undefined ? undefined : fullName(task.role)),
  ansible_collection_name: ({ site: { task } }) =>
    task?.role === undefined ? undefined : (task.role.collection ?? null),
  ansible_parent_role_names: ({ site }) => unlessEmpty(rolesOutside(site).map(fullName)),
  ansible_parent_role_paths: ({ site }) => unlessEmpty(rolesOutside(site).map((role) => role.directory)),
  role_names: ({ site }) => directRoles(site),
  ansible_play_role_names: ({ site }) => directRoles(site),
  ansible_role_names: ({ site }) => allRoles(site),
  ansible_dependent_role_names: ({ site }) => {
    const named = new Set(directRoles(site));
    return allRoles(site).filter((name) => !named.has(name));
  },
};

const SETTING_READERS: Readers = {
  ansible_version: () => versionDict(),
  ansible_forks: ({ site }) => site.context.settings.forks,
  ansible_verbosity: ({ site }) => site.context.settings.verbosity,
  ansible_limit: ({ site }) => site.context.settings.limit,
  ansible_run_tags: ({ site }) => [...site.context.settings.tags],
  ansible_skip_tags: ({ site }) => [...site.context.settings.skipTags],
  ansible_inventory_sources: ({ site }) => [...site.context.settings.inventorySources],
  ansible_config_file: ({ site }) => site.context.configFile ?? null,
  ansible_playbook_python: ({ site }) =>
    site.context.local.environment('SORTIE_PYTHON') ?? '/usr/bin/python3',
};

/** The same for all places, since each task on each host looks into it. */
const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries({ ...HOST_READERS, ...PLAY_READERS, ...ROLE_READERS, ...SETTING_READERS }),
);

function sourceOf({ context, host }: RenderSite): string | undefined {
  return context.inventory.sourceOf(host);
}

/** Of a delegated task: the variables of the host that it goes to, under the host's name. */
function delegatedVars({ site, hostvars, render }: MagicSources): Dict | undefined {
  const written = site.task === undefined ? undefined : nearestKeyword(site.task, 'delegateTo');
  if (written === undefined || written === null) return undefined;
  const host = render(written);
  return new Map<Value, Value>([[host, hostvars.get(host) ?? new Map<Value, Value>()]]);
}

/** The name of a play, or else what its hosts are. */
function playName({ hosts, name }: Play, render: (value: Value) => Value): Value {
  const hasName = name !== undefined && name !== null && name !== '';
  if (hasName) return render(name);
  const patterns = render(hosts);
  return Array.isArray(patterns) ? patterns.map(str).join(',') : patterns;
}

function changing(site: RenderSite, name: string, hosts: readonly string[]): Value {
  requireSync(site, name);
  return [...hosts];
}

/** The roles from which the task's role was included, nearest first; those that depend on it are none. */
function rolesOutside({ task }: RenderSite): readonly Role[] {
  if (task === undefined) return [];
  const roles = enclosing(task).filter((node) => node.kind === 'role');
  return roles.filter((role, index) => {
    const inner = index === 0 ? task.role : roles[index - 1];
    return role !== task.role && inner !== undefined && !role.dependencies.includes(inner);
  });
}

function unlessEmpty(values: Value[]): Value[] | undefined {
  return values.length > 0 ? values : undefined;
}

function directRoles({ context }: RenderSite): Value[] {
  return context.play.roles.map(fullName);
}

function allRoles({ context }: RenderSite): Value[] {
  return [...new Set(context.play.roles.flatMap(withDependencies).map(fullName))];
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
    ['string', COMPATIBLE.full],
    ['full', COMPATIBLE.full],
    ['major', COMPATIBLE.major],
    ['minor', COMPATIBLE.minor],
    ['revision', COMPATIBLE.revision],
  ]);
}
