/**
 * `copy`: puts a file in its place, from the project or from elsewhere on the machine. Arguments and results are those of
 * the agent's module of this name, which stands for all that Ansible's action does for one file.
 */

import { createHash } from 'node:crypto';
import { constants, lstatSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { joinPath } from '../../../shared/template/python/posix-path.ts';
import { str } from '../../../shared/template/python/repr.ts';
import type { Content } from '../session/session.ts';
import { decodeSurrogateEscape } from '../session/surrogate-escape.ts';
import { COMMON_RULES, changeAttributes, wantedOf } from './attributes.ts';
import { copyOnMachine } from './copy-on-machine.ts';
import { appearsBinary, file } from './file.ts';
import { digestOf, followed, lookAt, lookThrough, withPathInfo } from './file-state.ts';
import { type LocalContext, type LocalModule, ModuleFailure } from './local-module.ts';
import { at } from './local-path.ts';
import { type ArgumentRules, checkModuleArguments, type Params } from './module-arguments.ts';
import { tried } from './os-error.ts';
import { checkedTarget, madeParents, mayAccess, mismatch, putInPlace, refusal } from './put-in-place.ts';
import { stageFile } from './staged-file.ts';

const RULES: ArgumentRules = {
  ...COMMON_RULES,
  src: { type: 'path' },
  _original_basename: {},
  content: { isSecret: true },
  dest: { type: 'path', isRequired: true },
  backup: { type: 'bool', default: false },
  force: { type: 'bool', default: true },
  validate: {},
  directory_mode: { type: 'raw' },
  remote_src: { type: 'bool' },
  local_follow: { type: 'bool' },
  checksum: {},
  follow: { type: 'bool', default: false },
};

/** What only the action sends: see the agent's module. */
const HOST_ARGUMENTS = ['_checksum', '_source', '_is_content', '_diff_bytes_max'];
const DIFF_BYTES_MAX = 104_448;

/** Puts one file in place. */
export const copy: LocalModule = async (args, context) => {
  const host: Dict = new Map([...args].filter(([name]) => HOST_ARGUMENTS.includes(str(name))));
  const own: Dict = new Map([...args].filter(([name]) => !host.has(name)));
  const checksum = host.get('_checksum');
  const params = told(
    () => checkModuleArguments({ module: 'ansible.legacy.copy', rules: RULES }, own, context),
    typeof checksum === 'string'
      ? [
          ['checksum', checksum],
          ['diff', []],
        ]
      : [],
  );
  if (params.flag('remote_src') || typeof checksum !== 'string')
    return withPathInfo(context, await copyOnMachine(params, context));
  return putFile(params, { host, checksum }, context);
};

/** Gives a failure more to tell. */
function told<T>(act: () => T, more: readonly (readonly [string, Value])[]): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ModuleFailure) for (const [name, value] of more) error.result.set(name, value);
    throw error;
  }
}

type Host = { readonly host: Dict; readonly checksum: string };

async function putFile(params: Params, { checksum, host }: Host, context: LocalContext): Promise<Dict> {
  const name = params.text('_original_basename') ?? '';
  const dest = params.givenText('dest');
  const source = host.get('_source') ?? null;
  let target = dest.endsWith('/') ? joinPath(dest, name) : dest;
  let found = look(target, params, context);
  if (found?.isDirectory === true) {
    if (host.get('_is_content') === true)
      throw new ModuleFailure('can not use content with a dir as dest', [['diff', []]]);
    target = joinPath(dest, name);
    found = look(target, params, context);
  }
  if (found !== undefined && !params.flag('force'))
    return new Map<Value, Value>([
      ['dest', dest],
      ['src', source],
      ['changed', false],
    ]);
  if (found?.sha1 === checksum) return setAttributesOnly(params, checksum, context);
  const diff = context.isDiff ? [await diffOf(target, host, context)] : [];
  if (context.isCheck)
    return new Map<Value, Value>([
      ['diff', diff],
      ['changed', true],
    ]);
  try {
    const result = await replaceFile(params, { host, checksum }, context);
    return new Map([...withPathInfo(context, result), ['diff', diff]]);
  } catch (error) {
    const failure = refusal(error, str(source), dest);
    if (!failure.result.has('checksum')) failure.result.set('checksum', checksum);
    failure.result.set('diff', diff);
    throw failure;
  }
}

