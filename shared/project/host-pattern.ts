/** Chooses hosts of an inventory by Ansible's host patterns, as `hosts:` and `--limit` write them. */

import type { Checked, Diagnostic } from '../base/diagnostic.ts';
import { compileGlob } from '../base/glob.ts';
import { compilePattern, matchPattern } from '../template/python/regex.ts';
import { TemplateError } from '../template/template-error.ts';
import type { ProjectFiles } from './files.ts';
import { parseAddress } from './inventory/host-range.ts';
import { findHost, groupHosts, type Inventory, localhostNames } from './inventory/inventory.ts';

export type HostOrder = 'inventory' | 'reverse_inventory' | 'reverse_sorted' | 'shuffle' | 'sorted';

export type MatchOptions = {
  /** Patterns of `--limit`, from {@link parseLimit}. */
  readonly limit?: readonly string[] | undefined;
  readonly order?: HostOrder | undefined;
  /** HOST_PATTERN_MISMATCH: what a pattern means that matches nothing. */
  readonly mismatch?: 'error' | 'ignore' | 'warning';
  /** Randomness for the order `shuffle`. */
  readonly randomBytes?: (length: number) => Uint8Array;
};

/**
 * The names of the matching hosts, each once: unions first, then `&` intersections, then `!` exclusions.
 * https://docs.ansible.com/ansible-core/2.14/inventory_guide/intro_patterns.html
 */
export function matchHosts(
  pattern: string | readonly string[],
  inventory: Inventory,
  options: MatchOptions = {},
): Checked<readonly string[]> {
  const matcher: Matcher = {
    inventory,
    mismatch: options.mismatch ?? 'warning',
    diagnostics: new Map(),
    localhost: undefined,
  };
  let hosts = evaluate(splitPatterns(pattern), matcher);
  if (options.limit !== undefined) {
    const within = new Set(evaluate(options.limit, matcher));
    hosts = hosts.filter((host) => within.has(host));
  }
  const ordered = putInOrder([...new Set(hosts)], options);
  return { value: ordered, diagnostics: [...matcher.diagnostics.values()] };
}

/** The patterns of a `--limit` argument; `@file` stands for the lines of a file. */
export function parseLimit(limit: string, files: ProjectFiles): Checked<readonly string[]> {
  const patterns: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const pattern of splitPatterns(limit)) {
    if (!pattern.startsWith('@')) {
      patterns.push(pattern);
      continue;
    }
    const path = pattern.slice(1);
    const content = files.read(path.startsWith('/') ? path : `${files.workingDirectory}/${path}`);
    if (content !== undefined) {
      patterns.push(
        ...new TextDecoder()
          .decode(content)
          .split('\n')
          .map((line) => line.trim()),
      );
    } else {
      const isDirectory = files.kind(path) === 'directory';
      const message = isDirectory
        ? `Limit starting with "@" must be a file, not a directory: ${path}`
        : `Unable to find limit file ${path}`;
      diagnostics.push({ severity: 'error', code: 'limit-file', message });
    }
  }
  return { value: patterns.filter((pattern) => pattern !== ''), diagnostics };
}

/**
 * What Ansible says before the first play about the hosts that are left: a warning when the inventory is empty,
 * an error when `--limit` leaves none of it.
 */
export function checkTargets(
  inventory: Inventory,
  limit: readonly string[] | undefined,
  pattern = 'all',
): readonly Diagnostic[] {
  if (inventory.hosts.size === 0) {
    const message =
      "provided hosts list is empty, only localhost is available. Note that the implicit localhost does not match 'all'";
    return [{ severity: 'warning', code: 'no-hosts', message }];
  }
  const { value, diagnostics } = matchHosts(pattern, inventory, { limit });
  if (value.length > 0 || limit === undefined) return diagnostics;
  const message = 'Specified inventory, host pattern and/or --limit leaves us with no hosts to target.';
  return [...diagnostics, { severity: 'error', code: 'no-hosts', message }];
}

/** Splits at commas, or at colons that are no part of an address, a port or a range. */
function splitPatterns(pattern: string | readonly string[]): readonly string[] {
  if (typeof pattern !== 'string') return pattern.flatMap(splitPatterns);
  const parts = pattern.includes(',')
    ? pattern.split(',')
    : parseAddress(pattern) !== undefined
      ? [pattern]
      : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

type Matcher = {
  readonly inventory: Inventory;
  readonly mismatch: 'error' | 'ignore' | 'warning';
  /** By message: a pattern is complained about once. */
  readonly diagnostics: Map<string, Diagnostic>;
  /** The implicit localhost goes by the name under which it was first asked for. */
  localhost: string | undefined;
};

function evaluate(patterns: readonly string[], matcher: Matcher): string[] {
  const unions = patterns.filter((pattern) => pattern !== '' && !/^[&!]/.test(pattern));
  const intersections = patterns.filter((pattern) => pattern.startsWith('&'));
  const exclusions = patterns.filter((pattern) => pattern.startsWith('!'));
  const hosts = new Set((unions.length === 0 ? ['all'] : unions).flatMap((one) => matchOne(one, matcher)));
  for (const pattern of intersections) {
    const within = new Set(matchOne(pattern.slice(1), matcher));
    for (const host of hosts) if (!within.has(host)) hosts.delete(host);
  }
  for (const pattern of exclusions) {
    for (const host of matchOne(pattern.slice(1), matcher)) hosts.delete(host);
  }
  return [...hosts];
}

const subscripted = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)([:-])([0-9]*))\]$/;

