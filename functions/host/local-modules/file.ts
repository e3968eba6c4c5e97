/** `file`: files, directories and links, and their attributes. */

import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, unlinkSync } from 'node:fs';
import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { baseName, joinPath } from '../../../shared/template/python/posix-path.ts';
import { COMMON_RULES, changeAttributes, type Wanted, wantedOf } from './attributes.ts';
import { firstDiff, setAll } from './file-changes.ts';
import { hardLink, symbolicLink } from './file-links.ts';
import {
  type FileState,
  fileFailure,
  followed,
  isThere,
  lookAt,
  lookThrough,
  stateOf,
  withPathInfo,
} from './file-state.ts';
import { setTimes, type WantedTimes, wantedTimes } from './file-times.ts';
import { type LocalContext, type LocalModule, ModuleFailure } from './local-module.ts';
import { account, at, decodePath } from './local-path.ts';
import { type ArgumentRules, checkModuleArguments, type Params } from './module-arguments.ts';
import { osErrorText, tried } from './os-error.ts';

const TIME_FORMAT = '%Y%m%d%H%M.%S';

const RULES: ArgumentRules = {
  ...COMMON_RULES,
  state: { choices: ['absent', 'directory', 'file', 'hard', 'link', 'touch'] },
  path: { type: 'path', isRequired: true, aliases: ['dest', 'name'] },
  _original_basename: {},
  recurse: { type: 'bool', default: false },
  force: { type: 'bool', default: false },
  follow: { type: 'bool', default: true },
  _diff_peek: { type: 'bool' },
  src: { type: 'path' },
  modification_time: {},
  modification_time_format: { default: TIME_FORMAT },
  access_time: {},
  access_time_format: { default: TIME_FORMAT },
};

/** Brings a path into the wanted state and gives it with what changed. */
export const file: LocalModule = (args, context) => {
  const params = completed(checkModuleArguments({ module: 'file', rules: RULES }, args, context), context);
  const state = params.givenText('state');
  if (context.isCheck && state !== 'absent') warnOfUnknownOwners(params, context);
  const path = params.givenText('path');
  if (params.value('_diff_peek') === null) return withPathInfo(context, reached(state, params, context));
  return withPathInfo(
    context,
    new Map<Value, Value>([
      ['path', path],
      ['appears_binary', appearsBinary(path, context)],
    ]),
  );
};

function reached(state: string, params: Params, context: LocalContext): Dict {
  switch (state) {
    case 'absent':
      return absent(params, context);
    case 'touch':
      return touch(params, context);
    case 'directory':
      return directory(params, context);
    case 'link':
      return symbolicLink(params, context);
    case 'hard':
      return hardLink(params, context);
    default:
      return present(params, context);
  }
}

/** Guesses from its beginning whether a file is binary. */
export function appearsBinary(path: string, context: LocalContext): boolean {
  const start = tried(() => {
    const opened = openSync(at(context, path), 'r');
    try {
      const piece = Buffer.alloc(8192);
      return piece.subarray(0, readSync(opened, piece));
    } finally {
      closeSync(opened);
    }
  });
  return 'value' in start && start.value.includes(0);
}

/** A directory stands for the file in it, and the default state is the present one. */
function completed(params: Params, context: LocalContext): Params {
  let path = params.givenText('path');
  const asked = params.text('state');
  if (asked !== 'link' && asked !== 'absent' && lookThrough(context, path)?.isDirectory() === true) {
    const name = params.text('_original_basename') || baseName(params.text('src') ?? '');
    if (name !== '') path = joinPath(path, name);
  }
  const before = stateOf(context, path);
  const state = asked ?? (before !== 'absent' ? before : params.flag('recurse') ? 'directory' : 'file');
  if (params.flag('recurse') && state !== 'directory')
    throw fileFailure(context, "recurse option requires state to be 'directory'", [['path', path]]);
  if (params.text('src') && state !== 'link' && state !== 'hard')
    throw fileFailure(context, "src option requires state to be 'link' or 'hard'", [['path', path]]);
  // `invocation` shows them as they are settled.
  params.all.set('path', path);
  params.all.set('state', state);
  return params;
}

