/** `file` with `state: link` and `state: hard`. */

import {
  linkSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { directoryName, joinPath } from '../../../shared/template/python/posix-path.ts';
import { noteDiff, wantedOf } from './attributes.ts';
import { firstDiff, setAll } from './file-changes.ts';
import { type FileState, fileFailure, isThere, lookAt, stateOf } from './file-state.ts';
import { wantedTimes } from './file-times.ts';
import { type LocalContext, ModuleFailure } from './local-module.ts';
import { at, decodePath, encodePath } from './local-path.ts';
import type { Params } from './module-arguments.ts';
import { bytesText, osErrorText, tried } from './os-error.ts';
import { randomName } from './tempfile.ts';

/** Makes or changes a symbolic link. */
export function symbolicLink(params: Params, context: LocalContext): Dict {
  const path = params.givenText('path');
  const before = stateOf(context, path);
  const times = wantedTimes(params);
  const isFollowing = params.flag('follow');
  const src =
    params.text('src') ?? (isFollowing && isThere(context, path) ? targetOf(context, path) : undefined);
  refuseLink(params, { src, before, context });
  const diff = firstDiff(path, [before, 'link']);
  if (before !== 'link' && src === undefined)
    throw new ModuleFailure('src is required for creating new symlinks');
  const isNew = before !== 'link' || (src !== undefined && isOtherTarget(diff, { context, path, src }));
  if (isNew && src !== undefined && !context.isCheck) {
    const make = (to: string): void => symlinkSync(encodePath(src), at(context, to));
    if (before === 'absent') makeNew(make, { src, path, context });
    else replace({ make, path, before }, context);
  }
  const told = (isChanged: boolean): Dict =>
    new Map<Value, Value>([
      ['dest', path],
      ['src', src ?? null],
      ['changed', isChanged],
      ['diff', diff],
    ]);
  if (context.isCheck && !isThere(context, path)) return told(isNew);
  const wanted = wantedOf(params, path, context);
  const isBroken = isFollowing && stateOf(context, path) === 'link' && !isThere(context, wanted.path);
  if (!isBroken) return told(setAll(wanted, times, { context, before: isNew, diff }));
  context.warn(
    'Cannot set fs attributes on a non-existent symlink target. follow should be set to False to avoid this.',
  );
  return told(isNew);
}

function targetOf(context: LocalContext, path: string): string {
  return decodePath(readlinkSync(at(context, path), 'buffer'));
}

type Refusing = {
  readonly src: string | undefined;
  readonly before: FileState;
  readonly context: LocalContext;
};

/** Where a link may not be put: nothing it points to, or something else in its place, without `force`. */
function refuseLink(params: Params, { before, context, src }: Refusing): void {
  const path = params.givenText('path');
  const isForced = params.flag('force');
  if (src !== undefined && !isForced) {
    const target = joinPath(before === 'directory' ? path : directoryName(path), src);
    if (!isThere(context, target))
      throw fileFailure(
        context,
        `src file does not exist, use "force=yes" if you really want to create the link: ${target}`,
        [
          ['path', path],
          ['src', src],
        ],
      );
  }
  if ((before === 'directory' || before === 'file' || before === 'hard') && !isForced)
    throw fileFailure(context, `refusing to convert from ${before} to symlink for ${path}`, [['path', path]]);
  if (before === 'directory' && readdirSync(at(context, path)).length > 0)
    throw fileFailure(context, `the directory ${path} is not empty, refusing to convert it`, [
      ['path', path],
    ]);
}

type Target = { readonly context: LocalContext; readonly path: string; readonly src: string };

function isOtherTarget(diff: Dict, { context, path, src }: Target): boolean {
  const target = targetOf(context, path);
  if (target === src) return false;
  noteDiff(diff, 'src', [target, src]);
  return true;
}

type Make = (to: string) => void;

function makeNew(make: Make, { context, path, src }: Target): void {
  const made = tried(() => make(path));
  if ('problem' in made)
    throw fileFailure(
      context,
      `Error while linking: ${osErrorText(made.problem, src)} -> ${bytesText(path)}`,
      [['path', path]],
    );
}

type Replacement = { readonly make: Make; readonly path: string; readonly before: FileState };

/** Puts a new link in the place of what is there, in one step. */
function replace({ before, make, path }: Replacement, context: LocalContext): void {
  const temporary = joinPath(directoryName(path), `.${randomName(context)}.tmp`);
  const replaced = tried(() => {
    if (before === 'directory') rmdirSync(at(context, path));
    make(temporary);
    renameSync(at(context, temporary), at(context, path));
  });
  if (!('problem' in replaced)) return;
  if (lookAt(context, temporary) !== undefined) unlinkSync(at(context, temporary));
  throw fileFailure(context, `Error while replacing: ${osErrorText(replaced.problem, path)}`, [
    ['path', path],
  ]);
}

/** Makes or changes a hard link. */
export function hardLink(params: Params, context: LocalContext): Dict {
  const path = params.givenText('path');
  const src = params.text('src');
  const before = stateOf(context, path);
  const times = wantedTimes(params);
  if (before !== 'hard' && src === undefined)
    throw new ModuleFailure('src is required for creating new hardlinks');
  const named: readonly (readonly [string, Value])[] = [
    ['dest', path],
    ['src', src ?? null],
  ];
  if (src !== undefined && !isThere(context, src)) throw new ModuleFailure('src does not exist', named);
  const diff = firstDiff(path, [before, 'hard']);
  if (before === 'directory' && src !== undefined && isSameFile(context, path, src))
    return new Map<Value, Value>([
      ['path', path],
      ['changed', false],
    ]);
  const isNeeded = isLinkNeeded(params, { src, before, context }, diff);
  if (isNeeded && src !== undefined && !context.isCheck) {
    const make = (to: string): void => linkSync(at(context, src), at(context, to));
    if (before === 'absent') makeNew(make, { src, path, context });
    else replace({ make, path, before }, context);
  }
  const told = (isChanged: boolean): Dict =>
    new Map<Value, Value>([...named, ['changed', isChanged], ['diff', diff]]);
  if (context.isCheck && !isThere(context, path)) return told(isNeeded);
  return told(setAll(wantedOf(params, path, context), times, { context, before: isNeeded, diff }));
}

function isSameFile(context: LocalContext, path: string, src: string): boolean {
  return statSync(at(context, path)).ino === statSync(at(context, src)).ino;
}

function isLinkNeeded(params: Params, { before, context, src }: Refusing, diff: Dict): boolean {
  const path = params.givenText('path');
  if (before === 'absent') return true;
  if (before === 'link') return isOtherTarget(diff, { context, path, src: src ?? '' });
  if (before === 'hard' && (src === undefined || isSameFile(context, path, src))) return false;
  if (params.flag('force')) return true;
  const texts: Readonly<Record<string, string>> = {
    hard: 'Cannot link, different hard link exists at destination',
    directory: 'Cannot link: different hard link exists at destination',
  };
  throw fileFailure(context, texts[before] ?? `Cannot link, ${before} exists at destination`, [
    ['dest', path],
    ['src', src ?? null],
  ]);
}
