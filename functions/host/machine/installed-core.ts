/** The ansible-core of this machine, whose modules are used as they are. */

import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { limits } from '../../../shared/base/limits.ts';
import { findCoreDirectory } from '../../../shared/modules/core-directory.ts';

export type CoreSurroundings = {
  /** `SORTIE_ANSIBLE_CORE` is read here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
};

/** Its directory, or undefined when there is none. */
export function installedCore({ environment, homeDirectory }: CoreSurroundings): string | undefined {
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
