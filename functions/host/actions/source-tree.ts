/** All that a recursive copy carries: the files, directories and links below a local directory. */

import { directoryName, joinPath } from '../../../shared/template/python/posix-path.ts';
import type { LocalMachine } from '../execute/play-context.ts';

/** `relative` paths are those below the destination. */
export type SourceTree = {
  readonly files: readonly { readonly path: string; readonly relative: string }[];
  readonly directories: readonly string[];
  readonly links: readonly { readonly target: string; readonly relative: string }[];
};

type Walk = {
  readonly machine: LocalMachine;
  readonly isFollowing: boolean;
  readonly files: { path: string; relative: string }[];
  readonly directories: string[];
  readonly links: { target: string; relative: string }[];
};

/**
 * Walks a directory. With a slash at its end only what it holds is copied, else the directory as well. Links are followed
 * when `isFollowing`, unless they lead to a directory that is being walked already.
 */
export function walkTree(machine: LocalMachine, top: string, isFollowing: boolean): SourceTree {
  const walk: Walk = { machine, isFollowing, files: [], directories: [], links: [] };
  const name = top.endsWith('/') ? '' : top.slice(top.lastIndexOf('/') + 1);
  if (!isFollowing && name !== '' && machine.disk.stat(top, false)?.kind === 'link')
    walk.links.push({ target: machine.disk.readLink(top), relative: name });
  else walkDirectory(walk, { path: top, relative: name }, new Set([identity(machine, top)]));
  return walk;
}

type Place = { readonly path: string; readonly relative: string };

/** `around` are the directories on the way to this one. */
function walkDirectory(walk: Walk, at: Place, around: ReadonlySet<string>): void {
  const { disk } = walk.machine;
  const places = disk
    .list(at.path)
    .map((name) => ({ path: joinPath(at.path, name), relative: joinPath(at.relative, name) }));
  const isDirectory = ({ path }: Place): boolean => disk.stat(path, true)?.kind === 'directory';
  for (const place of places) if (!isDirectory(place)) addFile(walk, place);
  const below = places.filter(isDirectory);
  for (const place of below) addDirectory(walk, place, around);
  for (const place of below)
    if (disk.stat(place.path, false)?.kind !== 'link')
      walkDirectory(walk, place, new Set([...around, identity(walk.machine, place.path)]));
}

function addFile(walk: Walk, { path, relative }: Place): void {
  const { machine } = walk;
  if (machine.disk.stat(path, false)?.kind !== 'link') {
    walk.files.push({ path, relative });
    return;
  }
  const real = machine.realPath(path);
  if (walk.isFollowing && machine.disk.stat(real, true)?.kind === 'file')
    walk.files.push({ path: real, relative });
  else walk.links.push({ target: machine.disk.readLink(path), relative });
}

function addDirectory(walk: Walk, { path, relative }: Place, around: ReadonlySet<string>): void {
  const { machine } = walk;
  if (machine.disk.stat(path, false)?.kind !== 'link') {
    walk.directories.push(relative);
    return;
  }
  if (!walk.isFollowing || around.has(identity(machine, path))) {
    walk.links.push({ target: machine.disk.readLink(path), relative });
    return;
  }
  const real = machine.realPath(path);
  walk.directories.push(relative);
  walkDirectory(walk, { path: real, relative }, new Set([...around, ...withParents(machine, real)]));
}

function withParents(machine: LocalMachine, path: string): readonly string[] {
  const parent = directoryName(path);
  const own = identity(machine, path);
  return parent === path ? [own] : [own, ...withParents(machine, parent)];
}

function identity(machine: LocalMachine, path: string): string {
  const stat = machine.disk.stat(path, true);
  return `${stat?.device}:${stat?.inode}`;
}