/** The hosts of one pattern without `&` and `!`. */
function matchOne(pattern: string, matcher: Matcher): readonly string[] {
  if (matcher.inventory.hosts.has(pattern)) return [pattern];
  if (pattern === '') return [];
  const parts = pattern.startsWith('~') ? null : subscripted.exec(pattern);
  if (parts === null) return enumerate(pattern, matcher);
  const [, expression = '', index, start, separator, end] = parts;
  if (separator === '-') {
    const message = 'Use [x:y] inclusive subscripts instead of [x-y] which has been removed';
    note(matcher, { severity: 'warning', code: 'host-pattern', message });
  }
  const hosts = enumerate(expression, matcher);
  if (hosts.length === 0) return hosts;
  if (index === undefined && end !== '0') {
    return hosts.slice(Number(start), end === '' ? undefined : Number(end) + 1);
  }
  const host = hosts.at(Number(index ?? start));
  if (host !== undefined) return [host];
  const message = `No hosts matched the subscripted pattern '${pattern}'`;
  note(matcher, { severity: 'error', code: 'host-pattern', message });
  return [];
}

/** Hosts of the groups that match, and the hosts that match themselves when the pattern is no plain group name. */
function enumerate(pattern: string, matcher: Matcher): readonly string[] {
  const { inventory } = matcher;
  const matches = compileMatch(pattern, matcher);
  if (matches === undefined) return [];
  const groups = matches([...inventory.groups.keys()], inventory.groups);
  // A host found twice stays twice: subscripts count it so.
  const hosts = groups.flatMap((group) => groupHosts(inventory, group));
  if (groups.length === 0 || /^~|[.?*[]/.test(pattern)) {
    hosts.push(...matches([...inventory.hosts.keys()], inventory.hosts));
  }
  if (hosts.length === 0 && localhostNames.has(pattern)) {
    matcher.localhost ??= findHost(inventory, pattern)?.name;
    return matcher.localhost === undefined ? [] : [matcher.localhost];
  }
  if (hosts.length === 0 && groups.length === 0 && pattern !== 'all' && matcher.mismatch !== 'ignore') {
    const message = `Could not match supplied host pattern, ignoring: ${pattern}`;
    note(matcher, { severity: matcher.mismatch, code: 'host-pattern', message });
  }
  return hosts;
}

type Choose = (names: readonly string[], known: { readonly has: (name: string) => boolean }) => string[];

/** Finds names by a glob, or by a regular expression after `~` that must match from the start. */
function compileMatch(pattern: string, matcher: Matcher): Choose | undefined {
  if (!pattern.startsWith('~')) {
    if (!/[*?[]/.test(pattern)) return (_, known) => (known.has(pattern) ? [pattern] : []);
    const glob = compileGlob(pattern);
    return (names) => names.filter((name) => glob.test(name));
  }
  try {
    const regex = compilePattern(pattern.slice(1));
    return (names) => names.filter((name) => matchPattern(regex, name) !== undefined);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const message = `Invalid host list pattern: ${pattern}`;
    note(matcher, { severity: 'error', code: 'host-pattern', message });
    return undefined;
  }
}

function note(matcher: Matcher, diagnostic: Diagnostic): void {
  matcher.diagnostics.set(diagnostic.message, diagnostic);
}

function putInOrder(hosts: string[], options: MatchOptions): readonly string[] {
  const { order = 'inventory' } = options;
  switch (order) {
    case 'inventory':
      return hosts;
    case 'reverse_inventory':
      return hosts.reverse();
    case 'sorted':
      return hosts.sort(byName);
    case 'reverse_sorted':
      return hosts.sort((left, right) => byName(right, left));
    case 'shuffle':
      return shuffled(hosts, options.randomBytes);
    default:
      return order satisfies never;
  }
}

function byName(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function shuffled(hosts: readonly string[], randomBytes: MatchOptions['randomBytes']): string[] {
  if (randomBytes === undefined) throw new Error('shuffling hosts needs randomness');
  const keyed = hosts.map((host) => ({ host, key: Buffer.from(randomBytes(8)).toString('hex') }));
  return keyed.sort((left, right) => byName(left.key, right.key)).map(({ host }) => host);
}
