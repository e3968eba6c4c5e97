/** The ansible-core of this machine, whose modules are used as they are. */

import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { limits } from '../shared/base/limits.ts';
import { findCoreDirectory } from '../shared/modules/core-directory.ts';
import type { CommandDeps } from './command-deps.ts';

/** Its directory, or undefined when there is none. */
export function coreDirectory({
  environment,
  homeDirectory,
}: Pick<CommandDeps, 'environment' | 'homeDirectory'>): string | undefined {
  return findCoreDirectory({
    list: (path) =>
      statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(path) : [],
    homeDirectory,
    named: environment.SORTIE_ANSIBLE_CORE,
    askPython: (program) => {
      const { status, stdout } = spawnSync('python3', ['-c', program], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: limits.askPythonTimeoutMs,
      });
      return status === 0 ? stdout : undefined;
    },
  });
}
