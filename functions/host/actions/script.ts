/** `script`: runs a script of this machine on the target. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { splitShellWords } from '../../../shared/project/inventory/shell-words.ts';
import { baseName } from '../../../shared/template/python/posix-path.ts';
import type { ActionCall, ActionReply, RemoteAction } from './action.ts';
import { actionFail, caughtFail } from './action-fail.ts';
import { booleanArgument, textArgument } from './arguments.ts';
import { findSource, missingFile } from './find-source.ts';
import { type LocalFile, openLocalFile } from './local-file.ts';

/** Sends the script along with the request that runs it. */
export const runScript: RemoteAction = (call, remote) => {
  const name = scriptName(call.args);
  const found = findSource(call, 'files', name);
  if (found.kind === 'missing') throw caughtFail(found.message);
  const { local } = call.context;
  if (local.disk.stat(found.path, true)?.kind !== 'file') throw caughtFail(missingFile(found.path, []));
  const run = ({ content }: LocalFile): Promise<ActionReply> => {
    const args: Dict = new Map([...call.args].filter(([key]) => key !== 'decrypt'));
    args.set('_name', baseName(found.path));
    return remote.run('script', args, { content }).then(withException);
  };
  const file = openLocalFile(local, found.path, booleanArgument(call.args, 'decrypt', true));
  if (file instanceof Promise) return { reply: file.then(run), isWhole: false };
  return { reply: run(file), isWhole: true };
};

function scriptName(args: ActionCall['args']): string {
  const line = (textArgument(args, '_raw_params') ?? textArgument(args, 'cmd') ?? '').trim();
  const words = splitShellWords(line);
  if (words.kind === 'invalid') throw actionFail(words.why);
  const [name] = words.words;
  if (name === undefined) throw actionFail('no command given');
  return name;
}

const OWN_FAILURE = /^(non-zero return code$|chdir .* must be an absolute path)/;

/** The result with what Ansible's action adds. */
function withException(reply: ActionReply): ActionReply {
  if (reply === 'discarded') return reply;
  if (reply.get('skipped') === true) return new Map<Value, Value>([...reply, ['failed', false]]);
  if (!OWN_FAILURE.test(textArgument(reply, 'msg') ?? '')) return reply;
  return new Map<Value, Value>([...reply, ['exception', 'NoneType: None\n']]);
}
