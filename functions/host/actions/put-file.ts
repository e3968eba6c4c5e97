/** The one request that puts one file on the target, whatever is there before. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import type { ActionCall, ActionReply, Remote } from './action.ts';
import { booleanArgument } from './arguments.ts';
import type { LocalFile } from './local-file.ts';

/** Where a file goes and how it is spoken of. */
export type Put = {
  /** The path below `dest` when that is a directory. */
  readonly name: string;
  /** The path that diffs and results show. */
  readonly shown: string;
  readonly dest: string;
  readonly isContent: boolean;
  /** Instead of what the task says. */
  readonly follow?: boolean;
  readonly hasMore?: boolean;
};

/** What only this side needs of the task's arguments. */
const LOCAL_ARGUMENTS = new Set<Value>(['content', 'decrypt']);

/** Sends the request. Its result is what Ansible registers for one file. */
export function putFile(
  call: ActionCall,
  remote: Remote,
  { file, ...put }: Put & { readonly file: LocalFile },
): Promise<ActionReply> {
  const { args, context, keywords } = call;
  const request: Dict = new Map([...args].filter(([name]) => !LOCAL_ARGUMENTS.has(name)));
  request.set('dest', put.dest);
  request.set('_original_basename', put.name);
  request.set('_checksum', file.checksum);
  request.set('_source', put.shown);
  if (put.isContent) request.set('_is_content', true);
  request.set('follow', put.follow ?? booleanArgument(args, 'follow', false));
  if (args.get('mode') === 'preserve') request.set('mode', file.mode);
  if (keywords.isDiff) request.set('_diff_bytes_max', context.config('MAX_FILE_SIZE_FOR_DIFF') ?? 0);
  const extras = { content: file.content, ...(put.hasMore === true ? { hasMore: true } : {}) };
  const reply = remote.run('copy', request, extras);
  return keywords.isDiff && keywords.noLog ? reply.then(withoutDiffTexts) : reply;
}

const HIDDEN = " [[ Diff output has been hidden because 'no_log: true' was specified for this result ]]\n";

function withoutDiffTexts(reply: ActionReply): ActionReply {
  const diffs = reply === 'discarded' ? undefined : reply.get('diff');
  if (reply === 'discarded' || !Array.isArray(diffs)) return reply;
  return new Map<Value, Value>([...reply, ['diff', diffs.map(hidden)]]);
}

function hidden(diff: Value): Value {
  if (!isDict(diff)) return diff;
  const texts: (readonly [Value, Value])[] = [];
  if (diff.has('before')) texts.push(['before', '']);
  if (diff.has('after')) texts.push(['after', HIDDEN]);
  return new Map<Value, Value>([...diff, ...texts]);
}
