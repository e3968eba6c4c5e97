/** `unarchive`: unpacks an archive of this machine, or of the target, on the target. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { expandUser } from '../../../shared/template/filters/path.ts';
import { joinPath } from '../../../shared/template/python/posix-path.ts';
import {
  type ActionCall,
  ActionFailure,
  type ActionReply,
  type Remote,
  type RemoteAction,
} from './action.ts';
import { actionFail, caughtFail } from './action-fail.ts';
import { booleanArgument, textArgument } from './arguments.ts';
import { findSource, missingFile } from './find-source.ts';
import { openLocalFile } from './local-file.ts';
import { isStop } from './send-in-turn.ts';
import { type TemporaryFile, withTemporaryFiles } from './temporary-files.ts';

/** Looks at the destination, brings the archive there, and runs Ansible's module on it. */
export const runUnarchive: RemoteAction = (call, remote) => ({
  reply: unarchive(call, remote),
  isWhole: false,
});

async function unarchive(call: ActionCall, remote: Remote): Promise<ActionReply> {
  const args = moduleArguments(call.args);
  const source = textArgument(args, 'src');
  const dest = textArgument(args, 'dest');
  if (source === undefined || dest === undefined) throw actionFail('src (or content) and dest are required');
  const creates = textArgument(args, 'creates');
  if (creates !== undefined && creates !== '') {
    const there = await statOf(remote, creates);
    if (!isDict(there)) return there;
    if (there.get('exists') === true) return skipped(`skipped, since ${creates} exists`);
  }
  const isThere = booleanArgument(args, 'remote_src', false);
  const path = isThere ? source : localArchive(call, source);
  const place = await statOf(remote, dest);
  if (!isDict(place)) return place;
  if (place.get('exists') !== true || place.get('isdir') !== true)
    throw actionFail(`dest '${textArgument(place, 'path') ?? dest}' must be an existing dir`);
  if (isThere) return remote.run('unarchive', args);
  const open: TemporaryFile['open'] = () =>
    openLocalFile(call.context.local, path, booleanArgument(call.args, 'decrypt', true));
  return withTemporaryFiles(remote, [{ name: 'source', open }], (directory) =>
    remote.run('unarchive', args.set('src', joinPath(directory, 'source')), { hasMore: true }),
  );
}

/** The module's arguments: `copy`, the older name, turned into `remote_src`. */
function moduleArguments(given: Dict): Dict {
  const args: Dict = new Map([...given].filter(([name]) => name !== 'decrypt'));
  if (!args.has('copy')) return args;
  if (args.has('remote_src')) throw actionFail("parameters are mutually exclusive: ('copy', 'remote_src')");
  const isHere = booleanArgument(args, 'copy', true);
  args.delete('copy');
  return args.set('remote_src', !isHere);
}

function localArchive(call: ActionCall, source: string): string {
  const { local } = call.context;
  const found = findSource(call, 'files', expandUser({ ...call.env, local }, source));
  if (found.kind === 'missing') throw caughtFail(found.message);
  if (local.disk.stat(found.path, true)?.kind !== 'file') throw caughtFail(missingFile(found.path, []));
  return found.path;
}

/** What stands at a path of the target; a reply when it cannot be told. */
async function statOf(remote: Remote, path: string): Promise<Dict | 'discarded'> {
  const args = new Map<Value, Value>([
    ['path', path],
    ['follow', true],
    ['get_checksum', false],
    ['get_mime', false],
    ['get_attributes', false],
  ]);
  const reply = await remote.run('stat', args, { hasMore: true });
  if (reply === 'discarded') return reply;
  const stat = reply.get('stat');
  if (isStop(reply) || !isDict(stat))
    throw new ActionFailure(
      textArgument(reply, 'msg') ?? `Failed to get information on remote file (${path})`,
    );
  return stat;
}

function skipped(message: string): Dict {
  return new Map<Value, Value>([
    ['skipped', true],
    ['failed', false],
    ['msg', message],
  ]);
}
