/** `copy`: puts files, directories or a text of this machine on the target. */

import { formatJson } from '../../../shared/base/json.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { encodeText } from '../../../shared/template/python/codec.ts';
import { baseName, joinPath } from '../../../shared/template/python/posix-path.ts';
import { str } from '../../../shared/template/python/repr.ts';
import {
  type ActionCall,
  ActionFailure,
  type ActionReply,
  type Remote,
  type RemoteAction,
  type RemoteRun,
} from './action.ts';
import { caughtFail } from './action-fail.ts';
import { booleanArgument, textArgument } from './arguments.ts';
import { findSource, missingFile } from './find-source.ts';
import { fileOf, openLocalFile } from './local-file.ts';
import { type Put, putFile } from './put-file.ts';
import { isStop, type Sent, type Step, sendInTurn } from './send-in-turn.ts';
import { type SourceTree, walkTree } from './source-tree.ts';

/** Copies `content`, or `src` from this machine, or with `remote_src` on the target itself. */
export const runCopy: RemoteAction = (call, remote) => {
  const { args } = call;
  const problem = argumentProblem(args);
  if (problem !== undefined) throw new ActionFailure(problem);
  const content = args.get('content');
  if (content !== undefined && content !== null) return copyContent(call, remote, content);
  if (booleanArgument(args, 'remote_src', false)) return { reply: remote.run('copy', args), isWhole: true };
  return copySource(call, remote, textArgument(args, 'src') ?? '');
};

function argumentProblem(args: Dict): string | undefined {
  const isGiven = (name: string): boolean => (textArgument(args, name) ?? '') !== '';
  const content = args.get('content') ?? undefined;
  if (!isGiven('src') && content === undefined) return 'src (or content) is required';
  if (!isGiven('dest')) return 'dest is required';
  if (isGiven('src') && content !== undefined) return 'src and content are mutually exclusive';
  if (content !== undefined && textArgument(args, 'dest')?.endsWith('/') === true)
    return 'can not use content with a dir as dest';
  return undefined;
}

function copyContent(call: ActionCall, remote: Remote, content: Value): RemoteRun {
  const text = Array.isArray(content) || content instanceof Map ? formatJson(content) : str(content);
  const file = fileOf(encodeText(text, 'utf-8'));
  const put: Put = {
    name: '',
    shown: 'content',
    dest: textArgument(call.args, 'dest') ?? '',
    isContent: true,
  };
  return { reply: putFile(call, remote, { ...put, file }), isWhole: true };
}

function copySource(call: ActionCall, remote: Remote, name: string): RemoteRun {
  const found = findSource(call, 'files', name);
  if (found.kind === 'missing') throw caughtFail(found.message, lastLine(found.message));
  const source = withSlashOf(name, found.path);
  const dest = textArgument(call.args, 'dest') ?? '';
  const { local } = call.context;
  if (local.disk.stat(source, true)?.kind !== 'directory') {
    const files = [{ path: source, relative: baseName(source) }];
    return sendTree({ call, remote, source, dest, tree: { files, directories: [], links: [] } });
  }
  const tree = walkTree(local, source, booleanArgument(call.args, 'local_follow', true));
  return sendTree({ call, remote, source, dest: dest.endsWith('/') ? dest : `${dest}/`, tree });
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}

function withSlashOf(name: string, path: string): string {
  if (name.endsWith('/') === path.endsWith('/')) return path;
  return name.endsWith('/') ? `${path}/` : path.slice(0, -1);
}

/** A copy of one file, or of what stands in a directory. */
type TreeCopy = {
  readonly call: ActionCall;
  readonly remote: Remote;
  readonly source: string;
  readonly dest: string;
  readonly tree: SourceTree;
};

