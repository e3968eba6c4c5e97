/** `include_tasks` and `include_role`: name what to bring in; the executor loads it. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { type ActionCall, ActionFailure } from './action.ts';
import { textArgument } from './arguments.ts';

/** The file to include, with the arguments that older playbooks give beside it. */
export function includeTasks({ args }: ActionCall): Dict {
  const file = textArgument(args, '_raw_params') ?? textArgument(args, 'file');
  if (file === undefined || file === '')
    throw new ActionFailure('No include file was specified to the include');
  const rest = [...args].filter(([name]) => name !== '_raw_params' && name !== 'file');
  return new Map<Value, Value>([
    ['include', file],
    ['include_args', new Map(rest)],
  ]);
}

/** The options of the role to include. */
export function includeRole({ args }: ActionCall): Dict {
  return new Map<Value, Value>([['include_args', args]]);
}
