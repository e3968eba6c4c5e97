/** Puts a pushed project on the disk, whole and as it was pushed, or not at all. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FailureError } from '../base/failure.ts';
import { inParallel } from '../base/in-parallel.ts';
import { limits } from '../base/limits.ts';
import { type ProjectEntry, type ProjectManifest, parseManifest } from './project-manifest.ts';
import type { Blobs } from './run-store.ts';

type ProjectFile = Extract<ProjectEntry, { kind: 'file' }>;

/** The manifest with this hash. Throws FailureError when its bytes are not what the hash says, or are refused. */
export async function readProjectManifest(
  store: Pick<Blobs, 'getBlob'>,
  hash: string,
): Promise<ProjectManifest> {
  return parseManifest(await verified(store, hash, 'the manifest'));
}

/**
 * Makes `directory` hold the project with this hash; one that is there already is used as it is, since it was put there
 * whole. Its parent is made when needed. Nothing is left behind when it fails.
 */
export async function unpackProject(
  store: Pick<Blobs, 'getBlob'>,
  hash: string,
  directory: string,
): Promise<void> {
  if (existsSync(directory)) return;
  const { entries } = await readProjectManifest(store, hash);
  await mkdir(dirname(directory), { recursive: true });
  const making = await mkdtemp(`${directory}.`);
  try {
    await writeEntries(store, entries, making);
    await rename(making, directory);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Somebody else in this environment was first.
    if (!existsSync(directory)) throw error;
  }
}

async function writeEntries(
  store: Pick<Blobs, 'getBlob'>,
  entries: readonly ProjectEntry[],
  root: string,
): Promise<void> {
  const directories = new Set(entries.map(({ kind, path }) => (kind === 'directory' ? path : dirname(path))));
  for (const path of directories) await mkdir(join(root, path), { recursive: true });
  const files = entries.filter((entry) => entry.kind === 'file');
  await inParallel(files, limits.projectFilesAtOnce, (file) => writeProjectFile(store, file, root));
  for (const entry of entries) {
    if (entry.kind === 'link') await symlink(entry.target, join(root, entry.path));
    if (entry.kind === 'directory') await chmod(join(root, entry.path), entry.mode);
  }
}

async function writeProjectFile(
  store: Pick<Blobs, 'getBlob'>,
  file: ProjectFile,
  root: string,
): Promise<void> {
  const path = join(root, file.path);
  await writeFile(path, await verified(store, file.hash, file.path), { flag: 'wx' });
  // The umask does not count: a playbook may copy the mode.
  await chmod(path, file.mode);
}

/** The bytes with this hash; whoever may write to the bucket must not choose what runs. */
async function verified(store: Pick<Blobs, 'getBlob'>, hash: string, what: string): Promise<Uint8Array> {
  const bytes = await store.getBlob(hash, 'project');
  if (createHash('sha256').update(bytes).digest('hex') === hash) return bytes;
  throw new FailureError({
    kind: 'store-failed',
    message: `What is stored for ${what} of the project is not what was pushed: push the project again, and find out who wrote to the store`,
    retryable: false,
  });
}