type Found = { readonly isDirectory: boolean; readonly sha1: string };

/** What stands at a path; undefined for nothing. */
function look(path: string, params: Params, context: LocalContext): Found | undefined {
  const looked = tried(() => (params.flag('follow') ? statSync : lstatSync)(at(context, path)));
  if ('problem' in looked && looked.problem.code === 'ENOENT') return undefined;
  if ('problem' in looked)
    throw new ModuleFailure(`Failed to get information on remote file (${path}): ${looked.problem.text}`);
  const found = looked.value;
  const isRead = params.flag('force') && found.isFile() && mayAccess(path, constants.R_OK, context);
  return { isDirectory: found.isDirectory(), sha1: isRead ? digestOf(at(context, path), 'sha1') : '' };
}

/** The content is there already: what is left is the work of `file`. */
async function setAttributesOnly(params: Params, checksum: string, context: LocalContext): Promise<Dict> {
  const dest = params.givenText('dest');
  const isLink = params.flag('follow') && lookAt(context, dest)?.isSymbolicLink() === true;
  const args: Dict = new Map(
    [...Object.keys(COMMON_RULES), '_original_basename'].map((name) => [name, params.value(name)]),
  );
  for (const [name, value] of args) if (value === null) args.delete(name);
  args.set('path', isLink ? followed(context, dest) : dest);
  args.set('state', 'file');
  const result = await file(args, { ...context, noteArguments: () => undefined });
  if (!result.has('dest')) result.set('dest', result.get('path') ?? dest);
  if (!result.has('checksum')) result.set('checksum', checksum);
  return result;
}

async function whole(content: Content | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  if (content !== undefined) for await (const piece of content.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The old and the new content with their headers, or why one of them is not shown. */
async function diffOf(path: string, host: Dict, context: LocalContext): Promise<Dict> {
  const limit = Number(host.get('_diff_bytes_max') ?? DIFF_BYTES_MAX);
  const diff: Dict = new Map();
  const found = lookThrough(context, path);
  if (found === undefined) diff.set('before', '');
  else if (appearsBinary(path, context)) diff.set('dst_binary', 1);
  else if (limit > 0 && limit < found.size) diff.set('dst_larger', limit);
  else if (found.isFile() && mayAccess(path, constants.R_OK, context)) {
    diff.set('before_header', path);
    diff.set('before', decodeSurrogateEscape(readFileSync(at(context, path))));
  }
  const { content } = context;
  const isTooLarge = limit > 0 && limit < (content?.size ?? 0);
  const bytes = isTooLarge ? Buffer.alloc(0) : await whole(content);
  if (isTooLarge) diff.set('src_larger', limit);
  else if (bytes.includes(0)) diff.set('src_binary', 1);
  else {
    diff.set('after_header', host.get('_source') ?? null);
    diff.set('after', decodeSurrogateEscape(bytes));
  }
  return diff;
}

async function replaceFile(params: Params, { checksum, host }: Host, context: LocalContext): Promise<Dict> {
  const expected = params.text('checksum');
  if (expected && expected !== checksum) throw mismatch(checksum, expected);
  const name = params.text('_original_basename') ?? '';
  const made = madeParents(params, context);
  const inside = lookThrough(context, made)?.isDirectory() === true ? joinPath(made, name) : made;
  const dest = checkedTarget(inside, params, context);
  const home = context.environment.HOME ?? homedir();
  const source =
    host.get('_is_content') === true ? `${home}/.ansible/tmp/source` : (host.get('_source') ?? null);
  const result: Dict = new Map<Value, Value>([
    ['dest', dest],
    ['src', source],
    ['checksum', checksum],
    ['changed', true],
  ]);
  const { content } = context;
  if (content === undefined && checksum !== createHash('sha1').digest('hex'))
    throw new ModuleFailure('the content of the file did not come with the request');
  const pieces = content?.open() ?? [];
  const mode = await stageFile({ dest, pieces, context }, async (staged, written) => {
    if (written.sha1 !== checksum) throw mismatch(written.sha1, checksum);
    result.set('md5sum', written.md5);
    return putInPlace({ params, staged, dest, result }, context);
  });
  changeAttributes({ ...wantedOf(params, dest, context), mode }, context, { before: true });
  return result;
}
