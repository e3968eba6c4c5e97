/** `fail`: fails as asked. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { ActionCall } from './action.ts';
import { checkArguments } from './arguments.ts';

/** A failed result with the given message. */
export function runFail({ args }: ActionCall): Dict {
  checkArguments('fail', args, ['msg']);
  return new Map<Value, Value>([
    ['changed', false],
    ['failed', true],
    ['msg', args.get('msg') ?? 'Failed as requested from task'],
  ]);
}
