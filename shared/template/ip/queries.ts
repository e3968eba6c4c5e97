/** What the filter `ipaddr` can be asked about an address or network. */

import type { Value } from '../../base/value.ts';
import { filterError } from '../filter-error.ts';
import { pythonError, typeError } from '../python/error.ts';
import {
  firstOf,
  formatAddress,
  formatNet,
  formatNumber,
  type IpNet,
  isHostmask,
  isNetmask,
  isWithin,
  lastOf,
  maxOf,
  networkOf,
  parseNet,
  sizeOf,
} from './address.ts';

/** A value that was understood: what it is, whether it was written with a prefix, and how queries give it back. */
export type Subject = { readonly net: IpNet; readonly isNetwork: boolean; readonly value: Value };

type Query = (subject: Subject) => Value;

const PRIVATE = nets(
  '10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15 239.0.0.0/8 169.254.0.0/16 ' +
    'fc00::/7 fec0::/10 fe80::/10',
);
const LINK_LOCAL = nets('169.254.0.0/16 fe80::/10');
const MULTICAST = nets('224.0.0.0/4 ff00::/8');
const LOOPBACK = nets('127.0.0.0/8 ::1');
const SIX_TO_FOUR = nets('2002::/16');

const ip = ({ net }: Subject): string => formatAddress(net.version, net.value);
const network = ({ net }: Subject): string => formatAddress(net.version, firstOf(net));
const hostmask = ({ net }: Subject): string => formatAddress(net.version, sizeOf(net) - 1n);
const netmask = ({ net }: Subject): string =>
  formatAddress(net.version, maxOf(net.version) - sizeOf(net) + 1n);
const isFirst = ({ net }: Subject): boolean => net.value === firstOf(net);
const whole = ({ net }: Subject): string => formatNet(net);
const subnet = ({ net }: Subject): string => formatNet(networkOf(net));
const valueIf =
  (holds: (subject: Subject) => boolean): Query =>
  (subject) =>
    holds(subject) ? subject.value : null;

/** The queries by name; `undefined` stands for none of these. */
export const queries: ReadonlyMap<string, Query> = new Map<string, Query>([
  ['', (subject) => (subject.isNetwork ? whole(subject) : ip(subject))],
  ['6to4', sixToFour],
  ...named('address ip', address),
  ...named('address/prefix gateway gw host/prefix hostnet router', addressPrefix),
  ['bool', () => true],
  ['broadcast', ({ net }) => (sizeOf(net) > 2n ? formatAddress(net.version, lastOf(net)) : null)],
  ['cidr', whole],
  ['first_usable', usable((_net, first) => first)],
  ['host', (subject) => (sizeOf(subject.net) === 1n || !isBare(subject) ? whole(subject) : null)],
  ...named('hostmask wildcard', hostmask),
  ['int', ({ net, isNetwork }) => (isNetwork ? `${net.value}/${net.prefix}` : number(net.value))],
  ['ip/prefix', (subject) => (isAddressed(subject) ? whole(subject) : null)],
  ['ip_netmask', (subject) => (isAddressed(subject) ? `${ip(subject)} ${netmask(subject)}` : null)],
  ['ipv4', toIpv4],
  ['ipv6', toIpv6],
  ['last_usable', usable((_net, _first, last) => last)],
  ['link-local', valueIf(({ net }) => isIn(host(net), LINK_LOCAL))],
  ...named(
    'lo loopback',
    valueIf(({ net }) => isIn(host(net), LOOPBACK)),
  ),
  ['multicast', valueIf(({ net }) => isIn(net, MULTICAST))],
  ['net', (subject) => (sizeOf(subject.net) > 1n && isFirst(subject) ? whole(subject) : null)],
  ['netmask', netmask],
  ...named('network network_id', network),
  ...named('network/prefix subnet', subnet),
  ['network_netmask', (subject) => `${network(subject)} ${netmask(subject)}`],
  ['network_wildcard', (subject) => `${network(subject)} ${hostmask(subject)}`],
  ['next_usable', usable((net, first, last) => within(net.value + 1n, first, last))],
  ['peer', peer],
  ['prefix', ({ net }) => net.prefix],
  ['previous_usable', usable((net, first, last) => within(net.value - 1n, first, last))],
  ['private', valueIf(({ net }) => isIn(net, PRIVATE))],
  ['public', valueIf(isPublic)],
  ['range_usable', rangeUsable],
  ['revdns', ({ net }) => reverseName(net)],
  ['size', ({ net }) => number(sizeOf(net))],
  ['size_usable', ({ net }) => sizeUsable(sizeOf(net))],
  ['type', (subject) => (sizeOf(subject.net) > 1n && isFirst(subject) ? 'network' : 'address')],
  ['unicast', valueIf(({ net }) => !isIn(net, MULTICAST))],
  ['v4', brokenQuery('_ipv4_query')],
  ['v6', brokenQuery('_ipv6_query')],
  ['version', ({ net }) => net.version],
  ['wrap', wrap],
]);

