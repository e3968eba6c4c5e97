/** Lists of networks as fewer networks: the same addresses, or all between the first and the last. */

import { filterError } from '../filter-error.ts';
import { firstOf, type IpNet, lastOf, sizeOf, widthOf } from './address.ts';

type Range = {
  readonly version: 4 | 6;
  first: bigint;
  last: bigint;
  /** The network that the range is, as it was given, until others join it. */
  given: IpNet | undefined;
};

/** The fewest networks that have the same addresses; one that nothing joins stays as it was written, bits of a host and all. */
export function mergeNets(nets: readonly IpNet[]): IpNet[] {
  const ranges = nets
    .map((net): Range => ({ version: net.version, first: firstOf(net), last: lastOf(net), given: net }))
    .sort((a, b) => a.version - b.version || (a.first < b.first ? -1 : Number(a.first > b.first)));
  const joined: Range[] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    if (before === undefined || before.version !== range.version || range.first > before.last + 1n) {
      joined.push(range);
    } else {
      before.given = undefined;
      if (range.last > before.last) before.last = range.last;
    }
  }
  return joined.flatMap((range) => range.given ?? netsOf(range));
}

/** The smallest network around all of them. */
export function spanNets(nets: readonly IpNet[]): IpNet {
  const version = nets[0]?.version ?? 4;
  if (nets.some((net) => net.version !== version)) {
    throw filterError('cidr_merge: error in netaddr:\nIP sequence cannot contain both IPv4 and IPv6!');
  }
  const firsts = nets.map(firstOf);
  const lasts = nets.map(lastOf);
  const lowest = firsts.find((value) => firsts.every((other) => value <= other)) ?? 0n;
  const highest = lasts.find((value) => lasts.every((other) => value >= other)) ?? 0n;
  const bits = lowest === highest ? 0 : (lowest ^ highest).toString(2).length;
  const shift = BigInt(bits);
  return { version, value: (lowest >> shift) << shift, prefix: widthOf(version) - bits };
}

function netsOf({ version, first, last }: Range): IpNet[] {
  const made: IpNet[] = [];
  for (let value = first; value <= last; ) {
    let net: IpNet = { version, value, prefix: widthOf(version) };
    for (;;) {
      if (net.prefix === 0) break;
      const wider: IpNet = { ...net, prefix: net.prefix - 1 };
      if (firstOf(wider) !== value || lastOf(wider) > last) break;
      net = wider;
    }
    made.push(net);
    value += sizeOf(net);
  }
  return made;
}
