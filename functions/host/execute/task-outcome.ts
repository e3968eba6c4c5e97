/** A task's or item's end as reports show it: its status, and its result without internals and secrets. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { plainValue } from '../../../shared/template/plain-value.ts';
import type { TaskOutcome, TaskStatus } from '../../../shared/wire/run-event.ts';
import { isFailed, isUnreachable } from './conclude-result.ts';
import type { ItemEnd } from './task-end.ts';

const CENSORED =
  "the output has been hidden due to the fact that 'no_log: true' was specified for this result";

/** What the play makes of a failure. */
export type FailureFate = { readonly ignored: boolean; readonly rescued: boolean };

/** The outcome of an end on `host`. */
export function outcomeOf(host: string, end: ItemEnd, fate: FailureFate): TaskOutcome {
  const { result, keywords } = end;
  const status = statusOf(result);
  const isBad = status === 'failed' || status === 'unreachable';
  const isNoLog = end.noLog || result.get('_ansible_no_log') === true;
  const delegatedTo = keywords?.delegateTo;
  return {
    host,
    status,
    ...(isBad && fate.ignored ? { ignored: true } : {}),
    ...(status === 'failed' && !fate.ignored && fate.rescued ? { rescued: true } : {}),
    result: isNoLog ? censored(result) : visible(result),
    ...(delegatedTo === undefined ? {} : { delegatedTo }),
    ...(end.delegatedAddress === undefined || status === 'unreachable'
      ? {}
      : { delegatedAddress: end.delegatedAddress }),
    ...(keywords?.isDiff === true ? { showsDiff: true } : {}),
    ...(!isNoLog && result.get('_ansible_verbose_always') === true ? { alwaysVerbose: true } : {}),
    ...(!isNoLog && result.get('_ansible_verbose_override') === true ? { neverVerbose: true } : {}),
  };
}

/** Ansible's order of asking: unreachable, failed, skipped, changed. */
export function statusOf(result: Dict): TaskStatus {
  const items = itemsOf(result);
  if (isUnreachable(result)) return 'unreachable';
  if (isFailed(result)) return 'failed';
  if (items.length > 0 ? items.every((item) => item.get('skipped') === true) : result.get('skipped') === true)
    return 'skipped';
  return isChanged(result) ? 'changed' : 'ok';
}

/** Whether the task changed something, in one of its items at least. */
export function isChanged(result: Dict): boolean {
  return result.get('changed') === true || itemsOf(result).some((item) => item.get('changed') === true);
}

function itemsOf(result: Dict): readonly Dict[] {
  const items = result.get('results');
  return Array.isArray(items) ? items.filter((item) => item instanceof Map) : [];
}

function visible(result: Dict): Dict {
  const shown = [...result].filter(([name]) => !(typeof name === 'string' && name.startsWith('_ansible_')));
  return new Map(shown.map(([name, value]) => [name, plainValue(value)]));
}

function censored(result: Dict): Dict {
  const kept = ['attempts', 'changed', 'retries'].flatMap((name): [Value, Value][] => {
    const value = result.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return new Map<Value, Value>([['censored', CENSORED], ...kept]);
}
