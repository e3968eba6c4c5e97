/** What `sortie doctor` sees of this machine. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installedCore } from '../../functions/host/machine/installed-core.ts';
import { limits } from '../../shared/base/limits.ts';
import type { CommandDeps } from '../command-deps.ts';
import { storeDirectory } from '../store-directory.ts';
import { version } from '../version.ts';

export type KeyFile = {
  readonly path: string;
  readonly isReadable: boolean;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
};

export type LocalFacts = {
  readonly sortie: string;
  /** `24.1.0` */
  readonly node: string;
  /** `3.11.2`; undefined without a python3. */
  readonly python: string | undefined;
  readonly ansibleCore: string | undefined;
  /** Private keys in ssh's usual places. */
  readonly keys: readonly KeyFile[];
  readonly hasAgent: boolean;
  readonly store: { readonly directory: string; readonly isWritable: boolean };
};

/** ssh's usual private keys. */
const KEY_NAMES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** Looks at this machine. */
export function localFacts(deps: CommandDeps): LocalFacts {
  const directory = storeDirectory(deps);
  return {
    sortie: version,
    node: process.versions.node,
    python: pythonVersion(),
    ansibleCore: installedCore(deps),
    keys: keyFiles(join(deps.homeDirectory, '.ssh')),
    hasAgent: (deps.environment.SSH_AUTH_SOCK ?? '') !== '',
    store: { directory, isWritable: isWritable(directory) },
  };
}

function pythonVersion(): string | undefined {
  const program = 'import platform; print(platform.python_version())';
  const { status, stdout } = spawnSync('python3', ['-c', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: limits.askPythonTimeoutMs,
  });
  return status === 0 ? stdout.trim() : undefined;
}

function keyFiles(directory: string): readonly KeyFile[] {
  const isThere = statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
  const names = isThere && mayAccess(directory, constants.R_OK) ? readdirSync(directory) : [];
  return KEY_NAMES.filter((name) => names.includes(name)).map((name) => {
    const path = join(directory, name);
    return { path, isReadable: mayAccess(path, constants.R_OK), mode: statSync(path).mode & 0o777 };
  });
}

/** Whether it may be written to, or be made where it is not there yet. */
function isWritable(directory: string): boolean {
  const isThere = statSync(directory, { throwIfNoEntry: false }) !== undefined;
  return isThere || dirname(directory) === directory
    ? mayAccess(directory, constants.W_OK | constants.X_OK)
    : isWritable(dirname(directory));
}

function mayAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