function warnOfUnknownOwners(params: Params, context: LocalContext): void {
  for (const [option, word, number, source] of [
    ['owner', 'user', 'uid', 'passwd'],
    ['group', 'group', 'gid', 'group'],
  ] as const) {
    const value = params.text(option);
    if (!value) continue;
    const isNumber = /^\s*-?\d+\s*$/.test(value);
    if (account(source, isNumber ? Number(value) : value) !== undefined) continue;
    const shown = isNumber ? `${word} with ${number} ${Number(value)}` : `${word} ${value}`;
    context.warn(`failed to look up ${shown}. Create ${word} up to this point in real play`);
  }
}

function pathContent(context: LocalContext, path: string): Dict {
  const found: { readonly directories: string[]; readonly files: string[] } = { directories: [], files: [] };
  const walk = (base: string): void => {
    const entries = readdirSync(at(context, base), { withFileTypes: true, encoding: 'buffer' });
    const named = entries.map((entry) => ({
      path: joinPath(base, decodePath(entry.name)),
      isDirectory:
        entry.isDirectory() || lookThrough(context, joinPath(base, decodePath(entry.name)))?.isDirectory(),
      isReal: entry.isDirectory(),
    }));
    for (const entry of named) (entry.isDirectory ? found.directories : found.files).push(entry.path);
    for (const entry of named) if (entry.isReal) walk(entry.path);
  };
  walk(path);
  return new Map(Object.entries(found));
}

function absent(params: Params, context: LocalContext): Dict {
  const path = params.givenText('path');
  const before = stateOf(context, path);
  const told = (isChanged: boolean): readonly (readonly [Value, Value])[] => [
    ['path', path],
    ['changed', isChanged],
    ['state', 'absent'],
  ];
  if (before === 'absent') return new Map(told(false));
  const diff = firstDiff(path, [before, 'absent']);
  const first = diff.get('before');
  if (before === 'directory' && isDict(first)) first.set('path_content', pathContent(context, path));
  if (!context.isCheck) remove(path, { before, context });
  return new Map([...told(true), ['diff', diff]]);
}

function remove(path: string, { before, context }: { before: FileState; context: LocalContext }): void {
  const isDirectory = before === 'directory';
  const removed = tried(() =>
    isDirectory ? rmSync(at(context, path), { recursive: true }) : unlinkSync(at(context, path)),
  );
  if (!('problem' in removed) || removed.problem.code === 'ENOENT') return;
  const why = osErrorText(removed.problem, path);
  if (isDirectory) throw new ModuleFailure(`rmtree failed: ${why}`);
  throw fileFailure(context, `unlinking failed: ${why} `, [['path', path]]);
}

function touch(params: Params, context: LocalContext): Dict {
  const path = params.givenText('path');
  const before = stateOf(context, path);
  const times = wantedTimes(params);
  const isNew = before === 'absent';
  if (isNew && context.isCheck)
    return new Map<Value, Value>([
      ['dest', path],
      ['changed', true],
    ]);
  if (isNew) {
    const made = tried(() => closeSync(openSync(at(context, path), 'w', 0o666)));
    if ('problem' in made)
      throw fileFailure(context, `Error, could not touch target: ${osErrorText(made.problem, path)}`, [
        ['path', path],
      ]);
  }
  const diff = firstDiff(path, [before, 'touch']);
  const wanted = wantedOf(params, path, context);
  const isChanged = touchAttributes(wanted, { context, diff, isNew });
  const isTimed = setTimes(times, { context, path: wanted.path, diff });
  return new Map<Value, Value>([
    ['dest', path],
    ['changed', isTimed || isChanged],
    ['diff', diff],
  ]);
}

/** A new file whose attributes cannot be set is not left behind. */
function touchAttributes(
  wanted: Wanted,
  { context, diff, isNew }: { context: LocalContext; diff: Dict; isNew: boolean },
): boolean {
  try {
    return changeAttributes(wanted, context, { before: isNew, diff });
  } catch (error) {
    if (isNew && error instanceof ModuleFailure) unlinkSync(at(context, wanted.path));
    throw error;
  }
}

