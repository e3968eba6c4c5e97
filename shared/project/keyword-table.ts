/** Which keywords plays, blocks, tasks, handlers, roles and includes have. */

import type { Keywords } from './model.ts';

/** Keywords that need no more than being kept, by the name users write. */
export const plainKeywords: ReadonlyMap<string, PlainKeyword> = new Map([
  ['any_errors_fatal', 'anyErrorsFatal'],
  ['become', 'become'],
  ['become_exe', 'becomeExe'],
  ['become_flags', 'becomeFlags'],
  ['become_method', 'becomeMethod'],
  ['become_user', 'becomeUser'],
  ['check_mode', 'checkMode'],
  ['collections', 'collections'],
  ['connection', 'connection'],
  ['debugger', 'debugger'],
  ['delegate_facts', 'delegateFacts'],
  ['delegate_to', 'delegateTo'],
  ['diff', 'diff'],
  ['environment', 'environment'],
  ['ignore_errors', 'ignoreErrors'],
  ['ignore_unreachable', 'ignoreUnreachable'],
  ['module_defaults', 'moduleDefaults'],
  ['no_log', 'noLog'],
  ['port', 'port'],
  ['remote_user', 'remoteUser'],
  ['run_once', 'runOnce'],
  ['throttle', 'throttle'],
  ['timeout', 'timeout'],
]);

/** The keywords of {@link Keywords} that are kept as written. */
export type PlainKeyword = Exclude<keyof Keywords, 'notify' | 'tags' | 'vars' | 'when'>;

const BASE = [...plainKeywords.keys()].filter((name) => name !== 'delegate_to' && name !== 'delegate_facts');
const COMMON = [...BASE, 'name', 'tags', 'vars'];
const DELEGATE = ['delegate_to', 'delegate_facts'];

const TASK = [
  ...COMMON,
  ...DELEGATE,
  'action',
  'args',
  'async',
  'async_val',
  'changed_when',
  'delay',
  'failed_when',
  'local_action',
  'loop',
  'loop_control',
  'loop_with',
  'notify',
  'poll',
  'register',
  'retries',
  'until',
  'when',
];

const INCLUDE = [
  'action',
  'args',
  'collections',
  'debugger',
  'ignore_errors',
  'local_action',
  'loop',
  'loop_control',
  'loop_with',
  'name',
  'no_log',
  'register',
  'run_once',
  'tags',
  'timeout',
  'vars',
  'when',
];

const PLAY = [
  ...COMMON,
  'fact_path',
  'force_handlers',
  'gather_facts',
  'gather_subset',
  'gather_timeout',
  'handlers',
  'hosts',
  'max_fail_percentage',
  'order',
  'post_tasks',
  'pre_tasks',
  'roles',
  'serial',
  'strategy',
  'tasks',
  'user',
  'vars_files',
  'vars_prompt',
];

/** The objects that have keywords, by Ansible's names of them. */
export type KeywordOwner =
  | 'Block'
  | 'Handler'
  | 'HandlerTaskInclude'
  | 'IncludeRole'
  | 'LoopControl'
  | 'Play'
  | 'PlaybookInclude'
  | 'RoleInclude'
  | 'RoleMetadata'
  | 'Task'
  | 'TaskInclude';

/** The keywords of each owner. */
export const keywordsOf: Readonly<Record<KeywordOwner, ReadonlySet<string>>> = {
  Block: new Set([...COMMON, ...DELEGATE, 'block', 'rescue', 'always', 'notify', 'when']),
  Handler: new Set([...TASK, 'listen']),
  HandlerTaskInclude: new Set([...INCLUDE, 'listen']),
  IncludeRole: new Set(INCLUDE),
  LoopControl: new Set(['loop_var', 'index_var', 'label', 'pause', 'extended', 'extended_allitems']),
  Play: new Set(PLAY),
  PlaybookInclude: new Set([...COMMON, 'import_playbook', 'when', 'vars_val']),
  RoleInclude: new Set([...COMMON, ...DELEGATE, 'role', 'when']),
  RoleMetadata: new Set([...COMMON, 'allow_duplicates', 'dependencies', 'galaxy_info', 'argument_specs']),
  Task: new Set(TASK),
  TaskInclude: new Set(INCLUDE),
};

/** Keys of a task that name no module. */
export const taskKeys: ReadonlySet<string> = new Set([...TASK, 'listen', 'static']);
