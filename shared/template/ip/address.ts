/** IPv4 and IPv6 addresses and networks as numbers: read from text, printed, and measured. */

/** An address with the length of its network's prefix; a lone address has all of its bits as prefix. */
export type IpNet = { readonly version: 4 | 6; readonly value: bigint; readonly prefix: number };

const MAX_IPV4 = 0xffffffffn;

/** How many bits an address has. */
export function widthOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

/** All bits set. */
export function maxOf(version: 4 | 6): bigint {
  return (1n << BigInt(widthOf(version))) - 1n;
}

/** How many addresses the network has. */
export function sizeOf(net: IpNet): bigint {
  return 1n << BigInt(widthOf(net.version) - net.prefix);
}

/** The first address of the network. */
export function firstOf(net: IpNet): bigint {
  return net.value - (net.value % sizeOf(net));
}

/** The last address of the network. */
export function lastOf(net: IpNet): bigint {
  return firstOf(net) + sizeOf(net) - 1n;
}

/** The network itself, without the bits of a host. */
export function networkOf(net: IpNet): IpNet {
  return { ...net, value: firstOf(net) };
}

/** Whether all of `inner` is in `outer`. */
export function isWithin(inner: IpNet, outer: IpNet): boolean {
  return (
    inner.version === outer.version && firstOf(inner) >= firstOf(outer) && lastOf(inner) <= lastOf(outer)
  );
}

/** Reads `address`, `address/prefix`, `address/netmask` or `address/hostmask`; IPv4 may lack its last parts. */
export function parseNet(text: string): IpNet | undefined {
  const slash = text.indexOf('/');
  const base = parseAddress(slash < 0 ? text : text.slice(0, slash), true);
  if (base === undefined) return undefined;
  const prefix = slash < 0 ? widthOf(base.version) : parsePrefix(text.slice(slash + 1), base.version);
  return prefix === undefined || prefix > widthOf(base.version) ? undefined : { ...base, prefix };
}

/** Reads an address. */
export function parseAddress(text: string, isPartialAllowed = false): IpNet | undefined {
  const v4 = parseIpv4(text, isPartialAllowed);
  if (v4 !== undefined) return { version: 4, value: v4, prefix: 32 };
  const v6 = parseIpv6(text);
  return v6 === undefined ? undefined : { version: 6, value: v6, prefix: 128 };
}

function parsePrefix(text: string, version: 4 | 6): number | undefined {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  const mask = parseAddress(text);
  if (mask === undefined || mask.version !== version) return undefined;
  if (isNetmask(mask)) return widthOf(version) - bitLength(mask.value ^ maxOf(version));
  return isHostmask(mask) ? widthOf(version) - bitLength(mask.value) : undefined;
}

/** Whether the address is ones and then zeros. */
export function isNetmask({ version, value }: IpNet): boolean {
  return isHostmask({ version, value: value ^ maxOf(version), prefix: 0 });
}

/** Whether the address is zeros and then ones. */
export function isHostmask({ value }: IpNet): boolean {
  return (value & (value + 1n)) === 0n;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

function parseIpv4(text: string, isPartialAllowed: boolean): bigint | undefined {
  const pattern = isPartialAllowed ? /^\d+(\.\d+){0,3}$/ : /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;
  if (!pattern.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return [0, 1, 2, 3].reduce((value, index) => value * 256n + BigInt(parts[index] ?? 0), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const low = parseIpv4(dotted[2] ?? '', false);
    if (low === undefined) return undefined;
    return parseIpv6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = left.length + (right?.length ?? 0);
  if (right === undefined ? given !== 8 : given > 7) return undefined;
  const words = [...left, ...Array<string>(8 - given).fill('0'), ...(right ?? [])];
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return words.reduce((value, word) => value * 65536n + BigInt(`0x${word}`), 0n);
}

/** The address as it is usually written: an IPv4 address in an IPv6 address with its dots. */
export function formatAddress(version: 4 | 6, value: bigint): string {
  const words = version === 4 ? [] : wordsOf(value);
  const { start, length } = longestZeros(words);
  if (version === 6 && start === 0 && (length === 6 || (length === 5 && words[5] === 0xffff))) {
    return `::${length === 5 ? 'ffff:' : ''}${formatAddress(4, value & MAX_IPV4)}`;
  }
  return formatPlain(version, value);
}

function wordsOf(value: bigint): number[] {
  return Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - 16 * index)) & 0xffffn));
}

/** The address as Python's `ipaddress` writes it. */
export function formatPlain(version: 4 | 6, value: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const words = wordsOf(value);
  const { start, length } = longestZeros(words);
  const hex = words.map((word) => word.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** The address of that number: IPv4 where it is small enough. */
export function formatNumber(value: bigint): string {
  return formatAddress(value <= MAX_IPV4 ? 4 : 6, value);
}

/** `address/prefix`. */
export function formatNet(net: IpNet): string {
  return `${formatAddress(net.version, net.value)}/${net.prefix}`;
}

function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  words.forEach((word, index) => {
    length = word === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  });
  return best;
}
