/** Addresses and networks as Python's `ipaddress` module reads them: nothing is shortened, a network has no bits of a host. */

import {
  firstOf,
  type IpNet,
  isHostmask,
  isNetmask,
  maxOf,
  parseAddress,
  parseNet,
  widthOf,
} from './address.ts';

/** The address, or undefined when the text is none. */
export function readAddress(text: string): IpNet | undefined {
  const [plain = '', scope, ...rest] = text.split('%');
  if (scope === undefined) return parseAddress(text);
  const address = scope === '' || scope.includes('/') || rest.length > 0 ? undefined : parseAddress(plain);
  return address?.version === 6 ? address : undefined;
}

/** A network, or why the text is none. */
export type ReadNetwork =
  | { readonly kind: 'network'; readonly net: IpNet }
  | { readonly kind: 'fault'; readonly message: string };

/** The network of a text; an address alone is one. */
export function readNetwork(text: string): ReadNetwork {
  const net = parseNetwork(text);
  if (net === undefined) {
    return { kind: 'fault', message: `'${text}' does not appear to be an IPv4 or IPv6 network` };
  }
  if (net.value !== firstOf(net)) return { kind: 'fault', message: `${text} has host bits set` };
  return { kind: 'network', net };
}

function parseNetwork(text: string): IpNet | undefined {
  const [base = '', mask, ...rest] = text.split('/');
  const address = rest.length > 0 ? undefined : readAddress(base);
  if (address === undefined || mask === undefined) return address;
  const prefix = prefixOf(mask, address.version);
  return prefix === undefined || prefix > widthOf(address.version) ? undefined : { ...address, prefix };
}

function prefixOf(mask: string, version: 4 | 6): number | undefined {
  if (/^\d+$/.test(mask)) return Number(mask);
  const dotted = version === 4 ? parseAddress(mask) : undefined;
  if (dotted?.version !== 4) return undefined;
  const ones = (value: bigint): number => value.toString(2).replaceAll('0', '').length;
  if (isNetmask(dotted)) return ones(dotted.value);
  return isHostmask(dotted) ? widthOf(4) - ones(dotted.value) : undefined;
}

/** Networks written in a text, between spaces. */
export function networks(texts: string): readonly IpNet[] {
  return texts.split(' ').flatMap((text) => parseNet(text) ?? []);
}

/** The mask with the network's bits set. */
export function netmaskOf(net: IpNet): bigint {
  return maxOf(net.version) ^ hostmaskOf(net);
}

/** The mask with the bits of hosts set. */
export function hostmaskOf(net: IpNet): bigint {
  return (1n << BigInt(widthOf(net.version) - net.prefix)) - 1n;
}
