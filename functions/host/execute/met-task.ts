/** What the others must know of the task at which all hosts met. */

import type { Dict } from '../../../shared/base/value.ts';
import type { FactGift, MetaEffect, MetTask } from '../../../shared/wire/host-outcome.ts';
import { shortName } from '../actions/action-name.ts';
import type { HostState } from './host-state.ts';
import { endsWithFacts, type Settled } from './progress.ts';
import { environmentOf } from './task-environment.ts';
import { renderFlag } from './task-keywords.ts';
import { statusOf } from './task-outcome.ts';

const ONCE = new Set(['add_host', 'pause']);

/** The end of a task, or of a meta action that asks something of the whole play. */
export function metTask(
  settled: Settled | undefined,
  effect: MetaEffect | undefined,
  state: HostState,
): MetTask {
  if (settled === undefined)
    return {
      status: 'ok',
      isFatalForAll: false,
      gifts: [],
      changes: [],
      ended: state.ended,
      ...(effect === undefined ? {} : { effect }),
    };
  const { end } = settled;
  const items = end.items?.map((item) => item.result);
  return {
    status: fateOf(settled),
    isFatalForAll: isFatalForAll(settled),
    gifts: giftsOf(settled),
    changes: (items ?? [end.result]).filter(changesInventory),
    shared: { result: end.result, items },
    ended: state.ended,
  };
}

function giftsOf({ at, end }: Settled): readonly FactGift[] {
  return endsWithFacts(end).flatMap(({ result, keywords }) => {
    const host = keywords?.delegateTo;
    const isGift = host !== undefined && keywords?.delegateFacts === true && result.has('ansible_facts');
    return isGift ? [{ host, action: at.task.action, result }] : [];
  });
}

function fateOf({ end, fate }: Settled): MetTask['status'] {
  const status = statusOf(end.result);
  if (status !== 'failed' && status !== 'unreachable') return 'ok';
  if (fate.ignored) return 'ignored';
  return fate.rescued ? 'rescued' : status;
}

function isFatalForAll({ at }: Settled): boolean {
  const env = environmentOf(at.site);
  if (renderFlag(at.task, 'anyErrorsFatal', env)) return true;
  return ONCE.has(shortName(at.task.action)) || renderFlag(at.task, 'runOnce', env);
}

function changesInventory(result: Dict): boolean {
  return result.has('add_host') || result.has('add_group');
}
