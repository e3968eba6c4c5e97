/** Pushes a directory and says on the terminal what happened: for `sortie push`, and for a run without a project. */

import { systemClock } from '../../shared/base/clock.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import type { CommandDeps } from '../command-deps.ts';
import { defaultProjectName, prepareProject } from './prepare-project.ts';
import { type PushedProject, pushProject } from './push-project.ts';

export type PushWish = {
  readonly directory: string | undefined;
  readonly name: string | undefined;
  readonly allowsKeys: boolean;
};

export type PushedDirectory = PushedProject & {
  readonly name: string;
  readonly root: string;
  /** What came from outside the directory. */
  readonly modules: readonly string[];
  readonly roles: readonly string[];
};

export type PushDeps = {
  readonly deps: CommandDeps;
  /** Opened when there is something to push. */
  readonly openStore: () => Promise<Pick<RunStore, 'missingBlobs' | 'nameProject' | 'putBlob'>>;
  /** Takes the lines that say what was pushed. */
  readonly say: (text: string) => void;
};

/** Pushes, with warnings on stderr; undefined when it is refused, which is said there as well. */
export async function pushDirectory(
  wish: PushWish,
  { deps, openStore, say }: PushDeps,
): Promise<PushedDirectory | undefined> {
  const { allowsKeys, directory } = wish;
  const prepared = prepareProject({ allowsKeys, ...(directory === undefined ? {} : { directory }) }, deps);
  if (prepared.kind === 'refused') {
    deps.err(`ERROR! ${prepared.message}\n`);
    return undefined;
  }
  for (const warning of prepared.warnings) deps.err(`[WARNING]: ${warning}\n`);
  const name = wish.name ?? defaultProjectName(prepared.root);
  const pushed = await pushProject(prepared.entries, await openStore(), { name, at: systemClock.now() });
  const { modules, roles, root } = prepared;
  const result = { name, ...pushed, root, modules, roles };
  say(summary(result));
  return result;
}

function summary({ bytes, files, hash, modules, name, roles, ...pushed }: PushedDirectory): string {
  const { uploadedBytes, uploadedFiles } = pushed;
  const unchanged = files - Math.min(uploadedFiles, files);
  const lines = [
    `${name}: ${count(files, 'file')}, ${size(bytes)}`,
    `uploaded ${count(uploadedFiles, 'file')}, ${size(uploadedBytes)}; ${unchanged} unchanged`,
    ...(modules.length === 0 ? [] : [`with the modules ${modules.join(', ')}`]),
    ...(roles.length === 0 ? [] : [`with the roles ${roles.join(', ')}`]),
    `project ${hash}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
