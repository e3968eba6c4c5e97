/** `add_host` and `group_by`: say how the inventory changes; the controller changes it. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { str } from '../../../shared/template/python-repr.ts';
import { type ActionCall, ActionFailure } from './action.ts';
import { listArgument, textArgument } from './arguments.ts';

const HOST_ARGUMENTS = new Set(['group', 'groupname', 'groups', 'host', 'hostname', 'name']);

/** A new host with its groups and variables. */
export function addHost({ args }: ActionCall): Dict {
  const raw = args.get('_raw_params');
  if (raw !== undefined && !isDict(raw)) throw new ActionFailure('Missing host name');
  const name = textArgument(args, 'name') ?? textArgument(args, 'hostname') ?? textArgument(args, 'host');
  if (name === undefined) throw new ActionFailure("'name', 'host' or 'hostname' needs to be provided");
  const groups = listArgument(args.get('groups') ?? args.get('groupname') ?? args.get('group'));
  const vars = [...args].filter(([key]) => !HOST_ARGUMENTS.has(str(key)));
  const added = new Map<Value, Value>([
    ['host_name', name],
    ['groups', groups.map((group) => str(group).trim())],
    ['host_vars', new Map(vars)],
  ]);
  return new Map<Value, Value>([
    ['changed', true],
    ['add_host', added],
  ]);
}

/** The group that the host joins. */
export function groupBy({ args }: ActionCall): Dict {
  const key = textArgument(args, 'key');
  if (key === undefined) throw new ActionFailure("the 'key' param is required when using group_by");
  const parents = listArgument(args.get('parents') ?? 'all');
  return new Map<Value, Value>([
    ['changed', true],
    ['add_group', key.replaceAll(' ', '-')],
    ['parent_groups', parents.map((name) => str(name).replaceAll(' ', '-'))],
  ]);
}
