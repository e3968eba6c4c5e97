/** Loads one use of a role: variables, dependencies, tasks and handlers. */

import { dirname, join } from 'node:path';
import { isDict, type Value } from '../base/value.ts';
import { identityText } from './identity-text.ts';
import { enclosing, isDynamicInclude } from './inheritance.ts';
import { checkKeywords, nodeOfValue } from './load-keywords.ts';
import { type Loading, type Place, type RoleUse, readTree, report } from './loading.ts';
import type { Block, Role } from './model.ts';
import { type RoleFile, readRoleFile, readRoleVars } from './role-files.ts';
import { findRole, type RolePlace } from './role-path.ts';
import { loadRoleUses } from './role-uses.ts';
import { isTrue } from './written-flag.ts';
import type { YamlDict, YamlNode } from './yaml-node.ts';

/** A role while it is built: lists grow until it is handed out. */
type RoleDraft = Role & {
  readonly dependencies: Role[];
  readonly tasks: Block[];
  readonly handlers: Block[];
};

type RoleLoading = { readonly loading: Loading; readonly use: RoleUse; readonly role: RoleDraft };

/** The role that `use` asks for, or undefined when it cannot be had; mistakes are reported. */
export function loadRole(loading: Loading, use: RoleUse): Role | undefined {
  const found = findRole(loading.deps, use.name, {
    playbookDirectory: loading.play.directory,
    collections: use.collections,
    besides: use.besides,
  });
  if (!('directory' in found)) {
    const message = `the role '${use.name}' was not found in ${found.join(':')}`;
    report(loading, { code: 'role-missing', message, position: use.position, exitCode: 1 });
    return undefined;
  }
  loading.deps.noteRole?.(found.directory);
  const identity = roleIdentity(use, found);
  if (refuseRecursion(loading, use, identity)) return undefined;
  const file = (directory: string): RoleFile => fileOf(use, found, directory);
  const meta = loadMetadata(loading, found, file('meta'));
  const allowDuplicates = use.allowDuplicates ?? isTrue(meta?.value.get('allow_duplicates') ?? false);
  const role: RoleDraft = {
    kind: 'role',
    name: found.name,
    identity,
    collection: found.collection,
    directory: found.directory,
    vars: readRoleVars(loading, file('vars'), 'vars'),
    defaults: readRoleVars(loading, file('defaults'), 'defaults'),
    params: use.params,
    keywords: { ...use.keywords, collections: [...collectionsOf(found, meta)] },
    dependencies: [],
    tasks: [],
    handlers: [],
    allowDuplicates,
    isPublic: use.isPublic,
    parent: use.parent,
    position: use.position,
  };
  fillRole({ loading, use, role }, meta, file);
  return role;
}

function fileOf(use: RoleUse, found: RolePlace, directory: string): RoleFile {
  return {
    role: found.name,
    directory: join(found.directory, directory),
    from: directory === 'meta' ? undefined : use.from.get(directory),
    use,
  };
}

/** What makes two uses of a role the same: everything that could make them do something else. */
function roleIdentity(use: RoleUse, found: RolePlace): string {
  const { when, tags, vars } = use.keywords;
  return [
    found.collection === undefined ? found.name : `${found.collection}.${found.name}`,
    identityText(use.params),
    identityText(when === undefined ? undefined : [...when]),
    identityText(tags === undefined ? undefined : [...tags]),
    identityText(vars),
    identityText(new Map(use.from)),
    use.isFromInclude ? 'included' : 'listed',
  ].join(' ');
}

/** Roles that lead to themselves without a run-time include between them never end. */
function refuseRecursion(loading: Loading, use: RoleUse, identity: string): boolean {
  const levels = enclosing(use.parent);
  const end = levels.findIndex((level) => level.kind === 'task' && isDynamicInclude(level));
  const isOpen = levels
    .slice(0, end < 0 ? levels.length : end)
    .some((level) => level.kind === 'role' && level.identity === identity);
  if (!isOpen) return false;
  const message =
    'A recursion loop was detected with the roles specified. Make sure child roles do not have dependencies on parent roles';
  report(loading, { code: 'import-recursion', message, position: use.position, exitCode: 1 });
  return true;
}

function loadMetadata(loading: Loading, found: RolePlace, file: RoleFile): YamlDict | undefined {
  const node = readRoleFile(loading, file);
  if (node === undefined || node.value === null) return undefined;
  if (node.kind === 'dict') {
    checkKeywords(loading, node, { owner: 'RoleMetadata' });
    return node;
  }
  const message = `the 'meta/main.yml' for role ${found.name} is not a dictionary`;
  report(loading, { code: 'file-shape', message, position: node.position });
  return undefined;
}

