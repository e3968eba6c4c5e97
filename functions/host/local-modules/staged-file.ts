/** Replaces files in one step: readers see the old file or the new one, never a part of it. */

import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  lchownSync,
  lstatSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dateOfMilliseconds, formatDate } from '../../../shared/template/dates/date-format.ts';
import { directoryName, joinPath } from '../../../shared/template/python/posix-path.ts';
import { isThere, lookAt, lookThrough } from './file-state.ts';
import { type LocalContext, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import { osErrorText, tried } from './os-error.ts';
import { randomName } from './tempfile.ts';

/** A temporary file beside the one whose place it is to take. */
export type StagedFile = {
  readonly path: string;
  /** Takes the place, with the owner and mode of what was there; a new file gets `mode`, or what the umask allows. */
  readonly commit: (mode: number | undefined) => void;
};

/** The digests of what was written. */
export type Written = { readonly sha1: string; readonly md5: string };

/** Fills a new file beside `dest`, and has `use` put it there. It is gone when `use` did not, or failed. */
export async function stageFile<T>(
  {
    context,
    dest,
    pieces,
  }: {
    readonly dest: string;
    readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
    readonly context: LocalContext;
  },
  use: (staged: StagedFile, written: Written) => T | Promise<T>,
): Promise<T> {
  const directory = directoryName(dest);
  const path = joinPath(directory, `.sortie_${randomName(context)}`);
  const opened = tried(() => openSync(at(context, path), 'wx', 0o600));
  if ('problem' in opened)
    throw new ModuleFailure(
      `The destination directory (${directory}) is not writable by the current user. Error was: ${osErrorText(opened.problem, path)}`,
    );
  try {
    const written = await write(opened.value, pieces);
    return await use({ path, commit: (mode) => commit({ path, dest, mode }, context) }, written);
  } finally {
    if (lookAt(context, path) !== undefined) unlinkSync(at(context, path));
  }
}

async function write(
  file: number,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Written> {
  const sha1 = createHash('sha1');
  const md5 = createHash('md5');
  try {
    for await (const piece of pieces) {
      for (let start = 0; start < piece.length; ) start += writeSync(file, piece, start);
      sha1.update(piece);
      md5.update(piece);
    }
  } finally {
    closeSync(file);
  }
  return { sha1: sha1.digest('hex'), md5: md5.digest('hex') };
}

type Commit = { readonly path: string; readonly dest: string; readonly mode: number | undefined };

/** A link at `dest` gives way to the file. */
function commit({ dest, mode, path }: Commit, context: LocalContext): void {
  const source = at(context, path);
  const before = lookAt(context, dest)?.isSymbolicLink() === true ? undefined : lookThrough(context, dest);
  chmodSync(source, before === undefined ? (mode ?? 0o666 & ~process.umask()) : before.mode & 0o7777);
  if (before !== undefined) tried(() => lchownSync(source, before.uid, before.gid));
  const renamed = tried(() => renameSync(source, at(context, dest)));
  if ('problem' in renamed)
    throw new ModuleFailure(
      `Could not replace file: ${path} to ${dest}: ${osErrorText(renamed.problem, path)}`,
    );
}

/** Copies a file with its attributes to a dated name beside it and gives that name; an empty one without a file. */
export function backUp(path: string, context: LocalContext): string {
  if (!isThere(context, path)) return '';
  const date = formatDate(dateOfMilliseconds(context.clock.now(), false), '%Y-%m-%d@%H:%M:%S~');
  let { pid: number } = process;
  while (lookAt(context, `${path}.${number}.${date}`) !== undefined) number += 1;
  const name = `${path}.${number}.${date}`;
  const [source, copy] = [at(context, path), at(context, name)];
  const copied = tried(() => {
    // Nobody else can read the copy before it has its mode.
    closeSync(openSync(copy, 'wx', 0o600));
    copyFileSync(source, copy);
    const { atime, gid, mode, mtime, uid } = statSync(source);
    const made = lstatSync(copy);
    if (made.uid !== uid || made.gid !== gid) tried(() => lchownSync(copy, uid, gid));
    chmodSync(copy, mode & 0o7777);
    utimesSync(copy, atime, mtime);
  });
  if ('problem' in copied)
    throw new ModuleFailure(
      `Could not make backup of ${path} to ${name}: ${osErrorText(copied.problem, path)}`,
    );
  return name;
}
