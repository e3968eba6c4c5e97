/** Puts a project into the store: every file by what it holds, so that only what is new travels. */

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { FailureError } from '../../shared/base/failure.ts';
import { inParallel } from '../../shared/base/in-parallel.ts';
import { limits } from '../../shared/base/limits.ts';
import { formatManifest, type ProjectEntry } from '../../shared/store/project-manifest.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { TreeEntry } from './project-tree.ts';

export type PushedProject = {
  /** The manifest's hash, by which a run names the project. */
  readonly hash: string;
  readonly files: number;
  readonly bytes: number;
  readonly uploadedFiles: number;
  readonly uploadedBytes: number;
};

type PushStore = Pick<RunStore, 'missingBlobs' | 'nameProject' | 'putBlob'>;

/** The newest project under `name` is this one from now on. Throws FailureError for a tree that is too large. */
export async function pushProject(
  tree: readonly TreeEntry[],
  store: PushStore,
  named: { readonly name: string; readonly at: number },
): Promise<PushedProject> {
  checkSize(tree);
  const sources = new Map<string, { readonly source: string; readonly size: number }>();
  const entries = tree.map((entry): ProjectEntry => {
    if (entry.kind !== 'file') return entry;
    const content = readFileSync(entry.source);
    const hash = createHash('sha256').update(content).digest('hex');
    sources.set(hash, { source: entry.source, size: content.length });
    return { kind: 'file', path: entry.path, mode: entry.mode, size: content.length, hash };
  });
  const missing = await store.missingBlobs([...sources.keys()], 'project');
  await inParallel(missing, limits.projectUploadsAtOnce, (hash) => upload(hash, sources, store));
  // The manifest last: whoever finds it finds everything.
  const hash = await store.putBlob(formatManifest({ entries }), 'project');
  await store.nameProject(named.name, hash, named.at);
  const sizeOf = (each: string): number => sources.get(each)?.size ?? 0;
  return {
    hash,
    files: entries.filter(({ kind }) => kind === 'file').length,
    bytes: entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.size : 0), 0),
    uploadedFiles: missing.length,
    uploadedBytes: missing.reduce((sum, each) => sum + sizeOf(each), 0),
  };
}

async function upload(
  hash: string,
  sources: ReadonlyMap<string, { readonly source: string }>,
  store: PushStore,
): Promise<void> {
  const source = sources.get(hash)?.source;
  if (source === undefined) throw new Error(`the store misses ${hash}, which was not offered`);
  if ((await store.putBlob(readFileSync(source), 'project')) === hash) return;
  throw failed(`${source} has changed while it was pushed: push again`);
}

function checkSize(tree: readonly TreeEntry[]): void {
  const files = tree.filter((entry) => entry.kind === 'file');
  const bytes = files.reduce((sum, { source }) => sum + statSync(source).size, 0);
  const hint = 'Leave out what no play needs with a file .sortieignore, in the words of .gitignore';
  if (files.length > limits.projectFilesMax)
    throw failed(
      `The project has ${files.length} files, and at most ${limits.projectFilesMax} can be pushed. ${hint}`,
    );
  if (bytes > limits.projectBytesMax)
    throw failed(
      `The project has ${bytes} bytes, and at most ${limits.projectBytesMax} can be pushed. ${hint}`,
    );
}

function failed(message: string): FailureError {
  return new FailureError({ kind: 'store-failed', message, retryable: false });
}
