/** Files of the vault commands: read whole, replaced whole, and never left in the clear. */

import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RunAbort } from '../shared/base/abort.ts';
import { limits } from '../shared/base/limits.ts';
import type { CommandDeps } from './command-deps.ts';

/** The bytes of a file, or of stdin for `-`. Throws RunAbort. */
export function readSource(name: string, directory: string): Uint8Array {
  if (name === '-') return readFileSync(0);
  const path = resolve(directory, name);
  if (!existsSync(path))
    throw vaultFailure(
      `Unable to read source file (${path}): [Errno 2] No such file or directory: '${path}'`,
    );
  return readFileSync(path);
}

/** Writes to a file or, for `-`, to stdout. */
export function writeTarget(
  name: string,
  content: Uint8Array,
  { out, workingDirectory }: Pick<CommandDeps, 'out' | 'workingDirectory'>,
): void {
  if (name !== '-') replaceFile(resolve(workingDirectory, name), content, false);
  else if (isUtf8(content)) out(Buffer.from(content).toString());
  else writeFileSync(1, content);
}

/** Puts `content` in a file's place, readable by its owner only, or with the mode and owner that the file had. */
export function replaceFile(path: string, content: Uint8Array, keepsMode: boolean): void {
  const place = existsSync(path) ? realpathSync(path) : path;
  const before = statSync(place, { throwIfNoEntry: false });
  mkdirSync(dirname(place), { recursive: true });
  const staged = join(dirname(place), `.${randomBytes(8).toString('hex')}`);
  writeFileSync(staged, content, { mode: 0o600, flag: 'wx', flush: true });
  try {
    if (keepsMode && before !== undefined) {
      chmodSync(staged, before.mode & 0o7777);
      chownSync(staged, before.uid, before.gid);
    }
    const old = before?.isFile() === true ? openSync(place, 'r+') : undefined;
    renameSync(staged, place);
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

/** What ends a vault command. */
export function vaultFailure(message: string): RunAbort {
  return new RunAbort(message);
}
