/**
 * A playbook as it was written: plays, blocks and tasks with their keywords, statics imported, nothing rendered.
 *
 * Values that the user wrote are `Value` trees in which strings with template markers are `Template` objects and
 * `!vault` scalars are `Vaulted`. Nodes know their parent, because keywords, variables, tags and conditions inherit
 * along that chain: task → block → … → role or include → play.
 */

import type { Position } from '../base/diagnostic.ts';
import type { Dict, Value } from '../base/value.ts';

export type Playbook = { readonly path: string; readonly plays: readonly Play[] };

/** Keywords that plays, blocks, roles and tasks share, as written; absent ones inherit. */
export type Keywords = {
  readonly anyErrorsFatal?: Value;
  readonly become?: Value;
  readonly becomeExe?: Value;
  readonly becomeFlags?: Value;
  readonly becomeMethod?: Value;
  readonly becomeUser?: Value;
  readonly checkMode?: Value;
  readonly collections?: Value;
  readonly connection?: Value;
  readonly debugger?: Value;
  readonly diff?: Value;
  /** One entry per level that wrote one; dicts or templates. */
  readonly environment?: Value;
  readonly ignoreErrors?: Value;
  readonly ignoreUnreachable?: Value;
  readonly moduleDefaults?: Value;
  readonly noLog?: Value;
  readonly port?: Value;
  readonly remoteUser?: Value;
  readonly runOnce?: Value;
  readonly throttle?: Value;
  readonly timeout?: Value;
  /** As written, split at commas; may hold templates. */
  readonly tags?: readonly Value[];
  readonly vars?: Dict;
  /** Conditions of this level only, in order; strings are bare expressions, booleans stand for themselves. */
  readonly when?: readonly Value[];
  /** Of blocks, roles and tasks. */
  readonly delegateTo?: Value;
  readonly delegateFacts?: Value;
  /** Of blocks: what their tasks notify that say nothing themselves. Tasks carry the outcome in {@link Task.notify}. */
  readonly notify?: readonly Value[];
};

export type Play = {
  readonly kind: 'play';
  readonly name: Value | undefined;
  readonly hosts: Value;
  readonly position: Position;
  /** Directory of the playbook file: base of group_vars, roles and relative paths. */
  readonly directory: string;
  readonly keywords: Keywords;
  readonly varsFiles: readonly Value[];
  readonly varsPrompt: readonly VarsPrompt[];
  readonly gatherFacts: Value | undefined;
  readonly gatherSubset: Value | undefined;
  readonly gatherTimeout: Value | undefined;
  readonly factPath: Value | undefined;
  readonly serial: readonly Value[];
  readonly strategy: Value | undefined;
  readonly order: Value | undefined;
  readonly maxFailPercentage: Value | undefined;
  readonly forceHandlers: Value | undefined;
  /**
   * Every role whose defaults and vars the whole play sees, lowest precedence first: the roles of `roles:`, then those
   * that `import_role` brought in. Those of their dependencies come before their own, and `keywords.vars` are seen too.
   */
  readonly roles: readonly Role[];
  readonly preTasks: readonly Block[];
  /** The tasks of the roles of `roles:` in order, each role after its dependencies; `block.role` says whose they are. */
  readonly roleTasks: readonly Block[];
  readonly tasks: readonly Block[];
  readonly postTasks: readonly Block[];
  /** Handlers in the order of definition: of the roles of `roles:`, of the play, of roles that `import_role` brought in. */
  readonly handlers: readonly Block[];
};

export type VarsPrompt = {
  readonly name: string;
  readonly prompt: Value;
  readonly isPrivate: boolean;
  readonly default: Value;
  readonly confirm: boolean;
  readonly encrypt: string | undefined;
  readonly salt: string | undefined;
  readonly saltSize: number | undefined;
  readonly isUnsafe: boolean;
};

/**
 * One use of a role; a role used twice is two of these.
 *
 * Uses with the same `identity` count as the same role: unless `allowDuplicates`, a host that ran a task (one that
 * was not skipped) of one use skips the tasks of every later use. The executor keeps, per host, which use ran first.
 */
export type Role = {
  readonly kind: 'role';
  readonly name: string;
  /** Name, parameters, conditions, tags, vars and chosen files as one text. */
  readonly identity: string;
  /** Collection name for roles of collections. */
  readonly collection: string | undefined;
  readonly directory: string;
  readonly defaults: Dict;
  readonly vars: Dict;
  /** What the use gives beside keywords (`roles: [{role: x, port: 80}]`). */
  readonly params: Dict;
  readonly keywords: Keywords;
  readonly dependencies: readonly Role[];
  /** Its own tasks, without those of its dependencies. */
  readonly tasks: readonly Block[];
  /** Its own handlers, without those of its dependencies. */
  readonly handlers: readonly Block[];
  readonly allowDuplicates: boolean;
  /** Whether its defaults and vars are seen by the rest of the play. */
  readonly isPublic: boolean;
  /** The play, the role that depends on it, the import or include task, or the block of an include's `apply`. */
  readonly parent: Parent;
  readonly position: Position;
};

export type Node = Block | Task;
export type Parent = Block | Play | Role | Task;

export type Block = {
  readonly kind: 'block';
  readonly name: Value | undefined;
  readonly keywords: Keywords;
  readonly tasks: readonly Node[];
  readonly rescue: readonly Node[];
  readonly always: readonly Node[];
  /** The enclosing block, the import or include task that brought it in, the role, or the play. */
  readonly parent: Parent;
  /** The role whose tasks it belongs to. */
  readonly role: Role | undefined;
  /** A block that the loader made around bare tasks. */
  readonly isImplicit: boolean;
  readonly position: Position;
};

export type Task = {
  readonly kind: 'task';
  readonly name: Value | undefined;
  /** As written, e.g. `ansible.builtin.copy`; legacy free form already split off. */
  readonly action: string;
  /**
   * A dict, or a template that gives one. Free-form text stands under `_raw_params`; a template that gives further
   * arguments beside written ones, which win, stands under `_variable_params`.
   */
  readonly args: Value;
  readonly keywords: Keywords;
  readonly loop: LoopClause | undefined;
  readonly loopControl: LoopControl;
  readonly register: string | undefined;
  readonly until: readonly Value[];
  readonly retries: Value | undefined;
  readonly delay: Value | undefined;
  readonly changedWhen: readonly Value[] | undefined;
  readonly failedWhen: readonly Value[] | undefined;
  readonly notify: readonly Value[];
  /** Of handlers. */
  readonly listen: readonly Value[];
  readonly async: Value | undefined;
  readonly poll: Value | undefined;
  readonly isHandler: boolean;
  /** The `vars` of an import that was written as the old `include`: they win over facts, its other parameters do not. */
  readonly includeParams?: Dict;
  /** Made by us, not written: the flush of handlers after each part of a play. */
  readonly isImplicit?: boolean;
  readonly parent: Parent;
  readonly role: Role | undefined;
  readonly position: Position;
};

export type LoopClause = {
  /** `loop`, or the lookup's name of `with_<lookup>`. */
  readonly with: string;
  readonly value: Value;
};

export type LoopControl = {
  readonly loopVar: Value;
  readonly indexVar: Value | undefined;
  readonly label: Value | undefined;
  readonly pause: Value | undefined;
  readonly extended: Value | undefined;
  readonly extendedAllitems: Value | undefined;
};
