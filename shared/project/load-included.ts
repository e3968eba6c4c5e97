/** Loads what include_tasks and include_role bring in while a play runs: the same code as for static imports. */

import type { Checked } from '../base/diagnostic.ts';
import { isDict, type Value } from '../base/value.ts';
import { argsOf } from './include-options.ts';
import { playOf } from './inheritance.ts';
import { loadBlocks } from './load-blocks.ts';
import { checkKeywords, loadKeywords, nodeOfValue } from './load-keywords.ts';
import { loadRole } from './load-role.ts';
import { type LoadDeps, type Loading, readTree, report } from './loading.ts';
import type { Block, Parent, Role, Task } from './model.ts';
import { roleBlocks, roleHandlers, roleUse } from './static-import.ts';
import { findTaskFile } from './task-file.ts';
import { uniqueDiagnostics } from './unique-diagnostics.ts';

/** What an include adds to the running play. */
export type Included = {
  /** The file that was found for an include_tasks; undefined for roles. */
  readonly file: string | undefined;
  /** The tasks to run now, in order; their parent chain leads through the include task to the play. */
  readonly blocks: readonly Block[];
  /** Handlers that the play has from now on, after its own. */
  readonly handlers: readonly Block[];
  /** Roles whose defaults and vars the whole play sees from now on. */
  readonly publicRoles: readonly Role[];
};

/** The options of an include_role, rendered. What is absent is as the task says, or as the role says. */
export type RoleRequest = {
  readonly name: string;
  readonly tasksFrom?: string;
  readonly varsFrom?: string;
  readonly defaultsFrom?: string;
  readonly handlersFrom?: string;
  readonly allowDuplicates?: boolean;
  readonly isPublic?: boolean;
  readonly isValidated?: boolean;
};

type IncludeRun = { readonly loading: Loading; readonly rolesBefore: number };

const NOTHING: Included = { file: undefined, blocks: [], handlers: [], publicRoles: [] };

/** The tasks of the file called `file` (rendered) for the include_tasks task `include`. */
export function loadIncludedTasks(file: string, include: Task, deps: LoadDeps): Checked<Included> {
  const run = startLoading(include, deps);
  const { loading } = run;
  const { path, tried } = findTaskFile(deps, include, file);
  const tree = path === undefined ? undefined : readTree(loading, path);
  if (tree === undefined) {
    report(loading, {
      code: 'file-missing',
      exitCode: 1,
      message: `Could not find or access '${tried.at(-1) ?? file}' on the Ansible Controller.`,
      position: include.position,
      hint: `Looked for: ${tried.join(', ')}`,
    });
    return finish(run, [], NOTHING);
  }
  if (tree.value !== null && tree.kind !== 'list') {
    const message = 'included task files must contain a list of tasks';
    report(loading, { code: 'file-shape', message, position: tree.position });
    return finish(run, [], NOTHING);
  }
  const blocks = loadBlocks(loading, tree, {
    parent: parentFor(loading, include),
    role: include.role,
    isHandler: include.isHandler,
    what: 'tasks',
  });
  return finish(run, blocks, { ...NOTHING, file: path });
}

/** The role that the include_role task `include` asks for, with its dependencies. */
export function loadIncludedRole(request: RoleRequest, include: Task, deps: LoadDeps): Checked<Included> {
  const run = startLoading(include, deps);
  const { loading } = run;
  const from = new Map(
    Object.entries({
      tasks: request.tasksFrom,
      vars: request.varsFrom,
      defaults: request.defaultsFrom,
      handlers: request.handlersFrom,
    }).flatMap(([directory, file]) => (file === undefined ? [] : [[directory, file]])),
  );
  const use = roleUse(include, request.name, from);
  const role = loadRole(loading, {
    ...use,
    parent: parentFor(loading, include),
    allowDuplicates: request.allowDuplicates ?? use.allowDuplicates,
    isPublic: request.isPublic ?? use.isPublic,
    isValidated: request.isValidated ?? use.isValidated,
  });
  if (role === undefined) return finish(run, [], NOTHING);
  const own: Included = {
    file: undefined,
    blocks: [],
    handlers: roleHandlers(role, loading.handlersFrom),
    publicRoles: role.isPublic ? [role] : [],
  };
  return finish(run, roleBlocks(role), own);
}

/** Static imports below an include add to a copy of the play, from which {@link finish} takes what is new. */
function startLoading(include: Task, deps: LoadDeps): IncludeRun {
  const play = playOf(include);
  const draft = { ...play, roles: [...play.roles], handlers: [] };
  const loading: Loading = {
    deps,
    diagnostics: [],
    play: draft,
    handlersFrom: new Set(),
    loadBlocks,
    loadRole,
  };
  return { loading, rolesBefore: play.roles.length };
}

function finish(run: IncludeRun, blocks: readonly Block[], own: Included): Checked<Included> {
  const { play, diagnostics } = run.loading;
  const value = {
    file: own.file,
    blocks,
    handlers: [...own.handlers, ...play.handlers],
    publicRoles: [...play.roles.slice(run.rolesBefore), ...own.publicRoles],
  };
  return { value, diagnostics: uniqueDiagnostics(diagnostics) };
}

/** The include task, or a block between it and what it brings in when it has `apply`. */
function parentFor(loading: Loading, include: Task): Parent {
  const apply = argsOf(include).get('apply');
  return isDict(apply) && apply.size > 0 ? applyBlock(loading, include, apply) : include;
}

function applyBlock(loading: Loading, include: Task, apply: Value): Block {
  const node = nodeOfValue(apply, include.position);
  if (node.kind !== 'dict') throw new Error('apply is a dict');
  checkKeywords(loading, node, { owner: 'Block' });
  return {
    kind: 'block',
    name: undefined,
    keywords: loadKeywords(loading, node, 'Block'),
    tasks: [],
    rescue: [],
    always: [],
    parent: include,
    role: include.role,
    isImplicit: true,
    position: include.position,
  };
}
