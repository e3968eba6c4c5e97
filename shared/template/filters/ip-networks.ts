/** Filters of the collection ansible.utils that calculate with networks: parts of them, hosts in them, lists of them. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterError } from '../filter-error.ts';
import {
  firstOf,
  formatAddress,
  formatNet,
  formatNumber,
  type IpNet,
  lastOf,
  maxOf,
  parseAddress,
  parseNet,
  sizeOf,
} from '../ip/address.ts';
import { mergeNets, spanNets } from '../ip/merge.ts';
import { usableOf, within } from '../ip/queries.ts';
import { pythonError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { asInt, force, toList } from '../python/values.ts';
import { ipsubnet } from './ip-subnet.ts';
import { readSubject } from './ipaddr.ts';

type Range = { readonly first: bigint; readonly last: bigint };

/** Filters that calculate with networks. */
export const networkFilters: readonly Builtin[] = [
  { name: 'cidr_merge', signature: "action='merge'", call: cidrMerge },
  { name: 'ipmath', signature: 'amount', call: (_env, value, amount = null) => ipmath(str(value), amount) },
  {
    name: 'ipsubnet',
    signature: "query='', index=None",
    call: (_env, value, query = '', index = null) => {
      const subject = readSubject(str(value));
      return subject === undefined ? false : ipsubnet(subject.net, str(query), force(index));
    },
  },
  {
    name: 'network_in_network',
    signature: 'test',
    call: (_env, value, test = null) => isInside(reach(test), reach(value)),
  },
  {
    name: 'network_in_usable',
    signature: 'test',
    call: (_env, value, test = null) => isInside(reach(test), usableReach(value)),
  },
  {
    name: 'next_nth_usable',
    signature: 'offset',
    call: (_env, value, offset = null) => step(value, offset, 1n),
  },
  {
    name: 'previous_nth_usable',
    signature: 'offset',
    call: (_env, value, offset = null) => step(value, offset, -1n),
  },
  { name: 'nthhost', signature: "query=''", call: (_env, value, query = '') => nthHost(value, str(query)) },
  {
    name: 'reduce_on_network',
    signature: 'network',
    call: (_env, value, network = null) =>
      toList(force(value)).filter((item) => isInside(reach(item), reach(network))),
  },
];

function isInside(inner: Range, outer: Range): boolean {
  return [inner.first, inner.last].every((value) => value >= outer.first && value <= outer.last);
}

/** From the first to the last address; of a network of two, the collection sees only the first. */
function reach(value: Value): Range {
  const net = readSubject(value)?.net;
  if (net === undefined) return { first: 0n, last: 0n };
  return { first: firstOf(net), last: sizeOf(net) > 2n ? lastOf(net) : firstOf(net) };
}

function usableReach(value: Value): Range {
  const net = readSubject(value)?.net;
  if (net === undefined) return { first: 0n, last: 0n };
  return sizeOf(net) === 1n ? { first: net.value, last: net.value } : usableOf(net);
}

function step(value: Value, offset: Value, direction: bigint): Value {
  const subject = readSubject(str(value));
  if (subject === undefined) return false;
  const { net } = subject;
  // A network is counted from its first address, an address in it from itself: both are the value.
  const { first, last } = usableOf(net);
  const moved = sizeOf(net) > 1n ? within(net.value + direction * integer(offset), first, last) : undefined;
  return moved === undefined ? null : formatNumber(moved);
}

function integer(value: Value): bigint {
  const given = force(value);
  const text = typeof given === 'boolean' ? undefined : (asInt(given)?.toString() ?? str(given).trim());
  if (text === undefined || !/^-?\d+$/.test(text)) throw filterError('Must pass in an integer');
  return BigInt(text);
}

function nthHost(value: Value, query: string): Value {
  const net = readSubject(str(value))?.net;
  if (net === undefined || !/^[+-]?\d+$/.test(query)) return false;
  const index = BigInt(query.replace('+', ''));
  const size = sizeOf(net);
  if (index >= size) return false;
  if (index < -size) throw pythonError('IndexError', 'index out range for address range size!');
  return formatAddress(net.version, firstOf(net) + (index < 0n ? size + index : index));
}

function ipmath(value: string, amount: Value): Value {
  const net = value.includes('/') ? parseNet(value) : parseAddress(value);
  if (net === undefined) throw filterError(`You must pass a valid IP address; ${value} is invalid`);
  const result = net.value + integer(amount);
  if (result < 0n || result > maxOf(net.version)) {
    throw pythonError('IndexError', 'result outside valid IP address boundary!');
  }
  return formatAddress(net.version, result);
}

function cidrMerge(_env: unknown, value: Value, action: Value = 'merge'): Value {
  const wanted = str(action);
  if (wanted !== 'merge' && wanted !== 'span') throw filterError(`cidr_merge: invalid action '${wanted}'`);
  const nets = toList(force(value)).map((item): IpNet => {
    const net = parseNet(str(item));
    if (net === undefined) throw filterError(`cidr_merge: error in netaddr:\ninvalid IPNetwork ${str(item)}`);
    return net;
  });
  if (wanted === 'merge') return mergeNets(nets).map(formatNet);
  const [only] = nets;
  if (only === undefined) return null;
  return formatNet(nets.length === 1 ? only : spanNets(nets));
}
