/** One call of an action, with its retries: from rendered arguments to a concluded result. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { Suspension, TemplateError } from '../../../shared/template/template-error.ts';
import type { ActionCall, ActionReply, LocalAction } from '../actions/action.ts';
import { runInBackground } from './background.ts';
import { delegatedAddress } from './call-connection.ts';
import { concludeResult, isDone } from './conclude-result.ts';
import { failureOf, type Prepared } from './item-run.ts';
import type { RenderSite } from './render-site.ts';
import type { CallPlace, ItemEnd, TaskPorts } from './task-end.ts';
import { environmentOf } from './task-environment.ts';

/** The end of what never ran: skipped, or wrong. */
export function endOf(prepared: Prepared, label: string | undefined): ItemEnd {
  if (prepared.kind === 'ready') throw new Error('an item that is ready has not ended');
  const result: Dict = new Map(prepared.result);
  if (!result.has('changed') && label !== undefined) result.set('changed', false);
  return { result, noLog: prepared.keywords?.noLog ?? false, keywords: prepared.keywords, label };
}

type Call = {
  readonly site: RenderSite;
  readonly task: Task;
  readonly call: ActionCall;
  readonly label: string | undefined;
};

/** Runs an action that needs no target; undefined when it needs one or has to be tried again and again. */
export function runLocally(run: Call, local: TaskPorts['local']): ItemEnd | undefined {
  const action = local(run.call.name);
  if (action === undefined || run.task.until.length > 0) return undefined;
  return ended(run, localResult(action, run.call), undefined);
}

function localResult(action: LocalAction, call: ActionCall): Dict {
  try {
    return action(call);
  } catch (error) {
    return failureOf(error, call);
  }
}

function ended(run: Call, raw: Dict, attempt: number | undefined): ItemEnd {
  const { keywords } = run.call;
  const result = concludeResult(run.site, run.task, raw, attempt);
  if (run.label !== undefined && result.get('unreachable') === true) result.delete('changed');
  return {
    result,
    noLog: keywords.noLog,
    keywords,
    label: run.label,
    delegatedAddress: delegatedAddress(run.site, run.call),
  };
}

type TargetCall = Call & Omit<CallPlace, 'attempt'>;

/** Sends one call to its target, again and again while `until` wants it. */
export function runOnTarget(
  run: TargetCall,
  ports: TaskPorts,
): { end: Promise<ItemEnd | 'discarded'>; isWhole: boolean } {
  if (run.task.until.length > 0) return { end: retry(run, ports), isWhole: false };
  const started = attempt(run, ports, 1);
  const conclude = async (reply: ActionReply): Promise<ItemEnd | 'discarded'> =>
    reply === 'discarded' ? reply : settle(run, 'result', (again) => ended(again, reply, undefined));
  return { end: started.reply.then(conclude), isWhole: started.isWhole };
}

/** Sends the action once; an error of its arguments is a failed result. */
function attempt(
  run: TargetCall,
  ports: TaskPorts,
  count: number,
): { reply: Promise<ActionReply>; isWhole: boolean } {
  const failed = (error: unknown): Dict => failureOf(error, run.call);
  const local = ports.local(run.call.name);
  if (local !== undefined) {
    const reply = settle(run, `action ${count}`, (again) => localResult(local, again.call));
    return { reply, isWhole: false };
  }
  try {
    const remote = ports.connect(run.call, {
      isLast: run.isLast,
      isLoop: run.isLoop,
      item: run.item,
      attempt: count,
    });
    const action = ports.remote(run.call.name);
    const started =
      run.call.keywords.asyncSeconds > 0
        ? runInBackground(action, run.call, { remote, onProgress: ports.onProgress })
        : action(run.call, remote);
    return { reply: started.reply.catch(failed), isWhole: started.isWhole };
  } catch (error) {
    return { reply: Promise.resolve(failed(error)), isWhole: false };
  }
}

const RETRIES_DEFAULT = 3;
const DELAY_SECONDS_DEFAULT = 5;

/** `until`: tries until the condition holds or the attempts are used up. */
async function retry(run: TargetCall, ports: TaskPorts): Promise<ItemEnd | 'discarded'> {
  const env = run.call.env;
  const { retries, delayMs } = retryControls(run.task, env);
  for (let count = 1; ; count++) {
    const reply = await attempt(run, ports, count).reply;
    if (reply === 'discarded') return reply;
    const end = await settle(run, `result ${count}`, (again) => ended(again, reply, count));
    if (end.result.get('unreachable') === true) return end;
    const over = await settle(run, `until ${count}`, (again) => overWith(again, end));
    if (over !== undefined) return over;
    if (count >= retries) return exhausted(end, count);
    const again = new Map<Value, Value>([...end.result, ['retries', retries], ['_ansible_retry', true]]);
    ports.onRetry({ ...end, result: again }, retries - count);
    await ports.sleep(delayMs);
  }
}

/** The end when `until` holds, or cannot be evaluated; undefined while it does not hold. */
function overWith({ site, task }: Call, end: ItemEnd): ItemEnd | undefined {
  try {
    return isDone(site, task, end.result) ? end : undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const result = new Map<Value, Value>([
      ['failed', true],
      ['msg', error.message],
    ]);
    return { ...end, result, label: undefined, endsLoop: true };
  }
}

function exhausted(end: ItemEnd, count: number): ItemEnd {
  const result = new Map<Value, Value>([
    ...end.result,
    ['attempts', Math.max(count - 1, 1)],
    ['failed', true],
  ]);
  return { ...end, result };
}

function retryControls(task: Task, env: ActionCall['env']): { retries: number; delayMs: number } {
  const number = (raw: Value | undefined, otherwise: number): number => {
    if (raw === undefined) return otherwise;
    const value = Number(str(renderValue(raw, env)));
    return Number.isFinite(value) ? value : otherwise;
  };
  const retries = number(task.retries, RETRIES_DEFAULT);
  const delay = number(task.delay, DELAY_SECONDS_DEFAULT);
  return { retries: retries <= 0 ? 1 : retries + 1, delayMs: (delay < 0 ? 1 : delay) * 1000 };
}

/** Renders a part of the task, each time from its beginning, until nothing it needs is missing. */
function settle<T>(run: Call, part: string, render: (again: Call) => T): Promise<T> {
  return untilThere(() => {
    const site = { ...run.site, memory: run.site.memory.pass(part) };
    return render({ ...run, site, call: { ...run.call, env: environmentOf(site) } });
  });
}

/** Renders until nothing that is needed is missing. */
export async function untilThere<T>(render: () => T): Promise<T> {
  for (;;) {
    try {
      return render();
    } catch (error) {
      if (!(error instanceof Suspension) || error.until === 'sync') throw error;
      await error.until;
    }
  }
}