/** The addresses that hosts can have; both of a network of two. */
export function usableOf(net: IpNet): { first: bigint; last: bigint } {
  const edge = sizeOf(net) > 2n ? 1n : 0n;
  return { first: firstOf(net) + edge, last: lastOf(net) - edge };
}

/** The number if it is between the others. One below zero is no address, wherever it should be. */
export function within(value: bigint, first: bigint, last: bigint): bigint | undefined {
  if (value < 0n) throw pythonError('AddrFormatError', `failed to detect a valid IP address from ${value}`);
  return value >= first && value <= last ? value : undefined;
}

/** An integer as values of templates hold it. */
export function number(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function nets(texts: string): readonly IpNet[] {
  return texts.split(' ').flatMap((text) => parseNet(text) ?? []);
}

function named(names: string, query: Query): [string, Query][] {
  return names.split(' ').map((name) => [name, query]);
}

/** The collection forgets an argument of these two. */
function brokenQuery(name: string): Query {
  return () => {
    throw typeError(`${name}() missing 1 required positional argument: 'value'`);
  };
}

function host(net: IpNet): IpNet {
  return { ...net, prefix: net.version === 4 ? 32 : 128 };
}

function isIn(net: IpNet, ranges: readonly IpNet[]): boolean {
  return ranges.some((range) => isWithin(net, range));
}

/** The first address of a network that has a broadcast address: no host. */
function isBare(subject: Subject): boolean {
  return isFirst(subject) && (subject.net.version === 6 || sizeOf(subject.net) > 2n);
}

function isAddressed(subject: Subject): boolean {
  const size = sizeOf(subject.net);
  return size === 2n || (size > 1n && !isFirst(subject));
}

function address(subject: Subject): Value {
  return subject.net.version === 6 || sizeOf(subject.net) === 1n || !isBare(subject) ? ip(subject) : null;
}

function addressPrefix(subject: Subject): Value {
  const { net } = subject;
  const isEdge = net.value === firstOf(net) || net.value === lastOf(net);
  return sizeOf(net) > 2n && isEdge ? false : whole(subject);
}

function usable(pick: (net: IpNet, first: bigint, last: bigint) => bigint | undefined): Query {
  return ({ net, isNetwork }) => {
    if (!isNetwork) throw filterError('Not a network address');
    if (sizeOf(net) === 1n) return null;
    const { first, last } = usableOf(net);
    const picked = pick(net, first, last);
    return picked === undefined ? null : formatNumber(picked);
  };
}

function rangeUsable({ net, isNetwork }: Subject): Value {
  if (!isNetwork) throw filterError('Not a network address');
  if (sizeOf(net) === 1n) return null;
  const { first, last } = usableOf(net);
  return `${formatNumber(first)}-${formatNumber(last)}`;
}

function sizeUsable(size: bigint): Value {
  if (size === 1n) return 0;
  return number(size === 2n ? 2n : size - 2n);
}

function peer({ net, isNetwork }: Subject): Value {
  if (!isNetwork) throw filterError('Not a network address');
  if (sizeOf(net) === 2n) return formatNumber(net.value ^ 1n);
  if (sizeOf(net) !== 4n) throw filterError('Not a point-to-point network');
  if (net.value % 4n === 0n) throw filterError('Network address of /30 has no peer');
  if (net.value % 4n === 3n) throw filterError('Broadcast address of /30 has no peer');
  return formatNumber(net.value ^ 3n);
}

function isPublic({ net }: Subject): boolean {
  const lone = host(net);
  return !isIn(lone, [...MULTICAST, ...PRIVATE, ...LOOPBACK]) && !isNetmask(lone) && !isHostmask(lone);
}

function sixToFour(subject: Subject): Value {
  const { net, isNetwork, value } = subject;
  if (net.version === 6) {
    if (isNetwork && isFirst(subject)) return false;
    return isIn(isNetwork ? host(net) : net, SIX_TO_FOUR) ? value : false;
  }
  if (sizeOf(net) > 1n && isFirst(subject)) return false;
  if (!isPublic(subject) && !isIn(host(net), PRIVATE)) return false;
  const hex = net.value.toString(16).padStart(8, '0');
  return `2002:${hex.slice(0, 4)}:${hex.slice(4)}::1/48`;
}

function toIpv4({ net, value }: Subject): Value {
  if (net.version === 4) return value;
  const high = net.value >> 32n;
  if ((high !== 0n && high !== 0xffffn) || net.prefix < 96) return false;
  return formatNet({ version: 4, value: net.value & 0xffffffffn, prefix: net.prefix - 96 });
}

function toIpv6({ net, value }: Subject): Value {
  if (net.version === 6) return value;
  return formatNet({ version: 6, value: net.value | 0xffff00000000n, prefix: net.prefix + 96 });
}

function reverseName(net: IpNet): string {
  if (net.version === 4) return `${formatAddress(4, net.value).split('.').reverse().join('.')}.in-addr.arpa.`;
  return `${[...net.value.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`;
}

function wrap(subject: Subject): Value {
  if (subject.net.version === 4) return subject.value;
  return `[${ip(subject)}]${subject.isNetwork ? `/${subject.net.prefix}` : ''}`;
}
