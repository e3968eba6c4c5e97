/** Ansible's tests of task results: failed, changed, skipped, started and their kin. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterError } from '../filter-error.ts';
import { equals } from '../python/comparison.ts';
import { asDict, force, isTrue } from '../python/values.ts';

function resultTest(names: readonly string[], word: string, is: (result: Dict) => Value): Builtin[] {
  return names.map((name) => ({
    name,
    signature: '',
    call: (_env, value) => {
      const settled = force(value);
      const result = asDict(settled);
      if (result === undefined) throw filterError(`The '${word}' test expects a dictionary`);
      return is(result);
    },
  }));
}

/** Result tests. */
export const resultTests: readonly Builtin[] = [
  ...resultTest(['failed', 'failure'], 'failed', (result) => flag(result, 'failed')),
  ...resultTest(
    ['succeeded', 'success', 'successful'],
    'failed',
    (result) => !isTrue(flag(result, 'failed')),
  ),
  ...resultTest(['unreachable'], 'unreachable', (result) => flag(result, 'unreachable')),
  ...resultTest(['reachable'], 'unreachable', (result) => !isTrue(flag(result, 'unreachable'))),
  ...resultTest(['skipped', 'skip'], 'skipped', (result) => flag(result, 'skipped')),
  ...resultTest(['changed', 'change'], 'changed', changed),
  ...resultTest(['started'], 'started', (result) => asyncFlag(result, 'started')),
  ...resultTest(['finished'], 'finished', (result) => asyncFlag(result, 'finished')),
  ...resultTest(['timedout'], 'timedout', timedOut),
];

function flag(result: Dict, name: string): Value {
  return force(result.get(name) ?? false);
}

function changed(result: Dict): Value {
  if (result.has('changed')) return flag(result, 'changed');
  const results = force(result.get('results') ?? null);
  if (!Array.isArray(results) || asDict(force(results[0] ?? null)) === undefined) return false;
  return results.some((item) => isTrue(flag(asDict(force(item)) ?? new Map(), 'changed')));
}

/** Results of tasks that are not asynchronous count as started and finished. */
function asyncFlag(result: Dict, name: string): Value {
  const value = result.get(name);
  return value === undefined ? true : equals(force(value), 1);
}

function timedOut(result: Dict): Value {
  const detail = asDict(force(result.get('timedout') ?? null));
  return detail === undefined ? false : isTrue(force(detail.get('period') ?? false));
}
