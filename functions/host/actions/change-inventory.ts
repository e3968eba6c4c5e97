/** `add_host` and `group_by`: say how the inventory changes; the controller changes it. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { parseAddress } from '../../../shared/project/inventory/host-range.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { typeName } from '../../../shared/template/python/values.ts';
import type { ActionCall } from './action.ts';
import { actionFail } from './action-fail.ts';
import { textArgument } from './arguments.ts';

/** What does not become a variable of the new host. */
const HOST_ARGUMENTS = new Set(['groupname', 'groups', 'hostname', 'name']);

/** A new host with its groups and variables. */
export function addHost(call: ActionCall): Dict {
  const args = withRaw(call.args);
  const written = textArgument(args, 'name') ?? textArgument(args, 'hostname') ?? textArgument(args, 'host');
  if (written === undefined) throw actionFail('name, host or hostname needs to be provided');
  const address = parseAddress(written);
  const isPlain = address !== undefined && !address.host.includes('[');
  const vars: Dict = new Map([...args].filter(([key]) => !HOST_ARGUMENTS.has(str(key))));
  if (isPlain && address.port !== undefined) vars.set('ansible_ssh_port', address.port);
  const added = new Map<Value, Value>([
    ['host_name', isPlain ? address.host : written],
    ['groups', [...groupsOf(args.get('groupname') ?? args.get('groups') ?? args.get('group') ?? '')]],
    ['host_vars', vars],
  ]);
  return withChanged(call, new Map([['add_host', added]]));
}

/** The arguments may come as one dict. */
function withRaw(args: Dict): Dict {
  const raw = args.get('_raw_params') ?? new Map();
  const written: Dict = new Map([...args].filter(([name]) => name !== '_raw_params'));
  if (isDict(raw)) return new Map([...raw, ...written]);
  throw actionFail(
    `Invalid raw parameters passed, requires a dictonary/mapping got a  <class '${typeName(raw)}'>`,
  );
}

function groupsOf(groups: Value): readonly string[] {
  if (groups === '') return [];
  const names = Array.isArray(groups) ? groups : typeof groups === 'string' ? groups.split(',') : undefined;
  if (names === undefined) throw actionFail('Groups must be specified as a list.');
  return [...new Set(names.map((name) => str(name).trim()))];
}

/** The group that the host joins. */
export function groupBy(call: ActionCall): Dict {
  const { args } = call;
  const unknown = [...args.keys()].map(str).filter((name) => name !== 'key' && name !== 'parents');
  if (unknown.length > 0) throw actionFail(`Invalid options for group_by: ${unknown.join(',')}`);
  const key = textArgument(args, 'key');
  if (key === undefined) throw actionFail("the 'key' param is required when using group_by");
  const parents = args.get('parents') ?? 'all';
  const names = Array.isArray(parents) ? parents : [parents];
  const result = new Map<Value, Value>([
    ['add_group', key.replaceAll(' ', '-')],
    ['parent_groups', names.map((name) => str(name).replaceAll(' ', '-'))],
  ]);
  return withChanged(call, result);
}

function withChanged({ context, host }: ActionCall, result: Dict): Dict {
  return new Map<Value, Value>([['changed', context.inventory.after(host, result).isChanged], ...result]);
}
