/** `async_status`: how a job in the background is doing. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { str } from '../../../shared/template/python/repr.ts';
import type { RemoteAction } from './action.ts';
import { actionFail } from './action-fail.ts';
import { textArgument } from './arguments.ts';

/** Runs Ansible's module on the job's file, with the keys that every answer has. */
export const asyncStatus: RemoteAction = ({ args, env }, remote) => {
  const jid = textArgument(args, 'jid');
  if (jid === undefined) throw actionFail('missing required arguments: jid');
  const mode = textArgument(args, 'mode') ?? 'status';
  if (mode !== 'status' && mode !== 'cleanup')
    throw actionFail(`value of mode must be one of: status, cleanup, got: ${mode}`);
  const directory = str(env.scope.resolve('ansible_async_dir') ?? '~/.ansible_async');
  const request = new Map<Value, Value>([
    ['jid', jid],
    ['mode', mode],
    ['_async_dir', directory],
  ]);
  const answer: Dict = new Map<Value, Value>([
    ['started', mode === 'status' ? 1 : 0],
    ['finished', 0],
    ['stdout', ''],
    ['stderr', ''],
    ['stdout_lines', []],
    ['stderr_lines', []],
    ['ansible_job_id', jid],
    [mode === 'cleanup' ? 'erased' : 'results_file', `${directory}/${jid}`],
  ]);
  const reply = remote
    .run('async_status', request)
    .then((result) => (result === 'discarded' ? result : completed(answer, result)));
  return { reply, isWhole: true };
};

/** Lines that belong to a text of the job are made from it. */
function completed(answer: Dict, result: Dict): Dict {
  const whole: Dict = new Map([...answer, ...result]);
  for (const name of ['stdout', 'stderr'])
    if (result.has(name) && !result.has(`${name}_lines`)) whole.delete(`${name}_lines`);
  return whole;
}
