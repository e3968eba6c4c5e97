/** Collects what a project is in the cloud: its own files, what it names of Ansible, and nothing secret. */

import { statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { installedCore } from '../../functions/host/machine/installed-core.ts';
import { type Config, loadConfig } from '../../shared/project/config/load-config.ts';
import { diskFiles } from '../../shared/project/disk-files.ts';
import { agentPayload } from '../agent-payload.ts';
import type { CommandDeps } from '../command-deps.ts';
import { findNamedParts } from './named-parts.ts';
import { IGNORE_FILE, ignoredIn, readTree, type TreeEntry } from './project-tree.ts';
import { secretIn } from './secret-files.ts';

export type PreparedProject =
  | {
      readonly kind: 'ready';
      readonly root: string;
      readonly entries: readonly TreeEntry[];
      readonly modules: readonly string[];
      readonly roles: readonly string[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'refused'; readonly message: string };

export type ProjectWish = {
  /** As given; absent: the directory of the configuration file, or the working directory. */
  readonly directory?: string;
  readonly allowsKeys: boolean;
};

/** The directory that a push takes: the one given, else that of the configuration in use around us, else where we are. */
export function projectRoot(directory: string | undefined, deps: CommandDeps): string {
  const here = resolve(deps.workingDirectory);
  if (directory !== undefined) return resolve(here, directory);
  const file = loadConfig(diskFiles(deps)).value.file;
  if (file === undefined) return here;
  const beside = dirname(resolve(here, file));
  const isAround = here === beside || here.startsWith(beside.endsWith(sep) ? beside : `${beside}${sep}`);
  return isAround && beside !== resolve(deps.homeDirectory) && beside !== sep ? beside : here;
}

/** Reads the tree and what it needs from outside; refuses to take private keys along. */
export function prepareProject(wish: ProjectWish, deps: CommandDeps): PreparedProject {
  const root = projectRoot(wish.directory, deps);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { kind: 'refused', message: `${root} is no directory` };
  const { value: config } = loadConfig(diskFiles({ ...deps, workingDirectory: root }));
  const tree = readTree({ source: root, path: '' }, ignoredIn(root));
  const { kept, keys, passwords } = withoutSecrets(tree.entries, config, { root, ...wish });
  if (keys.length > 0) return { kind: 'refused', message: keyRefusal(keys) };
  const parts = findNamedParts(kept, {
    root,
    coreDirectory: installedCore(deps),
    collectionsPaths: config
      .list('COLLECTIONS_PATHS')
      .map((path) => resolve(root, path.replace(/\/ansible_collections\/?$/, ''))),
    rolesPaths: config.list('DEFAULT_ROLES_PATH').map((path) => resolve(root, path)),
    agent: agentPayload(),
  });
  return {
    kind: 'ready',
    root,
    entries: [...kept, ...parts.entries],
    modules: parts.modules,
    roles: parts.roles,
    warnings: [...tree.warnings, ...passwords.map(passwordWarning), ...configWarnings(config, root)],
  };
}

type Sorted = {
  readonly kept: readonly TreeEntry[];
  readonly keys: readonly string[];
  readonly passwords: readonly string[];
};

function withoutSecrets(
  entries: readonly TreeEntry[],
  config: Config,
  { allowsKeys, root }: { readonly allowsKeys: boolean; readonly root: string },
): Sorted {
  if (allowsKeys) return { kept: entries, keys: [], passwords: [] };
  const kept: TreeEntry[] = [];
  const keys: string[] = [];
  const passwords: string[] = [];
  const passwordFiles = configuredPasswordFiles(config, root);
  for (const entry of entries) {
    const secret = secretIn(entry, passwordFiles);
    if (secret === undefined) kept.push(entry);
    else (secret === 'private-key' ? keys : passwords).push(entry.path);
  }
  return { kept, keys, passwords };
}

function configuredPasswordFiles(config: Config, root: string): ReadonlySet<string> {
  const ids = config.list('DEFAULT_VAULT_IDENTITY_LIST').map((id) => id.slice(id.indexOf('@') + 1));
  const others = ['DEFAULT_VAULT_PASSWORD_FILE', 'CONNECTION_PASSWORD_FILE', 'BECOME_PASSWORD_FILE'];
  const files = [...ids, ...others.map((name) => config.text(name))];
  return new Set(files.flatMap((file) => (file === undefined || file === '' ? [] : resolve(root, file))));
}

function keyRefusal(keys: readonly string[]): string {
  const list = keys.map((path) => `  ${path}\n`).join('');
  return [
    `these files hold private keys, and were not pushed:\n${list}`,
    'Keys that open hosts belong into Parameter Store: see docs/cloud/secrets.md. ',
    `Name files that no play needs in ${IGNORE_FILE}; encrypt those that plays copy with \`sortie vault encrypt\`; `,
    'or push them as they are with --allow-keys.',
  ].join('');
}

function passwordWarning(path: string): string {
  return `${path} looks like a file with a password and was left out: in the cloud, passwords come from Parameter Store`;
}

/** Settings that count here and not in the cloud. */
function configWarnings(config: Config, root: string): readonly string[] {
  const { file } = config;
  if (file === undefined || resolve(root, file) === join(root, 'ansible.cfg')) return [];
  return [`${file} is not part of the project: its settings do not count in the cloud`];
}

/** The name of a project that was given none. */
export function defaultProjectName(root: string): string {
  return basename(root) || 'project';
}
