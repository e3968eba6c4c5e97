/** The filter ipsubnet of the collection ansible.utils: parts of a network, and its place in another. */

import type { Value } from '../../base/value.ts';
import { filterError } from '../filter-error.ts';
import { formatNet, type IpNet, maxOf, networkOf, sizeOf, widthOf } from '../ip/address.ts';
import { pythonError, typeError, valueError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { readSubject } from './ipaddr.ts';

/** The network, how many parts it has, one of them, or its number in the network that `query` names. */
export function ipsubnet(given: IpNet, query: string, index: Value): Value {
  const net = networkOf(given);
  if (query === '') return formatNet(net);
  if (!/^\d+$/.test(query)) return placeIn(net, query);
  const prefix = Number(query);
  const width = widthOf(net.version);
  if (prefix > width) return false;
  const position = index === null ? undefined : Number(str(index));
  if (sizeOf(net) === 1n) {
    const at = position ?? 0;
    return at > width + 1 - at || at < prefix - width ? false : supernet(net, prefix, at);
  }
  if (position === undefined) {
    if (prefix < net.prefix) throw filterError(`Requested subnet size of ${prefix} is invalid`);
    return (1n << BigInt(prefix - net.prefix)).toString();
  }
  return part(net, prefix, position);
}

/** One of the networks around an address, from the widest that was asked for on. */
function supernet(net: IpNet, prefix: number, index: number): Value {
  const count = net.prefix - prefix;
  const at = index < 0 ? count + index : index;
  if (at < 0 || at >= count) throw pythonError('IndexError', 'list index out of range');
  return formatNet(networkOf({ ...net, prefix: prefix + at }));
}

function part(net: IpNet, prefix: number, position: number): Value {
  if (prefix < net.prefix && position !== 0) return false;
  const count = 1n << BigInt(Math.max(0, prefix - net.prefix));
  const at = position < 0 ? BigInt(position) + count : BigInt(position);
  if (at < 0n || at >= count) return false;
  const value = net.value + (at << BigInt(widthOf(net.version) - prefix));
  if (net.version === 4 || value > maxOf(4)) return formatNet({ ...net, value, prefix });
  // The collection goes through the number alone, which is an IPv4 address where it is small enough.
  const small = formatNet({ version: 4, value, prefix });
  if (prefix > widthOf(4)) throw pythonError('AddrFormatError', `invalid IPNetwork ${small}`);
  return small;
}

function placeIn(net: IpNet, query: string): Value {
  const outer = readSubject(query)?.net;
  if (outer === undefined) {
    throw filterError(`You must pass a valid subnet or IP address; ${query} is invalid`);
  }
  const bits = BigInt(widthOf(net.version) - outer.prefix);
  if (bits < 0n) throw valueError('negative shift count');
  // Of an IPv4 and an IPv6 network, only the numbers are compared.
  if (net.value >> bits !== outer.value >> bits) {
    throw filterError(`${formatNet(net)} is not in the subnet ${formatNet(networkOf(outer))}`);
  }
  if (net.prefix < outer.prefix) throw typeError("unsupported operand type(s) for <<: 'float' and 'int'");
  const place = (net.value / sizeOf(net)) & ((1n << BigInt(net.prefix - outer.prefix)) - 1n);
  return (place + 1n).toString();
}
