/** One task on one host, with its loop and its retries: from prepared items to what the task registers. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import { str } from '../../../shared/template/python-repr.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { Suspension, TemplateError } from '../../../shared/template/template-error.ts';
import type { ActionCall, ActionReply, LocalAction, Remote, RemoteAction } from '../actions/action.ts';
import { runInBackground } from './background.ts';
import { delegatedAddress } from './call-connection.ts';
import { concludeResult, isDecidedByTarget, isDone, isFailed } from './conclude-result.ts';
import type { HostVars } from './host-state.ts';
import { failureOf, type Prepared, prepareItem } from './item-run.ts';
import { itemLabel, itemVars, type LoopControls, loopControls, loopItems } from './loop-items.ts';
import { joinItems } from './loop-result.ts';
import type { PlayContext } from './play-context.ts';
import type { RenderSite } from './render-site.ts';
import { addResultFacts, mayGiveFacts } from './result-facts.ts';
import type { JobProgress } from './show.ts';
import { environmentOf } from './task-environment.ts';
import type { TaskKeywords } from './task-keywords.ts';

/** What became of one item (or of a task without a loop). */
export type ItemEnd = {
  readonly result: Dict;
  readonly noLog: boolean;
  readonly keywords: TaskKeywords | undefined;
  /** Of loop items: the printed label. */
  readonly label: string | undefined;
  /** Of delegated work: the other host's `ansible_host`. */
  readonly delegatedAddress?: string | undefined;
};

export type TaskEnd = ItemEnd & {
  readonly items: readonly ItemEnd[] | undefined;
};

/** A started task: over, or on its way. With `isWhole` nothing of it waits to be sent. */
export type TaskStart =
  | {
      readonly kind: 'on-the-way';
      readonly end: Promise<TaskEnd | 'discarded'>;
      readonly isWhole: boolean;
    }
  | { readonly kind: 'over'; readonly end: TaskEnd };

/** What running a task needs from the executor. */
export type TaskPorts = {
  readonly local: (name: string) => LocalAction | undefined;
  readonly remote: (name: string) => RemoteAction;
  /** The way to the target for one call of the task. `isLast` marks the last call of a loop. */
  readonly connect: (call: ActionCall, of: { readonly isLast: boolean; readonly isLoop: boolean }) => Remote;
  /**
   * Whether all calls go the same way to the target. Throws Suspension when what is on the way must end first:
   * another connection, or one without the agent.
   */
  readonly isOneWay: (calls: readonly ActionCall[]) => boolean;
  readonly onRetry: (end: ItemEnd, attemptsLeft: number) => void;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onItem: (end: ItemEnd) => void;
  readonly sleep: (ms: number) => Promise<void>;
};

/** Starts a task. Throws Suspension, before any effect, when a value it needs is not there yet. */
export function startTask(site: RenderSite, task: Task, ports: TaskPorts): TaskStart {
  const loop = openLoop(site, task);
  if (loop.items === undefined) return startSingle(site, task, { ports, loopError: loop.error });
  if (loop.items.length === 0) return { kind: 'over', end: { ...emptyLoop(), items: [] } };
  return startLoop(site, task, { ports, items: loop.items });
}

type OpenLoop = { readonly items: readonly Value[] | undefined; readonly error: TemplateError | undefined };

function openLoop(site: RenderSite, task: Task): OpenLoop {
  try {
    return { items: loopItems(task, environmentOf(site)), error: undefined };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { items: undefined, error };
  }
}

function emptyLoop(): ItemEnd {
  const result = new Map<Value, Value>([
    ['changed', false],
    ['skipped', true],
    ['skipped_reason', 'No items in the list'],
    ['results', []],
  ]);
  return { result, noLog: false, keywords: undefined, label: undefined };
}

type Single = { readonly ports: TaskPorts; readonly loopError: TemplateError | undefined };

function startSingle(site: RenderSite, task: Task, { ports, loopError }: Single): TaskStart {
  const prepared = prepareItem(site, task, loopError);
  const whole = (end: ItemEnd): TaskEnd => ({ ...end, items: undefined });
  if (prepared.kind !== 'ready') return { kind: 'over', end: whole(endOf(prepared, undefined)) };
  const local = runLocally({ site, task, call: prepared.call, label: undefined }, ports.local);
  if (local !== undefined) return { kind: 'over', end: whole(local) };
  ports.isOneWay([prepared.call]);
  const run = { site, task, call: prepared.call, label: undefined, isLast: true, isLoop: false };
  const started = runOnTarget(run, ports);
  return {
    kind: 'on-the-way',
    isWhole: started.isWhole && isDecidedByTarget(task),
    end: started.end.then((end) => (end === 'discarded' ? end : whole(end))),
  };
}

