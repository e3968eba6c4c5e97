/** `raw`: a command line for the login shell, without any Python on the target. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { type ActionCall, ActionFailure, type RemoteAction } from './action.ts';
import { textArgument } from './arguments.ts';

/** Runs the command line; nothing is sent behind it before it ended. */
export const runRaw: RemoteAction = (call, remote) => ({
  isWhole: false,
  reply: call.keywords.isCheckMode ? Promise.resolve(skippedInCheckMode()) : run(call, remote),
});

function skippedInCheckMode(): Dict {
  return new Map<Value, Value>([
    ['skipped', true],
    ['failed', false],
  ]);
}

async function run({ args }: ActionCall, remote: Parameters<RemoteAction>[1]): Promise<Dict> {
  const command = textArgument(args, '_raw_params');
  if (command === undefined) throw new ActionFailure('no command given');
  const executable = textArgument(args, 'executable');
  const line = executable === undefined ? command : `${executable} -c ${quoted(command)}`;
  const reply = await remote.raw(line);
  if (reply instanceof Map) return reply;
  const { exitCode, stdout, stderr } = reply;
  const result = new Map<Value, Value>([
    ['changed', true],
    ['rc', exitCode],
    ['stdout', decode(stdout)],
    ['stderr', decode(stderr)],
  ]);
  if (exitCode !== 0) {
    result.set('failed', true);
    result.set('msg', 'non-zero return code');
  }
  return result;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
