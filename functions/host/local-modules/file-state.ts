/** What modules tell of the files on a function's machine. */

import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { limits } from '../../../shared/base/limits.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { PyFloat } from '../../../shared/base/value.ts';
import {
  absolutePath,
  baseName,
  directoryName,
  joinPath,
} from '../../../shared/template/python/posix-path.ts';
import { type LocalContext, ModuleFailure } from './local-module.ts';
import { account, at, type DiskPath, decodePath } from './local-path.ts';

/** Ansible's word for what stands at a path. */
export type FileState = 'absent' | 'directory' | 'file' | 'hard' | 'link';

type Place = Pick<LocalContext, 'directory'>;

/** What stands at a path itself, or undefined. */
export function lookAt(context: Place, path: string): Stats | undefined {
  return present(() => lstatSync(at(context, path)));
}

/** What stands where a path leads to, or undefined. */
export function lookThrough(context: Place, path: string): Stats | undefined {
  return present(() => statSync(at(context, path)));
}

/** `os.path.exists`. */
export function isThere(context: Place, path: string): boolean {
  return path !== '' && existsSync(at(context, path));
}

/** The path with all links followed as far as it exists, as Python's `realpath` gives it. */
export function followed(context: Place, path: string): string {
  const whole = absolutePath(path, context.directory);
  const real = present(() => realpathSync(at(context, whole), 'buffer'));
  if (real !== undefined) return decodePath(real);
  const directory = followed(context, directoryName(whole));
  const target = present(() => readlinkSync(at(context, whole), 'buffer'));
  return joinPath(directory, target === undefined ? baseName(whole) : decodePath(target));
}

function present<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

export function stateOf(context: Place, path: string): FileState {
  const found = path === '' ? undefined : lookAt(context, path);
  if (found === undefined) return 'absent';
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'directory';
  return found.nlink > 1 ? 'hard' : 'file';
}

/** Octal text of a mode: `0644`. */
export function modeText(mode: number): string {
  return `0${(mode & 0o7777).toString(8).padStart(3, '0')}`;
}

/** A user's or a group's name, or its number as text. */
function accountName(file: 'group' | 'passwd', id: number): string {
  return account(file, id)?.[0] ?? String(id);
}

/** Adds what every result with a `path` or `dest` tells of the file there. */
export function withPathInfo(context: Place, result: Dict): Dict {
  const path = result.get('path') ?? result.get('dest');
  if (typeof path !== 'string' || !isThere(context, path)) return result;
  const found = lookAt(context, path);
  if (found === undefined) return result;
  const info: Dict = new Map<Value, Value>([
    ['uid', found.uid],
    ['gid', found.gid],
    ['owner', accountName('passwd', found.uid)],
    ['group', accountName('group', found.gid)],
    ['mode', modeText(found.mode)],
    ['state', stateOf(context, path)],
    ['size', found.size],
  ]);
  for (const [name, value] of info) result.set(name, value);
  return result;
}

/** What ends a module, with the state of the path that it names. */
export function fileFailure(
  context: Place,
  message: string,
  result: Iterable<readonly [Value, Value]>,
): ModuleFailure {
  return new ModuleFailure(message, withPathInfo(context, new Map(result)));
}

/** A time of a file in seconds, as Python has it. */
export function secondsOf(nanoseconds: bigint): number {
  const second = 1_000_000_000n;
  return Number(nanoseconds / second) + 1e-9 * Number(nanoseconds % second);
}

/** The facts of a file that `stat` tells. */
export function statFields(stats: BigIntStats): Dict {
  const mode = Number(stats.mode);
  const has = (bit: number): boolean => (mode & bit) !== 0;
  const fields: Dict = new Map<Value, Value>([
    ['mode', (mode & 0o7777).toString(8).padStart(4, '0')],
    ['isdir', stats.isDirectory()],
    ['ischr', stats.isCharacterDevice()],
    ['isblk', stats.isBlockDevice()],
    ['isreg', stats.isFile()],
    ['isfifo', stats.isFIFO()],
    ['islnk', stats.isSymbolicLink()],
    ['issock', stats.isSocket()],
    ['uid', Number(stats.uid)],
    ['gid', Number(stats.gid)],
    ['size', Number(stats.size)],
    ['inode', Number(stats.ino)],
    ['dev', Number(stats.dev)],
    ['nlink', Number(stats.nlink)],
    ['atime', new PyFloat(secondsOf(stats.atimeNs))],
    ['mtime', new PyFloat(secondsOf(stats.mtimeNs))],
    ['ctime', new PyFloat(secondsOf(stats.ctimeNs))],
    ['isuid', has(0o4000)],
    ['isgid', has(0o2000)],
    ['blocks', Number(stats.blocks)],
    ['block_size', Number(stats.blksize)],
    ['device_type', Number(stats.rdev)],
  ]);
  for (const [who, shift] of [
    ['usr', 6],
    ['grp', 3],
    ['oth', 0],
  ] as const)
    for (const [right, bit] of [
      ['r', 4],
      ['w', 2],
      ['x', 1],
    ] as const)
      fields.set(`${right}${who}`, has(bit << shift));
  return fields;
}

/** The pieces of a file, in order. */
export function* filePieces(path: DiskPath): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(limits.filePieceBytes);
      const length = readSync(file, piece, 0, piece.length, null);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** The hex digest of a file. */
export function digestOf(path: DiskPath, algorithm: string): string {
  const digest = createHash(algorithm);
  for (const piece of filePieces(path)) digest.update(piece);
  return digest.digest('hex');
}
