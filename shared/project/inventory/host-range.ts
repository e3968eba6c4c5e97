/** Reads host entries of inventories: names with an optional port, and ranges such as `web[01:20:2].example.com`. */

/** The names that an entry stands for and their port, or why it is wrong, in Ansible's words. */
export type HostEntry =
  | { readonly kind: 'hosts'; readonly names: readonly string[]; readonly port: number | undefined }
  | { readonly kind: 'invalid'; readonly why: string };

export type Address = { readonly host: string; readonly port: number | undefined };

/** The names of an entry, with its ranges expanded. What is no address is one name as it stands. */
export function expandHostEntry(entry: string): HostEntry {
  const address = parseAddress(entry) ?? { host: entry, port: undefined };
  const names = expandRanges(address.host);
  return Array.isArray(names)
    ? { kind: 'hosts', names, port: address.port }
    : { kind: 'invalid', why: names };
}

/**
 * Splits `name:port` and `[address]:port`; undefined for what is neither a host name nor an IP address.
 * Names may hold ranges. A bare IPv6 address has no port.
 */
export function parseAddress(entry: string): Address | undefined {
  const bracketed = /^\[(.+)\]:([0-9]+)$/.exec(entry);
  const ported = bracketed ?? /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/.exec(entry);
  const host = ported?.[1] ?? entry;
  if (!isHostName(host) && !isAddress6(host)) return undefined;
  return { host, port: ported === null ? undefined : Number(ported[2]) };
}

const nameRange = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`;
const wordChar = String.raw`[\p{L}\p{N}\p{M}_]`;
const label = `(?:${wordChar}|${nameRange})(?:${wordChar}|-|${nameRange})*(?<![_-])`;
const hostName = new RegExp(`^${label}(?:\\.${label})*$`, 'iu');
const part6 = String.raw`(?:[0-9a-f]{1,4}|\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\])`;
const tail4 = `(?:${part6}.){3}${part6}`;
const starts6 = [
  `(?:${part6}:){7}${part6}`,
  `(?:${part6}:){1,6}:`,
  `(?:${part6})?::`,
  `(?:0:){6}${tail4}`,
  `(?:0:){5}ffff:${tail4}`,
];
const address6 = new RegExp(`^(?:${starts6.join('|')})`, 'i');

/** Names in ASCII, without ranges: what nearly all are. The whole rule takes 3 ms to compile when it is first used. */
const plainLabel = '[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?';
const plainName = new RegExp(`^${plainLabel}(?:\\.${plainLabel})*$`, 'i');

function isHostName(host: string): boolean {
  return plainName.test(host) || hostName.test(host);
}

/**
 * Whether a text starts as an IPv6 address, perhaps with ranges in it. Like Ansible this does not look at what
 * follows, so that zones (`fe80::1%eth0`) pass.
 */
export function isAddress6(text: string): boolean {
  return address6.test(text);
}

/** All names of a pattern with ranges, the last range turning fastest; or what is wrong with it. */
function expandRanges(pattern: string): string[] | string {
  const open = pattern.indexOf('[');
  if (open < 0) return [pattern];
  const close = pattern.indexOf(']');
  if (close < open) return 'not enough values to unpack (expected 3, got 2)';
  const items = expandRange(pattern.slice(open + 1, close));
  if (typeof items === 'string') return items;
  const head = pattern.slice(0, open);
  const tail = pattern.slice(close + 1);
  const names: string[] = [];
  const tails = expandRanges(tail);
  if (typeof tails === 'string') return tails;
  for (const item of items) for (const rest of tails) names.push(`${head}${item}${rest}`);
  return names;
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The items of one range without its brackets, or what is wrong with it. */
function expandRange(range: string): readonly string[] | string {
  const bounds = range.split(':');
  if (bounds.length !== 2 && bounds.length !== 3) return 'host range must be begin:end or begin:end:step';
  const [first = '', last = '', step = '1'] = bounds;
  const begin = first === '' ? '0' : first;
  if (last === '') return 'host range must specify end value';
  const width = begin.startsWith('0') && begin.length > 1 ? begin.length : 0;
  if (width > 0 && width !== last.length) return 'host range must specify equal-length begin and end formats';
  const stride = Number(step);
  const isAlphabetic = letters.includes(begin) && letters.includes(last);
  if (!/^\d+$/.test(step)) return `invalid literal for int() with base 10: '${step}'`;
  if (stride === 0) return isAlphabetic ? 'slice step cannot be zero' : 'range() arg 3 must not be zero';
  if (isAlphabetic) {
    const [from, to] = [letters.indexOf(begin), letters.indexOf(last)];
    if (from > to) return 'host range must have begin <= end';
    return [...letters.slice(from, to + 1)].filter((_, index) => index % stride === 0);
  }
  for (const bound of [begin, last]) {
    if (!/^\d+$/.test(bound)) return `invalid literal for int() with base 10: '${bound}'`;
  }
  const items: string[] = [];
  for (let item = Number(begin); item <= Number(last); item += stride) {
    items.push(String(item).padStart(width, '0'));
  }
  return items;
}