/** The collections in which the role's tasks search for modules and roles; a role inherits none. */
function collectionsOf(found: RolePlace, meta: YamlDict | undefined): readonly string[] {
  const written = meta?.value.get('collections') ?? [];
  const named = (Array.isArray(written) ? written : [written]).filter((name) => typeof name === 'string');
  const all = [...new Set([...(found.collection === undefined ? [] : [found.collection]), ...named])];
  if (all.length === 0 || all.includes('ansible.builtin') || all.includes('ansible.legacy')) return all;
  const isHosted = found.collection !== undefined && named.length === 0;
  return [...all, isHosted ? 'ansible.builtin' : 'ansible.legacy'];
}

function fillRole(
  { loading, use, role }: RoleLoading,
  meta: YamlDict | undefined,
  file: (directory: string) => RoleFile,
): void {
  const uses = loadRoleUses(loading, meta?.entries.get('dependencies')?.node, {
    parent: role,
    besides: dirname(role.directory),
    collections: asNames(role.keywords.collections),
    notAList: 'Expected role dependencies to be a list.',
  });
  role.dependencies.push(...uses.flatMap((dependency) => loadRole(loading, dependency) ?? []));
  const tasks = readRoleFile(loading, file('tasks'));
  const validation = use.isValidated ? validationTask({ loading, use, role }, meta) : undefined;
  role.tasks.push(...loadRoleBlocks({ loading, use, role }, withFirst(tasks, validation), 'tasks'));
  role.handlers.push(
    ...loadRoleBlocks({ loading, use, role }, readRoleFile(loading, file('handlers')), 'handlers'),
  );
}

function asNames(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function loadRoleBlocks(
  { loading, role }: RoleLoading,
  node: YamlNode | undefined,
  directory: 'handlers' | 'tasks',
): readonly Block[] {
  if (node === undefined || node.value === null) return [];
  if (node.kind !== 'list') {
    const message = `The ${directory}/main.yml file for role '${role.name}' must contain a list of tasks`;
    report(loading, { code: 'file-shape', message, position: node.position });
    return [];
  }
  const place: Place = { parent: role, role, isHandler: directory === 'handlers', what: directory };
  return loading.loadBlocks(loading, node, place);
}

function withFirst(tasks: YamlNode | undefined, first: YamlNode | undefined): YamlNode | undefined {
  if (first === undefined) return tasks;
  if (tasks === undefined || tasks.value === null) {
    return { kind: 'list', items: [first], value: [first.value], position: first.position };
  }
  if (tasks.kind !== 'list') return tasks;
  return { ...tasks, items: [first, ...tasks.items], value: [first.value, ...tasks.value] };
}

/** The task that checks the role's parameters against its argument specification, when it has one for its entry point. */
function validationTask(
  { loading, use, role }: RoleLoading,
  meta: YamlDict | undefined,
): YamlNode | undefined {
  const entryPoint = use.from.get('tasks') ?? 'main';
  const specs = argumentSpecs(loading, role) ?? meta?.entries.get('argument_specs')?.node;
  const spec = specs?.kind === 'dict' ? specs.entries.get(entryPoint)?.node : undefined;
  if (spec?.kind !== 'dict' || spec.value.size === 0) return undefined;
  const title = spec.value.get('short_description');
  const name = `Validating arguments against arg spec '${entryPoint}'${typeof title === 'string' ? ` - ${title}` : ''}`;
  const action = new Map<Value, Value>([
    ['module', 'ansible.builtin.validate_argument_spec'],
    ['argument_spec', spec.value.get('options') ?? new Map()],
    ['provided_arguments', role.params],
    [
      'validate_args_context',
      new Map<Value, Value>([
        ['type', 'role'],
        ['name', role.name],
        ['argument_spec_name', entryPoint],
        ['path', role.directory],
      ]),
    ],
  ]);
  const task = new Map<Value, Value>([
    ['action', action],
    ['name', name],
    ['tags', ['always']],
  ]);
  return nodeOfValue(task, spec.position);
}

function argumentSpecs(loading: Loading, role: Role): YamlNode | undefined {
  for (const extension of ['.yml', '.yaml', '.json']) {
    const node = readTree(loading, join(role.directory, 'meta', `argument_specs${extension}`));
    if (node === undefined) continue;
    const empty = nodeOfValue(new Map(), node.position);
    return node.kind === 'dict' && isDict(node.value)
      ? (node.entries.get('argument_specs')?.node ?? empty)
      : empty;
  }
  return undefined;
}
