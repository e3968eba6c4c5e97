/** Files of the vault commands: read whole, replaced whole, and never left in the clear. */

import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { osErrorOf } from '../functions/host/local-modules/os-error.ts';
import { RunAbort } from '../shared/base/abort.ts';
import { limits } from '../shared/base/limits.ts';
import { resolvePath } from '../shared/project/config/setting-value.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import { reprText } from '../shared/template/python/repr.ts';
import type { CommandDeps } from './command-deps.ts';

export const STDIO = '-';

/** The path of a file with links followed, as far as there is one; `-` stays. */
export function realPath(name: string, directory: string): string {
  if (name === STDIO) return name;
  const path = resolve(directory, name);
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return existsSync(parent) ? join(realpathSync(parent), basename(path)) : path;
}

/** Where `--output` points: with variables, `~` and links replaced. */
export function outputPath(name: string, files: ProjectFiles): string {
  if (name === STDIO) return name;
  return realPath(resolvePath(name, { files, base: files.workingDirectory }), files.workingDirectory);
}

/** The bytes of a file, or of stdin for `-`. Throws RunAbort, which names the file as given. */
export function readSource(name: string, directory: string): Uint8Array {
  try {
    return readFileSync(name === STDIO ? 0 : resolve(directory, name));
  } catch (error) {
    throw vaultFailure(`Unable to read source file (${name}): ${systemText(error, name)}`);
  }
}

/** Writes to a file or, for `-`, to stdout. */
export function writeTarget(
  path: string,
  content: Uint8Array,
  { out }: Pick<CommandDeps, 'out' | 'workingDirectory'>,
): void {
  if (path !== STDIO) replaceFile(path, content, false);
  else if (isUtf8(content)) out(Buffer.from(content).toString());
  else writeFileSync(1, content);
}

/**
 * Puts `content` in a file's place, readable by its owner only, or with the mode and owner that the file had.
 * Throws RunAbort where the file cannot be made.
 */
export function replaceFile(path: string, content: Uint8Array, keepsMode: boolean): void {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before !== undefined && !before.isFile())
    throw vaultFailure(
      `Vault file got recreated while we were operating on it: [Errno 17] File exists: ${reprText(path)}`,
    );
  const staged = join(dirname(path), `.${randomBytes(8).toString('hex')}`);
  try {
    writeFileSync(staged, content, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    rmSync(staged, { force: true });
    throw vaultFailure(`Problem creating temporary vault file: ${systemText(error, path)}`);
  }
  try {
    if (keepsMode && before !== undefined) {
      chmodSync(staged, before.mode & 0o7777);
      chownSync(staged, before.uid, before.gid);
    }
    const old = before === undefined ? undefined : openSync(path, 'r+');
    renameSync(staged, path);
    if (old !== undefined) overwrite(old, before?.size ?? 0);
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}

/** Overwrites a file that held a secret, and removes it. */
export function shredFile(path: string): void {
  const { size } = statSync(path);
  overwrite(openSync(path, 'r+'), size);
  rmSync(path);
}

/** Writes random bytes over all of an open file, and closes it. */
function overwrite(file: number, size: number): void {
  try {
    for (let at = 0; at < size; at += limits.shredPieceBytes)
      writeSync(file, randomBytes(Math.min(limits.shredPieceBytes, size - at)), 0, undefined, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** What the system said, as Python shows it; an error of another kind is thrown. */
export function systemText(error: unknown, path: string): string {
  const problem = osErrorOf(error);
  if (problem === undefined) throw error;
  return `[Errno ${problem.number}] ${problem.text}: ${reprText(path)}`;
}

/** What ends a vault command. */
export function vaultFailure(message: string): RunAbort {
  return new RunAbort(message);
}
