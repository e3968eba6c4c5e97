/** Keeps compiled code between starts: compiling the bundle is half of the time to the first connection. */

import { mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';

/**
 * Lets Node keep compiled code in the user's own cache directory, and nowhere else: what stands there is executed, so
 * nobody else may write to it. Without such a directory the code is compiled at each start.
 */
export function keepCompiledCode(
  environment: Readonly<Record<string, string | undefined>>,
  homeDirectory: string,
): void {
  const base = environment.XDG_CACHE_HOME ?? join(homeDirectory, '.cache');
  const directory = join(base, 'sortie');
  if (base.startsWith('/') && isOurs(directory)) module.enableCompileCache(directory);
}

const WRITABLE_BY_OTHERS = 0o022;

function isOurs(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { mode, uid } = statSync(directory);
    return uid === process.getuid?.() && (mode & WRITABLE_BY_OTHERS) === 0;
  } catch {
    return false;
  }
}
