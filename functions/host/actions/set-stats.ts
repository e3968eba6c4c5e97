/** `set_stats`: gives the run statistics of the playbook's own. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { type ActionCall, ActionFailure } from './action.ts';
import { booleanArgument, checkArguments } from './arguments.ts';

/** The statistics under `ansible_stats`, for the controller to add up. */
export function setStats({ args }: ActionCall): Dict {
  checkArguments('set_stats', args, ['aggregate', 'data', 'per_host']);
  const data = args.get('data') ?? new Map<Value, Value>();
  if (!isDict(data)) throw new ActionFailure("The 'data' option needs to be a dictionary/hash");
  for (const name of data.keys())
    if (!/^[A-Za-z_]\w*$/.test(str(name)))
      throw new ActionFailure(
        `The variable name '${str(name)}' is not valid. Variables must start with a letter or underscore character, and contain only letters, numbers and underscores.`,
      );
  const stats = new Map<Value, Value>([
    ['data', data],
    ['per_host', booleanArgument(args, 'per_host', false)],
    ['aggregate', booleanArgument(args, 'aggregate', true)],
  ]);
  return new Map<Value, Value>([
    ['changed', false],
    ['ansible_stats', stats],
  ]);
}