type Loop = { readonly ports: TaskPorts; readonly items: readonly Value[] };

/** An item that has been rendered. */
type ReadyItem = {
  readonly site: RenderSite;
  readonly task: Task;
  readonly prepared: Prepared;
  readonly label: string;
};

/** Renders an item: ahead of the items before it, or anew once these have ended, when the clock tells another time. */
type Prepare = (index: number, vars: HostVars, when: 'ahead' | 'in turn') => ReadyItem;

function startLoop(site: RenderSite, task: Task, { ports, items }: Loop): TaskStart {
  const controls = loopControls(task, environmentOf(site));
  let context = site.context;
  const prepare: Prepare = (index, vars, when) => {
    const item = new Map([...site.item, ...itemVars(items, index, controls)]);
    return readyItem(
      { ...site, context, vars, item, memory: site.memory.pass(`item ${index} ${when}`) },
      task,
      items[index] ?? null,
    );
  };
  const ready: ReadyItem[] = [];
  const ended: (ItemEnd | undefined)[] = [];
  let vars = site.vars;
  let wrong: ItemEnd | undefined;
  for (let index = 0; index < items.length && wrong === undefined; index++) {
    const item = prepare(index, vars, 'ahead');
    if (item.prepared.kind === 'wrong') {
      wrong = endOf(item.prepared, undefined);
      break;
    }
    ready.push(item);
    const end = endAtOnce(item, controls.pauseMs === 0 ? ports.local : () => undefined);
    ended.push(end);
    if (end === undefined) continue;
    vars = addResultFacts(vars, task.action, end.result);
    context = withChangedInventory(context, site.host, end.result);
  }
  const decorate = (end: ItemEnd, index: number): ItemEnd => decorated(end, ready[index], controls);
  if (ended.every((end) => end !== undefined)) {
    const ends = ended.map(decorate);
    for (const end of ends) ports.onItem(end);
    return { kind: 'over', end: endOfLoop(ends, wrong) };
  }
  return sendItems({ task, ready, ended, wrong, decorate, prepare, pauseMs: controls.pauseMs, ports });
}

/** The next item sees what add_host and group_by have made of the inventory. */
function withChangedInventory(context: PlayContext, host: string, result: Dict): PlayContext {
  if (!result.has('add_host') && !result.has('add_group')) return context;
  return { ...context, inventory: context.inventory.after(host, result).view };
}

/** An item that cannot be rendered ends the loop, and its error is all that remains of it. */
function endOfLoop(ends: readonly ItemEnd[], wrong: ItemEnd | undefined): TaskEnd {
  return wrong === undefined ? joinItems(ends) : { ...wrong, items: undefined };
}

function readyItem(site: RenderSite, task: Task, item: Value): ReadyItem {
  const env = environmentOf(site);
  try {
    const label = itemLabel(task, item, env);
    return { site, task, prepared: prepareItem(site, task, undefined), label };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const result = new Map<Value, Value>([
      ['failed', true],
      ['msg', `Failed to template loop_control.label: ${error.message}`],
    ]);
    return { site, task, prepared: { kind: 'wrong', result, keywords: undefined }, label: '' };
  }
}

/** The end of an item that needs no target, or undefined. */
function endAtOnce(item: ReadyItem, local: TaskPorts['local']): ItemEnd | undefined {
  const { prepared } = item;
  if (prepared.kind !== 'ready') return endOf(prepared, item.label);
  return runLocally({ ...item, call: prepared.call }, local);
}

type Items = {
  readonly task: Task;
  readonly ready: readonly ReadyItem[];
  readonly ended: readonly (ItemEnd | undefined)[];
  readonly wrong: ItemEnd | undefined;
  readonly decorate: (end: ItemEnd, index: number) => ItemEnd;
  /** Renders an item again, with what the items before it have set. */
  readonly prepare: Prepare;
  readonly pauseMs: number;
  readonly ports: TaskPorts;
};

/** Sends all items in order; one behind the other where an item must be decided before the next one. */
function sendItems(items: Items): TaskStart {
  const { task, ready, ended, ports } = items;
  const calls = ready.flatMap((item) => (item.prepared.kind === 'ready' ? [item.prepared.call] : []));
  const isWhole =
    ports.isOneWay(calls) && items.pauseMs === 0 && isDecidedByTarget(task) && !mayGiveFacts(task);
  const progress: SendProgress = { isWhole, replies: [] };
  const sent = isWhole
    ? sendAtOnce(items, progress).then(() => collect(items, progress.replies))
    : sendOneByOne(items);
  return {
    kind: 'on-the-way',
    isWhole:
      progress.isWhole &&
      items.wrong === undefined &&
      !ended.some((end) => end !== undefined && isFailed(end.result)),
    end: sent,
  };
}

