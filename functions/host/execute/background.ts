/** `async`: runs an action's module in the background, and looks after it for as long as `poll` says. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { str } from '../../../shared/template/python/repr.ts';
import {
  type ActionCall,
  ActionFailure,
  type ActionReply,
  type Remote,
  type RemoteAction,
  type RemoteRun,
} from '../actions/action.ts';
import { actionFail } from '../actions/action-fail.ts';
import { asyncStatus } from '../actions/async-status.ts';
import { hasOwnAction } from '../actions/registry.ts';
import type { JobProgress } from './task-end.ts';

/** Actions of their own whose module may run in the background; plain modules all may. */
const WITH_JOBS = new Set(['package', 'reboot', 'service', 'uri', 'yum']);

/** Starts the action's module as a job. With `poll: 0` the task ends there; else its result is the job's. */
export function runInBackground(
  action: RemoteAction,
  call: ActionCall,
  { remote, onProgress }: { readonly remote: Remote; readonly onProgress: (progress: JobProgress) => void },
): RemoteRun {
  if (hasOwnAction(call.name) && !WITH_JOBS.has(call.name))
    throw actionFail('async is not supported for this task.');
  if (call.keywords.isCheckMode) throw actionFail('check mode and async cannot be used on same task.');
  const started = action(call, startingJobs(call, remote));
  const pollSeconds = call.keywords.pollSeconds ?? Number(call.context.config('DEFAULT_POLL_INTERVAL') ?? 15);
  if (pollSeconds <= 0) return started;
  const waiting = { remote, onProgress, pollSeconds };
  return { isWhole: false, reply: started.reply.then((reply) => waitForJob(call, reply, waiting)) };
}

/** The remote whose last request, the action's real work, is a job. */
function startingJobs(call: ActionCall, remote: Remote): Remote {
  const { context, env, keywords } = call;
  const digits = [...context.randomBytes(12)].map((byte) => byte % 10).join('');
  const directory = env.scope.resolve('ansible_async_dir') ?? context.config('shell.sh.async_dir');
  const job = {
    id: `j${digits}`,
    seconds: keywords.asyncSeconds,
    directory: str(directory ?? '~/.ansible_async'),
  };
  return {
    ...remote,
    run: (module, args, extras = {}) =>
      remote.run(module, args, extras.hasMore === true ? extras : { ...extras, job }),
  };
}

type Waiting = {
  readonly remote: Remote;
  readonly onProgress: (progress: JobProgress) => void;
  readonly pollSeconds: number;
};

async function waitForJob(call: ActionCall, started: ActionReply, waiting: Waiting): Promise<ActionReply> {
  if (started === 'discarded' || started.get('unreachable') === true) return started;
  const id = started.get('ansible_job_id');
  if (id === undefined)
    return started.get('failed') ? started : failed('No job id was returned by the async task', []);
  const job = str(id);
  const { onProgress, pollSeconds, remote } = waiting;
  const seconds = call.keywords.asyncSeconds;
  let status: Dict = new Map();
  for (let left = seconds; left > 0; left -= pollSeconds) {
    await remote.sleep(pollSeconds * 1000);
    const reply = await askFor(call, job, { remote, mode: 'status' });
    if (reply === 'discarded') return reply;
    status = reply;
    if (status.get('unreachable') === true) return status;
    if (isFinished(status) || status.get('failed') === true || status.has('skipped')) break;
    onProgress({ kind: 'async-polled', job, started: numberAt(status, 'started'), finished: 0 });
  }
  onProgress({
    kind: 'async-finished',
    job,
    hasFailed: status.get('failed') === true || !isFinished(status),
  });
  if (isFinished(status)) {
    await askFor(call, job, { remote, mode: 'cleanup' });
    return status;
  }
  const message = `async task did not complete within the requested time - ${seconds}s`;
  return failed(message, [['async_result', status]]);
}

type Question = { readonly remote: Remote; readonly mode: 'cleanup' | 'status' };

async function askFor(call: ActionCall, job: string, { remote, mode }: Question): Promise<ActionReply> {
  const args = new Map<Value, Value>([
    ['jid', job],
    ['mode', mode],
  ]);
  return asyncStatus({ ...call, name: 'async_status', action: 'async_status', args }, remote).reply;
}

function isFinished(status: Dict): boolean {
  return numberAt(status, 'finished') === 1;
}

function numberAt(status: Dict, name: string): number {
  return Number(status.get(name) ?? 0);
}

function failed(message: string, extra: readonly (readonly [Value, Value])[]): Dict {
  return new ActionFailure(message, extra).result;
}
