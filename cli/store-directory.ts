/** Where runs on this machine are kept. */

import { join, resolve } from 'node:path';
import type { CommandDeps } from './command-deps.ts';

/** SORTIE_HOME, or `.sortie` in the working directory. */
export function storeDirectory(deps: Pick<CommandDeps, 'environment' | 'workingDirectory'>): string {
  const home = deps.environment.SORTIE_HOME;
  return home === undefined || home === ''
    ? join(deps.workingDirectory, '.sortie')
    : resolve(deps.workingDirectory, home);
}
