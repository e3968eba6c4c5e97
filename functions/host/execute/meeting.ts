/** Which tasks a host may only run once the others have arrived there too, and why. */

import { nearestKeyword } from '../../../shared/project/inheritance.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { shortName } from '../actions/action-name.ts';
import type { PlayContext } from './play-context.ts';
import { renderFlag } from './task-keywords.ts';

/** A sync point. With `isOnce` one host runs the task for all of them, with `width` at most so many at a time do. */
export type Meeting = { readonly reason: string; readonly isOnce: boolean; readonly width?: number };

/** Actions that run on one host for the whole batch. */
const ONCE = new Set(['add_host', 'pause']);
/** `meta` actions that act on the whole play. */
const PLAY_META = new Set(['clear_facts', 'clear_host_errors', 'end_batch', 'end_play', 'refresh_inventory']);

/** The meeting that the task asks for, or undefined when hosts may pass it on their own. */
export function meetingAt(task: Task, context: PlayContext, env: Environment): Meeting | undefined {
  const action = shortName(task.action);
  if (action === 'meta') return metaMeeting(task, env);
  if (action === 'add_host') return { reason: 'add_host changes the inventory', isOnce: true };
  if (action === 'group_by') return { reason: 'group_by changes the inventory', isOnce: false };
  if (renderFlag(task, 'delegateFacts', env)) return factsMeeting(task, context, env);
  if (context.hosts.batch.length < 2) return undefined;
  if (ONCE.has(action)) return { reason: `${action} runs once for all hosts`, isOnce: true };
  if (!isGatheringOfPlay(task) && renderFlag(task, 'runOnce', env))
    return { reason: 'run_once', isOnce: true };
  const throttle = throttleMeeting(task, context, env);
  const meeting = playMeeting(task, context, env) ?? throttle ?? delegateMeeting(task, context, env);
  return meeting === undefined ? undefined : { ...throttle, ...meeting };
}

/** What the play asks of each of its tasks. */
function playMeeting(task: Task, context: PlayContext, env: Environment): Meeting | undefined {
  if (context.isLockStep) return { reason: 'strategy linear', isOnce: false };
  if (renderFlag(task, 'anyErrorsFatal', env)) return { reason: 'any_errors_fatal', isOnce: false };
  if (context.play.maxFailPercentage !== undefined) return { reason: 'max_fail_percentage', isOnce: false };
  return undefined;
}

/** A play's own gathering runs on every host, whatever the play says of its tasks. */
function isGatheringOfPlay(task: Task): boolean {
  return task.parent.kind === 'play' && task.action === 'gather_facts';
}

/** Facts given to another host must be there when the others go on. */
function factsMeeting(task: Task, context: PlayContext, env: Environment): Meeting {
  const isOnce = context.hosts.batch.length > 1 && renderFlag(task, 'runOnce', env);
  return { reason: 'delegate_facts', isOnce };
}

function metaMeeting(task: Task, env: Environment): Meeting | undefined {
  const name = metaName(task, env);
  return PLAY_META.has(name) ? { reason: `meta: ${name}`, isOnce: true } : undefined;
}

/** The action of a meta task. */
export function metaName(task: Task, env: Environment): string {
  const raw = task.args instanceof Map ? task.args.get('_raw_params') : undefined;
  return raw === undefined ? '' : str(renderValue(raw, env));
}

function throttleMeeting(task: Task, context: PlayContext, env: Environment): Meeting | undefined {
  const raw = nearestKeyword(task, 'throttle');
  if (raw === undefined) return undefined;
  const throttle = Number(str(renderValue(raw, env)));
  const isTight = throttle > 0 && throttle < context.hosts.batch.length;
  return isTight ? { reason: `throttle ${throttle}`, isOnce: false, width: throttle } : undefined;
}

/** Work on another host of the inventory takes its turn there. A loop may name several; its items decide later. */
function delegateMeeting(task: Task, context: PlayContext, env: Environment): Meeting | undefined {
  const raw = nearestKeyword(task, 'delegateTo');
  if (raw === undefined || raw === null) return undefined;
  if (task.loop !== undefined && typeof raw !== 'string') return { reason: 'delegate_to', isOnce: false };
  const name = str(renderValue(raw, env));
  const isOther = context.inventory.hasHost(name) && context.hosts.all.includes(name);
  return isOther ? { reason: `delegate_to ${name}`, isOnce: false } : undefined;
}