type SendProgress = { isWhole: boolean; readonly replies: Promise<ItemEnd | 'discarded'>[] };

/** One group of requests, none waiting for another's result. */
async function sendAtOnce({ ready, ended, ports }: Items, progress: SendProgress): Promise<void> {
  const last = ended.lastIndexOf(undefined);
  for (const [index, item] of ready.entries()) {
    const { prepared } = item;
    const known = ended[index];
    if (known !== undefined || prepared.kind !== 'ready') {
      progress.replies.push(Promise.resolve(known ?? endOf(prepared, item.label)));
      continue;
    }
    const started = runOnTarget(
      { ...item, call: prepared.call, isLast: index === last, isLoop: progress.isWhole },
      ports,
    );
    progress.replies.push(started.end);
    if (started.isWhole) continue;
    progress.isWhole = false;
    await started.end;
  }
}

/** Each item after the one before it has ended, seeing what that one set. */
async function sendOneByOne(items: Items): Promise<TaskEnd | 'discarded'> {
  const { task, ports, pauseMs } = items;
  const ends: ItemEnd[] = [];
  let { vars } = items.ready[0]?.site ?? { vars: undefined };
  for (const [index, first] of items.ready.entries()) {
    if (index > 0 && pauseMs > 0) await ports.sleep(pauseMs);
    const known = vars;
    const item =
      known === undefined || index === 0
        ? first
        : await untilThere(() => items.prepare(index, known, 'in turn'));
    const end = await endOfOne(item, ports);
    if (end === 'discarded') return end;
    const done = items.decorate(end, index);
    ports.onItem(done);
    ends.push(done);
    if (vars !== undefined) vars = addResultFacts(vars, task.action, end.result);
  }
  return endOfLoop(ends, items.wrong);
}

function endOfOne(item: ReadyItem, ports: TaskPorts): Promise<ItemEnd | 'discarded'> {
  const { prepared } = item;
  if (prepared.kind !== 'ready') return Promise.resolve(endOf(prepared, item.label));
  return runOnTarget({ ...item, call: prepared.call, isLast: true, isLoop: false }, ports).end;
}

async function collect(
  items: Items,
  replies: readonly Promise<ItemEnd | 'discarded'>[],
): Promise<TaskEnd | 'discarded'> {
  const ends: ItemEnd[] = [];
  for (const [index, reply] of replies.entries()) {
    const end = await reply;
    if (end === 'discarded') return 'discarded';
    const done = items.decorate(end, index);
    items.ports.onItem(done);
    ends.push(done);
  }
  return endOfLoop(ends, items.wrong);
}

/** Adds to an item's result what registers say of the item. */
function decorated(end: ItemEnd, item: ReadyItem | undefined, controls: LoopControls): ItemEnd {
  const vars = item?.site.item;
  if (vars === undefined) return end;
  const result: Dict = new Map(end.result);
  for (const name of [
    'ansible_loop_var',
    'ansible_index_var',
    'ansible_loop',
    controls.loopVar,
    controls.indexVar,
  ]) {
    const value = name === undefined ? undefined : vars.get(name);
    if (name !== undefined && value !== undefined) result.set(name, value);
  }
  return { ...end, result };
}

function endOf(prepared: Prepared, label: string | undefined): ItemEnd {
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
function runLocally(run: Call, local: TaskPorts['local']): ItemEnd | undefined {
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

type TargetCall = Call & { readonly isLast: boolean; readonly isLoop: boolean };

function runOnTarget(
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
    const remote = ports.connect(run.call, { isLast: run.isLast, isLoop: run.isLoop });
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
    const isOver = await settle(run, `until ${count}`, ({ site }) => isDone(site, run.task, end.result));
    if (isOver) return end;
    if (count >= retries) return exhausted(end, count);
    const again = new Map<Value, Value>([...end.result, ['retries', retries], ['_ansible_retry', true]]);
    ports.onRetry({ ...end, result: again }, retries - count);
    await ports.sleep(delayMs);
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

async function untilThere<T>(render: () => T): Promise<T> {
  for (;;) {
    try {
      return render();
    } catch (error) {
      if (!(error instanceof Suspension) || error.until === 'sync') throw error;
      await error.until;
    }
  }
}
