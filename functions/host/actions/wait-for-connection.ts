/** `wait_for_connection`: tries until the target answers. */

import { FailureError } from '../../../shared/base/failure.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { type ActionCall, ActionFailure, type Remote, type RemoteAction } from './action.ts';
import { checkArguments, integerArgument } from './arguments.ts';
import { isStop } from './send-in-turn.ts';

/** Connects anew until a module runs, for `timeout` seconds. */
export const waitForConnection: RemoteAction = (call, remote) => ({
  isWhole: false,
  reply: call.keywords.isCheckMode
    ? Promise.resolve(new Map<Value, Value>([['skipped', true]]))
    : waitWhile(call, remote),
});

async function waitWhile({ args, context, env }: ActionCall, remote: Remote): Promise<Dict> {
  checkArguments('wait_for_connection', args, ['connect_timeout', 'delay', 'sleep', 'timeout']);
  const delayMs = integerArgument(args, 'delay', 0) * 1000;
  const sleepMs = integerArgument(args, 'sleep', 1) * 1000;
  const timeoutMs = integerArgument(args, 'timeout', 600) * 1000;
  const start = Number(env.memory.once('wait started', env.now));
  if (delayMs > 0) await remote.sleep(delayMs);
  const problem = await untilAnswered(remote, sleepMs, () => context.now() - start - delayMs < timeoutMs);
  const result = new Map<Value, Value>();
  if (problem !== undefined)
    result.set('failed', true).set('msg', `timed out waiting for ping module test: ${problem}`);
  return result.set('elapsed', Math.floor((context.now() - start) / 1000));
}

/** Why the target did not answer in time, or undefined when it did. */
async function untilAnswered(
  remote: Remote,
  sleepMs: number,
  hasTime: () => boolean,
): Promise<string | undefined> {
  let problem = '';
  while (hasTime()) {
    const said = await tryOnce(remote);
    if (said === undefined) return undefined;
    problem = said;
    await remote.sleep(sleepMs);
  }
  return problem;
}

async function tryOnce(remote: Remote): Promise<string | undefined> {
  try {
    await remote.reset();
    await remote.probe();
    const reply = await remote.run('ping', new Map());
    if (reply === 'discarded') return 'the request was discarded';
    return isStop(reply) ? String(reply.get('msg') ?? 'ping test failed') : undefined;
  } catch (error) {
    if (error instanceof FailureError || error instanceof ActionFailure) return error.message;
    throw error;
  }
}
