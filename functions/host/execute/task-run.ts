/** Starts one task on one host: what it loops over, or its single call. */

import type { Value } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { endOf, runLocally, runOnTarget } from './call-run.ts';
import { isDecidedByTarget } from './conclude-result.ts';
import { prepareItem } from './item-run.ts';
import { loopItems } from './loop-items.ts';
import { startLoop } from './loop-run.ts';
import type { RenderSite } from './render-site.ts';
import type { ItemEnd, TaskEnd, TaskPorts, TaskStart } from './task-end.ts';
import { environmentOf } from './task-environment.ts';

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
  const run = { site, task, call: prepared.call, label: undefined, item: 0, isLast: true, isLoop: false };
  const started = runOnTarget(run, ports);
  return {
    kind: 'on-the-way',
    isWhole: started.isWhole && isDecidedByTarget(task),
    end: started.end.then((end) => (end === 'discarded' ? end : whole(end))),
  };
}
