/** `copy` with `remote_src`: from one place of the function's machine to another. */

import { constants, statSync, utimesSync } from 'node:fs';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { baseName, directoryName, joinPath } from '../../../shared/template/python/posix-path.ts';
import { changeAttributes, wantedOf } from './attributes.ts';
import { digestOf, filePieces, isThere, lookAt, lookThrough, modeText } from './file-state.ts';
import { type LocalContext, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import type { Params } from './module-arguments.ts';
import { checkedTarget, madeParents, mayAccess, mismatch, putInPlace, refusal } from './put-in-place.ts';
import { stageFile } from './staged-file.ts';

/** Copies a file of the machine. */
export async function copyOnMachine(given: Params, context: LocalContext): Promise<Dict> {
  const src = given.givenText('src');
  if (!isThere(context, src)) throw new ModuleFailure(`Source ${src} not found`);
  if (!mayAccess(src, constants.R_OK, context)) throw new ModuleFailure(`Source ${src} not readable`);
  const stats = lookThrough(context, src);
  if (stats?.isFile() !== true && stats?.isDirectory() !== true)
    throw new ModuleFailure(`Cannot copy invalid source '${src}': not a file`);
  if (stats.isDirectory())
    throw new ModuleFailure(
      `${src} is a directory: with remote_src, a function copies files only, as it has no Python for the rest`,
    );
  const isPreserving = given.value('mode') === 'preserve';
  const params = isPreserving ? given.with([['mode', modeText(stats.mode)]]) : given;
  const sha1 = digestOf(at(context, src), 'sha1');
  const expected = params.text('checksum');
  if (expected && sha1 !== expected) throw mismatch(sha1, expected);
  const directory = directoryName(params.givenText('dest'));
  const isMissing = params.givenText('dest').endsWith('/') && !isThere(context, directory);
  if (context.isCheck && isMissing)
    return new Map<Value, Value>([
      ['msg', `dest directory ${directory} would be created`],
      ['changed', true],
      ['src', src],
    ]);
  return copyChecked({ params, src, sha1 }, context);
}

type Copying = { readonly params: Params; readonly src: string; readonly sha1: string };

async function copyChecked({ params, sha1, src }: Copying, context: LocalContext): Promise<Dict> {
  const made = madeParents(params, context);
  const isDirectory = lookThrough(context, made)?.isDirectory() === true;
  const path = isDirectory ? joinPath(made, params.text('_original_basename') || baseName(src)) : made;
  const existed = isThere(context, path);
  const dest = checkedTarget(path, params, context);
  const named: readonly (readonly [Value, Value])[] = [
    ['src', src],
    ['dest', dest],
  ];
  if (existed && !params.flag('force'))
    return new Map<Value, Value>([['msg', 'file already exists'], ...named, ['changed', false]]);
  const isRead =
    existed && lookThrough(context, dest)?.isFile() === true && mayAccess(dest, constants.R_OK, context);
  const there = isRead ? digestOf(at(context, dest), 'sha1') : undefined;
  const md5 = digestOf(at(context, src), 'md5');
  const isNew = sha1 !== there || lookAt(context, dest)?.isSymbolicLink() === true;
  const result: Dict = new Map<Value, Value>([
    ...named,
    ['checksum', sha1],
    ['md5sum', md5],
    ['changed', isNew],
  ]);
  let mode = params.value('mode');
  if (isNew && !context.isCheck) mode = await copyFile({ params, dest, src, result }, context);
  const wanted = { ...wantedOf(params, dest, context), mode };
  result.set('changed', changeAttributes(wanted, context, { before: isNew }));
  return result;
}

type FileCopy = {
  readonly params: Params;
  readonly src: string;
  readonly dest: string;
  readonly result: Dict;
};

async function copyFile({ dest, params, result, src }: FileCopy, context: LocalContext): Promise<Value> {
  try {
    const pieces = filePieces(at(context, src));
    return await stageFile({ dest, pieces, context }, (staged) => {
      const { atime, mtime } = statSync(at(context, src));
      utimesSync(at(context, staged.path), atime, mtime);
      return putInPlace({ params, staged, dest, result }, context);
    });
  } catch (error) {
    throw refusal(error, src, params.givenText('dest'));
  }
}
