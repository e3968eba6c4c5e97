/** This machine's own disk, for the actions that carry files. */

import {
  closeSync,
  createReadStream,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
} from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { limits } from '../../../shared/base/limits.ts';
import type { FileDescription } from '../../../shared/template/environment.ts';
import type { DiskStat, LocalDisk, Replacement } from '../actions/local-disk.ts';

/** The disk, through the file system of Node. `randomBytes` names files in the making. */
export function localDisk(randomBytes: (length: number) => Uint8Array): LocalDisk {
  return {
    stat: statOf,
    list: (directory) => readdirSync(directory).sort(byCodePoint),
    readLink: (path) => readlinkSync(path),
    pieces,
    stream: (path) => createReadStream(path, { highWaterMark: limits.filePieceBytes }),
    makeDirectories: (path) => {
      mkdirSync(path, { recursive: true });
    },
    replace: (path) => replace(path, Buffer.from(randomBytes(8)).toString('hex')),
    hostName: hostname,
    userName,
  };
}

/** What a template may tell of its own file. */
export function describeFile(path: string): FileDescription {
  const stat = statOf(path, true);
  const uid = stat?.uid ?? 0;
  return { host: hostname(), owner: userName(uid) ?? String(uid), modifiedMs: stat?.modifiedMs ?? 0 };
}

function statOf(path: string, followLinks: boolean): DiskStat | undefined {
  const stat = present(() => (followLinks ? statSync : lstatSync)(path));
  if (stat === undefined) return undefined;
  return {
    kind: stat.isFile()
      ? 'file'
      : stat.isDirectory()
        ? 'directory'
        : stat.isSymbolicLink()
          ? 'link'
          : 'other',
    size: stat.size,
    inode: stat.ino,
    device: stat.dev,
    mode: stat.mode & 0o7777,
    modifiedMs: stat.mtimeMs,
    uid: stat.uid,
  };
}

/** What `look` sees, or undefined where it sees nothing, whatever the reason. */
function present<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function* pieces(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(limits.filePieceBytes);
      const length = readSync(file, buffer, 0, buffer.length, null);
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

async function replace(path: string, name: string): Promise<Replacement> {
  const temporary = `${path}.${name}`;
  const mode = statOf(path, true)?.mode;
  const file = await open(temporary, 'wx', 0o666);
  if (mode !== undefined) await file.chmod(mode);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  let isDone = false;
  return {
    write: async (piece) => {
      await file.writeFile(piece);
    },
    commit: async (place) => {
      await close();
      await rename(temporary, place);
      isDone = true;
    },
    discard: async () => {
      await close();
      if (!isDone) await unlink(temporary);
      isDone = true;
    },
  };
}

function userName(uid: number): string | undefined {
  const passwd = present(() => readFileSync('/etc/passwd', 'utf8')) ?? '';
  const lines = passwd.split('\n').map((line) => line.split(':'));
  return lines.find(([, , id]) => id === String(uid))?.[0];
}

function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
