/** What the parts of the playbook loader share: where files come from, what was found wrong, what is being loaded. */

import { type Checked, type Diagnostic, hasErrors, type Position } from '../base/diagnostic.ts';
import type { DiagnosticCode } from '../base/diagnostic-codes.ts';
import { isSpecial, type Value } from '../base/value.ts';
import type { Environment } from '../template/environment.ts';
import { Template } from '../template/python/special.ts';
import { TemplateError } from '../template/template-error.ts';
import type { ProjectFiles } from './files.ts';
import type { Block, Parent, Play, Role } from './model.ts';
import { loadYamlTree } from './yaml.ts';
import type { YamlNode } from './yaml-node.ts';

/** What the loader reads from outside. */
export type LoadDeps = {
  readonly files: ProjectFiles;
  /** The configured directories of roles, searched after the playbook's own `roles`. */
  readonly rolesPath: readonly string[];
  /** Directories that hold an `ansible_collections` directory, or are one. */
  readonly collectionsPaths: readonly string[];
  /**
   * Renders the names of files and roles that are imported while loading, and opens vaulted files. Its scope knows what
   * is known before any host: extra vars and the magic variables of the run.
   */
  readonly environment: Environment;
  /**
   * Whether there is a module or action of this name, searched in `collections` too when it is short. When absent, names
   * are not checked while loading.
   */
  readonly isKnownAction?: (action: string, place: ModulePlace) => boolean;
  /** Told of every role that is loaded: its modules are there for everything that is loaded after it. */
  readonly noteRole?: (directory: string) => void;
  /** Files read so far; pass the same map again to read no file twice. */
  readonly trees: Map<string, Checked<YamlNode>>;
};

/** From where a module is looked for. */
export type ModulePlace = {
  /** Those that short names are searched in, in order. */
  readonly collections: readonly string[];
  /** The directory of the playbook's file. */
  readonly playDirectory: string;
};

/** A play while it is built: lists grow until it is handed out. */
export type PlayDraft = Play & { readonly roles: Role[]; readonly handlers: Block[] };

/** The state of one load. The two functions close the circle between task lists and roles without an import cycle. */
export type Loading = {
  readonly deps: LoadDeps;
  readonly diagnostics: Diagnostic[];
  readonly play: PlayDraft;
  /** Identities of the roles whose handlers the play has. */
  readonly handlersFrom: Set<string>;
  readonly loadBlocks: (loading: Loading, node: YamlNode, place: Place) => Block[];
  readonly loadRole: (loading: Loading, use: RoleUse) => Role | undefined;
};

/** Where a list of tasks stands. */
export type Place = {
  readonly parent: Parent;
  readonly role: Role | undefined;
  readonly isHandler: boolean;
  /** What the list is, for messages: `tasks`, `handlers`, `a block`, … */
  readonly what: string;
};

/** One wish to have a role loaded. */
export type RoleUse = {
  readonly name: string;
  readonly parent: Parent;
  readonly position: Position;
  readonly params: Role['params'];
  readonly keywords: Role['keywords'];
  /** Names of files instead of `main`, by directory: `tasks`, `vars`, `defaults`, `handlers`. */
  readonly from: ReadonlyMap<string, string>;
  readonly isFromInclude: boolean;
  /** Set by import_role and include_role; the role's own metadata decides otherwise. */
  readonly allowDuplicates: boolean | undefined;
  readonly isPublic: boolean;
  readonly isValidated: boolean;
  /** Collections to search for a short name. */
  readonly collections: readonly string[];
  /** The directory beside which a dependency is searched. */
  readonly besides: string | undefined;
};

/** A mistake to report. */
export type Problem = {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly position: Position;
  readonly hint?: string | undefined;
  readonly severity?: 'warning';
  readonly exitCode?: 1;
};

/** Notes a mistake of the user. */
export function report(loading: Pick<Loading, 'diagnostics'>, problem: Problem): void {
  loading.diagnostics.push({
    severity: problem.severity ?? 'error',
    code: problem.code,
    message: problem.message,
    position: problem.position,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    ...(problem.exitCode === undefined ? {} : { exitCode: problem.exitCode }),
  });
}

/** The tree of the YAML or JSON file at `path`, decrypted when it is vaulted; undefined when there is no such file. */
export function readTree(loading: Pick<Loading, 'deps' | 'diagnostics'>, path: string): YamlNode | undefined {
  const known = loading.deps.trees.get(path);
  const tree = known ?? parseFile(loading.deps, path);
  if (tree === undefined) return undefined;
  if (known === undefined) loading.deps.trees.set(path, tree);
  loading.diagnostics.push(...tree.diagnostics);
  return tree.value;
}

/** Whether the file at `path` was read and could not be understood, which was reported. */
export function isBroken(loading: Pick<Loading, 'deps'>, path: string): boolean {
  return hasErrors(loading.deps.trees.get(path)?.diagnostics ?? []);
}

function parseFile(deps: LoadDeps, path: string): Checked<YamlNode> | undefined {
  if (deps.files.kind(path) === 'directory') return undefined;
  const bytes = deps.files.read(path);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  if (!text.startsWith('$ANSIBLE_VAULT;')) return loadYamlTree(text, path);
  try {
    return loadYamlTree(deps.environment.decrypt(text, path), path);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const position: Position = { file: path, line: 1, column: 1 };
    const value: YamlNode = { kind: 'scalar', value: null, position };
    return {
      value,
      diagnostics: [{ severity: 'error', code: 'vault-failed', message: error.message, position }],
    };
  }
}

/** The text of a string as it was written, template or not; undefined for anything else. */
export function writtenText(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Template ? value.source : undefined;
}

/** Python's name of the type of a value as it was written, as messages show it. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'int';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'dict';
  if (typeof value === 'string' || isSpecial(value)) return 'str';
  return 'float';
}

/** The task action's short name: `copy` for `ansible.builtin.copy` and `ansible.legacy.copy`. */
export function builtinName(action: string): string {
  return action.replace(/^ansible\.(?:builtin|legacy)\./, '');
}