function sendTree(copy: TreeCopy): RemoteRun {
  const { tree } = copy;
  const { replies, isWhole } = sendInTurn([
    ...tree.files.map(
      (file): Step =>
        (hasMore) =>
          sendFile(copy, file, hasMore),
    ),
    ...tree.directories.map(
      (path): Step =>
        (hasMore) =>
          sendDirectory(copy, path, hasMore),
    ),
    ...tree.links.map(
      (link): Step =>
        (hasMore) =>
          sendLink(copy, link, hasMore),
    ),
  ]);
  return { reply: replies.then((results) => concludeCopy(copy, results)), isWhole };
}

type TreeFile = SourceTree['files'][number];

function sendFile(copy: TreeCopy, { path, relative }: TreeFile, hasMore: boolean): Sent | Promise<Sent> {
  const { call, remote, tree } = copy;
  const { local } = call.context;
  if (local.disk.stat(path, true)?.kind !== 'file')
    throw new ActionFailure(`could not find src=${path}, ${missingFile(path, [])}`);
  const put: Put = {
    name: relative,
    shown: path,
    dest: copy.dest,
    isContent: false,
    ...(tree.directories.length > 0 ? { follow: false } : {}),
    hasMore,
  };
  const file = openLocalFile(local, path, booleanArgument(call.args, 'decrypt', true));
  if (!(file instanceof Promise)) return { reply: putFile(call, remote, { ...put, file }) };
  return file.then((opened) => ({ reply: putFile(call, remote, { ...put, file: opened }) }));
}

/** Arguments of `copy` that `file` knows too. */
const FILE_ARGUMENTS = [
  'mode',
  'owner',
  'group',
  'seuser',
  'serole',
  'selevel',
  'setype',
  'attributes',
  'unsafe_writes',
  'state',
  'path',
  '_original_basename',
  'recurse',
  'force',
  '_diff_peek',
];

function fileArguments(args: Dict): Dict {
  return new Map([...args].filter(([name]) => typeof name === 'string' && FILE_ARGUMENTS.includes(name)));
}

function sendDirectory({ call, remote, dest }: TreeCopy, path: string, hasMore: boolean): Sent {
  const args = new Map<Value, Value>([
    ...fileArguments(call.args),
    ['path', joinPath(dest, path)],
    ['state', 'directory'],
    ['mode', call.args.get('directory_mode') ?? null],
    ['recurse', false],
  ]);
  return { reply: remote.run('file', args, { hasMore }) };
}

type TreeLink = SourceTree['links'][number];

function sendLink(copy: TreeCopy, { target, relative }: TreeLink, hasMore: boolean): Sent {
  const { call, remote, dest, tree } = copy;
  const args = new Map<Value, Value>([
    ...fileArguments(call.args),
    ['path', joinPath(dest, relative)],
    ['src', target],
    ['state', 'link'],
    ['force', true],
  ]);
  if (tree.directories.length > 0) args.set('follow', false);
  if (args.get('mode') === 'preserve') args.delete('mode');
  return { reply: remote.run('file', args, { hasMore }) };
}

/** The result of the one file as it is, or what all of them amount to. */
function concludeCopy(copy: TreeCopy, results: readonly Dict[] | 'discarded'): ActionReply {
  if (results === 'discarded') return results;
  const failure = results.find(isStop);
  if (failure !== undefined) return failure;
  const last = results.at(-1);
  if (last !== undefined && copy.tree.files.length === 1) return withDest(last);
  return new Map<Value, Value>([
    ['dest', expandedDest(copy, results)],
    ['src', copy.source],
    ['changed', results.some((result) => result.get('changed') === true)],
  ]);
}

function withDest(result: Dict): Dict {
  const path = result.get('path');
  return path === undefined || result.has('dest') ? result : new Map([...result, ['dest', path]]);
}

/** `dest` with the home directory that only the target knows. */
function expandedDest({ dest, tree }: TreeCopy, results: readonly Dict[]): string {
  if (!dest.startsWith('~')) return dest;
  for (const [index, { relative }] of tree.files.entries()) {
    const path = textArgument(results[index] ?? new Map(), 'dest');
    if (path?.endsWith(`/${relative}`) === true) return path.slice(0, -relative.length);
  }
  return dest;
}
