/** The tests of the collection ansible.utils: what a text says about an address or a network. */

import type { Value } from '../../base/value.ts';
import { checkArguments } from '../argument-spec/check-arguments.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { formatAddress, type IpNet, isWithin } from '../ip/address.ts';
import { hostmaskOf, netmaskOf, networks, readAddress, readNetwork } from '../ip/python-address.ts';
import { typeError } from '../python/error.ts';
import { repr, str } from '../python/repr.ts';
import { asText, force, iterate, typeName } from '../python/values.ts';

const PRIVATE = networks(
  '0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 ' +
    '198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 ' +
    '::1/128 ::/128 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10',
);
/** Parts of the above that the whole world reaches. */
const NOT_PRIVATE = networks(
  '192.0.0.9/32 192.0.0.10/32 2001:1::1/128 2001:1::2/128 2001:3::/32 2001:4:112::/48 2001:20::/28 2001:30::/28',
);
const SHARED = networks('100.64.0.0/10');
const MULTICAST = networks('224.0.0.0/4 ff00::/8');
const LOOPBACK = networks('127.0.0.0/8 ::1/128');
const UNSPECIFIED = networks('0.0.0.0/32 ::/128');
const MAPPED = networks('::ffff:0:0/96');
const RESERVED = networks(
  '240.0.0.0/4 ::/8 100::/8 200::/7 400::/6 800::/5 1000::/4 4000::/3 6000::/3 8000::/3 a000::/3 c000::/3 e000::/4 ' +
    'f000::/5 f800::/6 fe00::/9',
);
const SIX_TO_FOUR = networks('2002::/16');
const TEREDO = networks('2001::/32');

type Check = (value: Value) => boolean;

const tests: readonly Builtin[] = [
  ...named({
    ip: ofNetwork(() => true),
    ipv4: ofNetwork(({ version }) => version === 4),
    ipv6: ofNetwork(({ version }) => version === 6),
    ip_address: ofAddress(() => true),
    ipv4_address: ofAddress(({ version }) => version === 4),
    ipv6_address: ofAddress(({ version }) => version === 6),
    ipv6_ipv4_mapped: ofAddress(within(MAPPED)),
    ipv6_sixtofour: ofAddress(within(SIX_TO_FOUR)),
    ipv6_teredo: ofAddress(within(TEREDO)),
    loopback: ofAddress(within(LOOPBACK)),
    multicast: ofAddress(within(MULTICAST)),
    private: ofAddress(isPrivate),
    public: ofAddress((address) => !within(SHARED)(address) && !isPrivate(address)),
    reserved: ofAddress(within(RESERVED)),
    unspecified: ofAddress(within(UNSPECIFIED)),
    ipv4_hostmask: (value) => isMask(value, hostmaskOf),
    ipv4_netmask: (value) => isMask(value, netmaskOf),
    mac: isMac,
  }),
  {
    name: 'in_network',
    signature: 'network',
    call: (_env, value, network = null) => isSubnet(value, network),
  },
  {
    name: 'subnet_of',
    signature: 'network_b',
    call: (_env, value, network = null) => isSubnet(value, network),
  },
  {
    name: 'supernet_of',
    signature: 'network_b',
    call: (_env, value, network = null) => isSubnet(network, value),
  },
  { name: 'resolvable', signature: '', call: (env, value) => isResolvable(env, str(value)) },
  countTest('in_any_network', (count) => count > 0),
  countTest('in_one_network', (count) => count === 1),
];

/** The tests under their full names; messages name the function behind each. */
export const addressTests: readonly (readonly [string, Builtin])[] = tests.map((test) => [
  `ansible.utils.${test.name}`,
  { ...test, name: `_${test.name}` },
]);

function named(checks: Readonly<Record<string, Check>>): Builtin[] {
  return Object.entries(checks).map(([name, holds]) => ({
    name,
    signature: '',
    call: (_env, value) => holds(force(value)),
  }));
}

function ofAddress(holds: (address: IpNet) => boolean): Check {
  return (value) => {
    const text = asText(value);
    const address = text === undefined ? undefined : readAddress(text);
    return address !== undefined && holds(address);
  };
}

function networkOf(value: Value): IpNet | undefined {
  const text = asText(value);
  const read = text === undefined ? undefined : readNetwork(text);
  return read?.kind === 'network' ? read.net : undefined;
}

function ofNetwork(holds: (net: IpNet) => boolean): Check {
  return (value) => {
    const net = networkOf(value);
    return net !== undefined && holds(net);
  };
}

function within(ranges: readonly IpNet[]): (address: IpNet) => boolean {
  return (address) => ranges.some((range) => isWithin(address, range));
}

/** An IPv4 address written as IPv6 is what it is as IPv4. */
function isPrivate(address: IpNet): boolean {
  const plain: IpNet = within(MAPPED)(address)
    ? { version: 4, value: address.value & 0xffffffffn, prefix: 32 }
    : address;
  return within(PRIVATE)(plain) && !within(NOT_PRIVATE)(plain);
}

/** Whether it is a mask of the network 10.0.0.0, which is how the collection tries it. */
function isMask(value: Value, maskOf: (net: IpNet) => bigint): boolean {
  const text = str(value);
  const net = networkOf(`10.0.0.0/${text}`);
  return net !== undefined && asText(force(value)) === formatAddress(4, maskOf(net));
}

const MAC =
  /^(?:(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\n?$|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\n?$|[0-9a-f]{12}\n?$)/i;

function isMac(value: Value): boolean {
  const text = asText(value);
  if (text === undefined) throw typeError(`expected string or bytes-like object, got '${typeName(value)}'`);
  return MAC.test(text);
}

function isSubnet(inner: Value, outer: Value): boolean {
  const [a, b] = [networkOf(force(inner)), networkOf(force(outer))];
  return a !== undefined && b !== undefined && isWithin(a, b);
}

function isResolvable(env: Environment, host: string): Value {
  const { isResolvable: ask } = env.local;
  if (ask === undefined) throw ansibleError('resolvable: there is nobody to ask for names here');
  return env.memory.later(`resolvable ${host}`, () => ask(host));
}

const LIST_SPEC = new Map<Value, Value>([
  [
    'networks',
    new Map<Value, Value>([
      ['type', 'list'],
      ['required', true],
    ]),
  ],
]);

/** A test of how many networks the address is in. */
function countTest(name: string, holds: (count: number) => boolean): Builtin {
  const call: Builtin['call'] = (_env, value, given = null) => {
    const list = force(given);
    const errors = checkArguments(LIST_SPEC, new Map([['networks', list]]));
    if (errors.length > 0) {
      throw ansibleError(`argspec validation failed for ${name} test plugin with errors: ${repr(errors)}`);
    }
    return holds([...iterate(list)].filter((network) => isSubnet(value, network)).length);
  };
  return { name, signature: 'networks', call };
}
