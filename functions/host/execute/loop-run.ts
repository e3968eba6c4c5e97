/** A task's loop: items rendered ahead, sent together or one behind the other, joined to one end. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import { originOfWritten } from '../../../shared/template/engine.ts';
import { originOfPart } from '../../../shared/template/find-text-origin.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { RECEIVED, type TextOrigin } from '../../../shared/template/text-origin.ts';
import { endOf, runLocally, runOnTarget, untilThere } from './call-run.ts';
import { isDecidedByTarget, isFailed } from './conclude-result.ts';
import type { HostVars } from './host-state.ts';
import { type Prepared, prepareItem } from './item-run.ts';
import { itemLabel, itemVars, type LoopControls, loopControls } from './loop-items.ts';
import { joinItems } from './loop-result.ts';
import type { PlayContext } from './play-context.ts';
import type { RenderSite } from './render-site.ts';
import { addResultFacts, mayGiveFacts } from './result-facts.ts';
import type { ItemEnd, TaskEnd, TaskPorts, TaskStart } from './task-end.ts';
import { environmentOf } from './task-environment.ts';

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

/** Starts a loop over items that are there. Throws Suspension, before any effect. */
export function startLoop(site: RenderSite, task: Task, { ports, items }: Loop): TaskStart {
  const controls = loopControls(task, environmentOf(site));
  let context = site.context;
  const prepare: Prepare = (index, vars, when) => {
    const item = new Map([...site.item, ...itemVars(items, index, controls)]);
    return readyItem(
      {
        ...site,
        context,
        vars,
        item,
        itemTexts: textsOfItem(site, task, index),
        memory: site.memory.pass(`item ${index} ${when}`),
      },
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
    vars = addResultFacts(vars, { action: task.action, result: end.result });
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

/** Where the texts of an item come from: those of lookups from outside, others from where the list has them. */
function textsOfItem(site: RenderSite, { loop }: Task, index: number): () => TextOrigin {
  if (loop?.with !== 'loop') return () => RECEIVED;
  let texts: TextOrigin | undefined;
  return () => {
    texts ??= originOfPart(originOfWritten(loop.value, environmentOf(site)), index);
    return texts;
  };
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
      { ...item, call: prepared.call, item: index, isLast: index === last, isLoop: progress.isWhole },
      ports,
    );
    // A reply that nobody waits for any more may reject: whoever waits hears of an earlier one.
    started.end.catch(() => undefined);
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
    const end = await endOfOne(item, index, ports);
    if (end === 'discarded') return end;
    if (end.endsLoop === true) return { ...end, items: undefined };
    const done = items.decorate(end, index);
    ports.onItem(done);
    ends.push(done);
    if (vars !== undefined) vars = addResultFacts(vars, { action: task.action, result: end.result });
  }
  return endOfLoop(ends, items.wrong);
}

function endOfOne(item: ReadyItem, index: number, ports: TaskPorts): Promise<ItemEnd | 'discarded'> {
  const { prepared } = item;
  if (prepared.kind !== 'ready') return Promise.resolve(endOf(prepared, item.label));
  return runOnTarget({ ...item, call: prepared.call, item: index, isLast: true, isLoop: false }, ports).end;
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
