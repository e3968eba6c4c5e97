/** What a host notes of a task's end: enough to come to the same state without running it. */

import type { Value } from '../../../shared/base/value.ts';
import { placeKey } from './cursor.ts';
import type { StateChange } from './host-journal.ts';
import { isSkippedResult, type Settled } from './progress.ts';
import type { Going } from './start-node.ts';
import type { TaskEnd } from './task-end.ts';

export type NotedEnd = Omit<Extract<StateChange, { readonly kind: 'ended' }>, 'kind'>;

/** The end of a task as it came, before the play has made something of it. */
export function notedEnd(going: Going, end: TaskEnd, { isStop }: Settled): NotedEnd {
  const { ahead, at, before, settled } = going;
  const hasRun = ahead !== undefined && settled === undefined && !isStop && isSkippedResult(end.result);
  return {
    place: placeKey(at.cursor, before),
    end,
    notified: at.targets.numbers,
    ...(hasRun ? { hasRun } : {}),
  };
}

/** The end of a meta task: whether its conditions held. */
export function notedMeta(place: string, { isSkipped }: { readonly isSkipped: boolean }): NotedEnd {
  const result = new Map<Value, Value>(isSkipped ? [['skipped', true]] : []);
  const end = { result, noLog: false, keywords: undefined, label: undefined, items: undefined };
  return { place, end, notified: [] };
}
