/** Brings mode, owner and group of a file to what a task wants. */

import { chmodSync, lchownSync, lstatSync } from 'node:fs';
import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { ModeProblem, parseMode } from './file-mode.ts';
import { fileFailure, followed, isThere, lookAt, modeText } from './file-state.ts';
import type { LocalContext } from './local-module.ts';
import { account, at } from './local-path.ts';
import type { ArgumentRules, Params } from './module-arguments.ts';
import { osErrorText, tried } from './os-error.ts';

/** What all modules with files take. */
export const COMMON_RULES: ArgumentRules = {
  mode: { type: 'raw' },
  owner: {},
  group: {},
  seuser: {},
  serole: {},
  selevel: {},
  setype: {},
  attributes: { aliases: ['attr'] },
  unsafe_writes: { type: 'bool', default: false },
};

/** What a task wants of a path. */
export type Wanted = {
  readonly path: string;
  readonly mode: Value;
  readonly owner: string | undefined;
  readonly group: string | undefined;
};

/** With `follow`, what is wanted of the file that a link points to. */
export function wantedOf(params: Params, path: string, context: LocalContext): Wanted {
  const isFollowed = params.flag('follow') && lookAt(context, path)?.isSymbolicLink() === true;
  return {
    path: isFollowed ? followed(context, path) : path,
    mode: params.value('mode'),
    owner: params.text('owner'),
    group: params.text('group'),
  };
}

/** Whether anything changed, `before` or here. SELinux contexts and flags there are none on a function's machine. */
export function changeAttributes(
  wanted: Wanted,
  context: LocalContext,
  { before = false, diff }: { readonly before?: boolean; readonly diff?: Dict | undefined },
): boolean {
  const { group, mode, owner, path } = wanted;
  if (mode === null && owner === undefined && group === undefined) return before;
  if (context.isCheck && !isThere(context, path)) return true;
  const site = { path, context, diff };
  const changes = [
    owner !== undefined && setOwner(owner, 'user', site),
    group !== undefined && setOwner(group, 'group', site),
    mode !== null && setMode(mode, site),
  ];
  return before || changes.includes(true);
}

/** Records one attribute's change, when a diff is kept. */
export function noteDiff(
  diff: Dict | undefined,
  name: string,
  [before, after]: readonly [Value, Value],
): void {
  for (const [side, value] of [
    ['before', before],
    ['after', after],
  ] as const) {
    const known = diff?.get(side);
    if (isDict(known)) known.set(name, value);
    else diff?.set(side, new Map([[name, value]]));
  }
}

type Site = {
  readonly path: string;
  readonly context: LocalContext;
  readonly diff: Dict | undefined;
};

function setOwner(name: string, kind: 'group' | 'user', { context, diff, path }: Site): boolean {
  const command = kind === 'user' ? 'chown' : 'chgrp';
  const present = lstatSync(at(context, path));
  const before = kind === 'user' ? present.uid : present.gid;
  const number = /^\s*-?\d+\s*$/.test(name) ? name : account(kind === 'user' ? 'passwd' : 'group', name)?.[2];
  if (number === undefined)
    throw fileFailure(context, `${command} failed: failed to look up ${kind} ${name}`, [['path', path]]);
  const id = Number(number);
  if (before === id) return false;
  noteDiff(diff, kind === 'user' ? 'owner' : 'group', [before, id]);
  if (context.isCheck) return true;
  const { gid, uid } = kind === 'user' ? { uid: id, gid: present.gid } : { uid: present.uid, gid: id };
  const done = tried(() => lchownSync(at(context, path), uid, gid));
  if (!('problem' in done)) return true;
  const why = kind === 'user' ? `: ${osErrorText(done.problem, path)}` : '';
  throw fileFailure(context, `${command} failed${why}`, [['path', path]]);
}

/** A link's own mode means nothing on Linux: it is left alone, and so is its target. */
function setMode(mode: Value, { context, diff, path }: Site): boolean {
  const present = lstatSync(at(context, path));
  const wanted = modeOf(mode, present.mode, { context, path });
  const before = present.mode & 0o7777;
  if (before === wanted) return false;
  noteDiff(diff, 'mode', [modeText(before), `0${wanted.toString(8).padStart(3, '0')}`]);
  if (context.isCheck) return true;
  if (present.isSymbolicLink()) return false;
  const done = tried(() => chmodSync(at(context, path), wanted));
  if ('problem' in done) {
    throw fileFailure(context, 'chmod failed', [
      ['path', path],
      ['details', osErrorText(done.problem, path)],
    ]);
  }
  return (lstatSync(at(context, path)).mode & 0o7777) !== before;
}

/** The mode that is meant; throws ModuleFailure when the text means none. */
function modeOf(mode: Value, current: number, { context, path }: Omit<Site, 'diff'>): number {
  try {
    return parseMode(mode, current);
  } catch (error) {
    if (!(error instanceof ModeProblem)) throw error;
    throw fileFailure(context, 'mode must be in octal or symbolic form', [
      ['path', path],
      ['details', error.message],
    ]);
  }
}
