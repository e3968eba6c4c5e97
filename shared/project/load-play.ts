/** From one entry of a playbook to a play. */

import { dirname } from 'node:path';
import { type Dict, isDict, type Value } from '../base/value.ts';
import { loadBlocks } from './load-blocks.ts';
import { asList, checkKeywords, loadKeywords } from './load-keywords.ts';
import { loadRole } from './load-role.ts';
import { type LoadDeps, type Loading, type PlayDraft, report } from './loading.ts';
import type { Block, Keywords, Play } from './model.ts';
import { loadRoleUses } from './role-uses.ts';
import { roleBlocks, roleHandlers } from './static-import.ts';
import { loadVarsPrompt } from './vars-prompt.ts';
import type { YamlDict } from './yaml-node.ts';

/** What the playbook around a play gives to it. */
export type PlayContext = Pick<Loading, 'diagnostics'> & {
  readonly deps: LoadDeps;
  /** Path of the playbook file. */
  readonly path: string;
  /** Conditions, tags and vars of the import_playbook statements that led here. */
  readonly imported: Keywords;
  /** The collection in which the playbook lies. */
  readonly collection: string | undefined;
};

/** The play in `node`; mistakes are reported. */
export function loadPlay(context: PlayContext, node: YamlDict): Play {
  checkKeywords(context, node, { owner: 'Play' });
  const draft = draftPlay(context, node);
  const loading: Loading = { ...context, play: draft.play, handlersFrom: new Set(), loadBlocks, loadRole };
  checkHosts(loading, node);
  loadRoles(loading, node, draft);
  const section = (name: string): readonly Block[] => loadSection(loading, node, name);
  const handlers = section('handlers');
  const early = draft.play.handlers.splice(0);
  draft.preTasks.push(...section('pre_tasks'));
  draft.postTasks.push(...section('post_tasks'));
  draft.tasks.push(...section('tasks'));
  const late = draft.play.handlers.splice(0);
  draft.play.handlers.push(...draft.roleHandlers, ...handlers, ...early, ...late);
  return draft.play;
}

type Draft = {
  readonly play: PlayDraft;
  readonly preTasks: Block[];
  readonly roleTasks: Block[];
  readonly tasks: Block[];
  readonly postTasks: Block[];
  readonly roleHandlers: Block[];
};

function draftPlay(context: PlayContext, node: YamlDict): Draft {
  const read = (key: string): Value | undefined => node.value.get(key);
  const lists = { preTasks: [], roleTasks: [], tasks: [], postTasks: [], roleHandlers: [] };
  const play: PlayDraft = {
    kind: 'play',
    name: read('name'),
    hosts: read('hosts') ?? null,
    position: node.position,
    directory: dirname(context.path),
    keywords: playKeywords(context, node),
    varsFiles: listOf(read('vars_files')),
    varsPrompt: loadVarsPrompt(context, node.entries.get('vars_prompt')?.node),
    gatherFacts: read('gather_facts'),
    gatherSubset: read('gather_subset'),
    gatherTimeout: read('gather_timeout'),
    factPath: read('fact_path'),
    serial: listOf(read('serial')),
    strategy: read('strategy'),
    order: read('order'),
    maxFailPercentage: read('max_fail_percentage'),
    forceHandlers: read('force_handlers'),
    roles: [],
    handlers: [],
    preTasks: lists.preTasks,
    roleTasks: lists.roleTasks,
    tasks: lists.tasks,
    postTasks: lists.postTasks,
  };
  return { play, ...lists };
}

function listOf(value: Value | undefined): readonly Value[] {
  return value === undefined || value === null ? [] : asList(value);
}

function playKeywords(context: PlayContext, node: YamlDict): Keywords {
  const own = loadKeywords(context, node, 'Play');
  const { imported } = context;
  const tags = [...(own.tags ?? []), ...(imported.tags ?? [])];
  const vars: Dict = new Map([...(own.vars ?? []), ...(imported.vars ?? [])]);
  return {
    ...own,
    ...remoteUser(context, node),
    ...collectionsOf(context, own),
    ...(tags.length === 0 ? {} : { tags }),
    ...(vars.size === 0 ? {} : { vars }),
    ...(imported.when === undefined ? {} : { when: imported.when }),
  };
}

/** The old name of `remote_user`. */
function remoteUser(context: PlayContext, node: YamlDict): Keywords {
  const user = node.entries.get('user');
  if (user === undefined) return {};
  if (!node.entries.has('remote_user')) return { remoteUser: user.node.value };
  report(context, {
    code: 'keyword-type',
    message:
      "both 'user' and 'remote_user' are set for this play. The use of 'user' is deprecated, and should be removed",
    position: user.key,
  });
  return {};
}

/** A playbook of a collection searches that collection first. */
function collectionsOf(context: PlayContext, own: Keywords): Keywords {
  const written = listOf(own.collections);
  const all = [...(context.collection === undefined ? [] : [context.collection]), ...written];
  if (all.length === 0) return {};
  const isComplete = all.includes('ansible.builtin') || all.includes('ansible.legacy');
  return { collections: isComplete ? all : [...all, 'ansible.legacy'] };
}

function checkHosts(loading: Loading, node: YamlDict): void {
  const entry = node.entries.get('hosts');
  const problem =
    entry === undefined ? "the field 'hosts' is required but was not set" : hostsProblem(entry.node.value);
  if (problem === undefined) return;
  report(loading, {
    code: 'hosts-invalid',
    message: problem,
    position: entry?.node.position ?? node.position,
  });
}

function hostsProblem(hosts: Value): string | undefined {
  if (hosts === null || hosts === '' || (Array.isArray(hosts) && hosts.length === 0)) {
    return 'Hosts list cannot be empty. Please check your playbook';
  }
  if (!Array.isArray(hosts)) {
    return isText(hosts) ? undefined : 'Hosts list must be a sequence or string. Please check your playbook.';
  }
  const bad = hosts.find((host) => !isText(host));
  if (bad === undefined) return undefined;
  return bad === null
    ? "Hosts list cannot contain values of 'None'. Please check your playbook"
    : `Hosts list contains an invalid host value: '${isDict(bad) ? 'a dictionary' : String(bad)}'`;
}

function isText(value: Value): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && 'special' in value);
}

function loadRoles(loading: Loading, node: YamlDict, draft: Draft): void {
  const collections = loading.play.keywords.collections;
  const uses = loadRoleUses(loading, node.entries.get('roles')?.node, {
    parent: loading.play,
    besides: undefined,
    collections: listOf(collections).filter((name) => typeof name === 'string'),
    notAList: 'A malformed role declaration was encountered.',
  });
  const roles = uses.flatMap((use) => loadRole(loading, use) ?? []);
  loading.play.roles.unshift(...roles);
  draft.roleTasks.push(...roles.flatMap(roleBlocks));
  draft.roleHandlers.push(...roles.flatMap((role) => roleHandlers(role, loading.handlersFrom)));
}

function loadSection(loading: Loading, node: YamlDict, name: string): readonly Block[] {
  const entry = node.entries.get(name);
  if (entry === undefined) return [];
  return loadBlocks(loading, entry.node, {
    parent: loading.play,
    role: undefined,
    isHandler: name === 'handlers',
    what: name,
  });
}