type Standing = { readonly path: string; readonly before: FileState; readonly wanted: Wanted };

/** The path itself, or with `follow` what its link leads to. */
function standing(params: Params, context: LocalContext): Standing {
  const path = params.givenText('path');
  const before = stateOf(context, path);
  const wanted = wantedOf(params, path, context);
  if (!params.flag('follow') || before !== 'link') return { path, before, wanted };
  const real = followed(context, path);
  return { path: real, before: stateOf(context, real), wanted: { ...wanted, path: real } };
}

function present(params: Params, context: LocalContext): Dict {
  const times = wantedTimes(params);
  const { before, path, wanted } = standing(params, context);
  if (before !== 'file' && before !== 'hard')
    throw fileFailure(context, `file (${path}) is ${before}, cannot continue`, [
      ['path', path],
      ['state', before],
    ]);
  const diff = firstDiff(path, [before, 'file']);
  const isChanged = setAll(wanted, times, { context, diff });
  return toldOf(path, isChanged, diff);
}

function toldOf(path: string, isChanged: boolean, diff: Dict): Dict {
  return new Map<Value, Value>([
    ['path', path],
    ['changed', isChanged],
    ['diff', diff],
  ]);
}

function directory(params: Params, context: LocalContext): Dict {
  const times = wantedTimes(params);
  const { before, path, wanted } = standing(params, context);
  const diff = firstDiff(path, [before, 'directory']);
  if (before === 'absent') {
    const isChanged = context.isCheck || makeDirectories(wanted, { context, diff, times });
    return toldOf(path, isChanged, diff);
  }
  if (before !== 'directory')
    throw fileFailure(context, `${path} already exists as a ${before}`, [['path', path]]);
  let isChanged = setAll(wanted, times, { context, diff });
  if (params.flag('recurse'))
    isChanged = setBelow(wanted, times, { context, isFollowing: params.flag('follow') }) || isChanged;
  return toldOf(path, isChanged, diff);
}

type Making = { readonly context: LocalContext; readonly diff: Dict; readonly times: WantedTimes };

/** All new ones get the attributes, the last one the times. */
function makeDirectories(wanted: Wanted, { context, diff, times }: Making): boolean {
  const { path } = wanted;
  let isChanged = false;
  let current = path.startsWith('/') ? '' : '.';
  for (const name of path.replace(/^\/+|\/+$/g, '').split('/')) {
    current = current === '.' ? name : `${current}/${name}`;
    if (isThere(context, current)) continue;
    const made = tried(() => mkdirSync(at(context, current)));
    if ('problem' in made) {
      const why = osErrorText(made.problem, current);
      throw fileFailure(context, `There was an issue creating ${current} as requested: ${why}`, [
        ['path', path],
      ]);
    }
    isChanged = changeAttributes({ ...wanted, path: current }, context, { before: true, diff });
  }
  return setTimes(times, { context, path, diff }) || isChanged;
}

type Below = { readonly context: LocalContext; readonly isFollowing: boolean };

/** Sets the attributes of all below a directory; when following, of what links below it lead to as well. */
function setBelow(top: Wanted, times: WantedTimes, below: Below): boolean {
  const { context, isFollowing } = below;
  let isChanged = false;
  for (const name of readdirSync(at(context, top.path), 'buffer')) {
    const wanted = { ...top, path: joinPath(top.path, decodePath(name)) };
    isChanged = setAll(wanted, times, { context }) || isChanged;
    const found = lookAt(context, wanted.path);
    if (found?.isDirectory() === true) isChanged = setBelow(wanted, times, below) || isChanged;
    if (found?.isSymbolicLink() !== true || !isFollowing || !isThere(context, wanted.path)) continue;
    const target = { ...top, path: followed(context, wanted.path) };
    if (lookAt(context, target.path)?.isDirectory() === true)
      isChanged = setBelow(target, times, below) || isChanged;
    isChanged = setAll(target, times, { context }) || isChanged;
  }
  return isChanged;
}
