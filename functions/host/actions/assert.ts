/** `assert`: checks conditions. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { isConditionTrue, renderValue } from '../../../shared/template/render.ts';
import { Template } from '../../../shared/template/special.ts';
import { type ActionCall, ActionFailure } from './action.ts';
import { booleanArgument } from './arguments.ts';

/** Fails with the first condition that does not hold. */
export function runAssert({ args, env }: ActionCall): Dict {
  const that = args.get('that');
  if (that === undefined) throw new ActionFailure('conditional required in "that" string');
  const verbose: readonly (readonly [Value, Value])[] = booleanArgument(args, 'quiet', false)
    ? []
    : [['_ansible_verbose_always', true]];
  const conditions = that instanceof Template ? renderValue(that, env) : that;
  for (const condition of Array.isArray(conditions) ? conditions : [conditions]) {
    if (isConditionTrue(condition, env)) continue;
    return new Map<Value, Value>([
      ...verbose,
      ['failed', true],
      ['evaluated_to', false],
      ['assertion', renderValue(condition, env)],
      ['changed', false],
      ['msg', args.get('fail_msg') ?? args.get('msg') ?? 'Assertion failed'],
    ]);
  }
  return new Map<Value, Value>([
    ...verbose,
    ['changed', false],
    ['msg', args.get('success_msg') ?? 'All assertions passed'],
  ]);
}
