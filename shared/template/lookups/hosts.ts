/** The inventory_hostnames lookup: the hosts that a pattern of `hosts:` names, by the groups that the play sees. */

import { compileGlob } from '../../base/glob.ts';
import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { compilePattern, matchPattern } from '../python/regex.ts';
import { str } from '../python/repr.ts';
import { asDict, force, toList } from '../python/values.ts';

/** The lookup. */
export const hostLookups: readonly Lookup[] = [
  { name: 'inventory_hostnames', call: (env, terms) => matchingHosts(env, terms) },
];

type Groups = ReadonlyMap<string, readonly string[]>;

function matchingHosts(env: Environment, terms: readonly Value[]): Value[] {
  const groups = groupsOf(env);
  const patterns = terms.flatMap((term) => splitPattern(str(force(term))));
  const wanted = patterns.filter((pattern) => !/^[!&]/.test(pattern));
  let hosts = (wanted.length === 0 ? ['all'] : wanted).flatMap((pattern) => {
    const found = select(groups, pattern);
    if (found.length === 0) env.warn?.(`Could not match supplied host pattern, ignoring: ${pattern}`);
    return found;
  });
  for (const pattern of patterns.filter((candidate) => candidate.startsWith('&'))) {
    const kept = new Set(select(groups, pattern.slice(1)));
    hosts = hosts.filter((host) => kept.has(host));
  }
  for (const pattern of patterns.filter((candidate) => candidate.startsWith('!'))) {
    const dropped = new Set(select(groups, pattern.slice(1)));
    hosts = hosts.filter((host) => !dropped.has(host));
  }
  return [...new Set(hosts)];
}

function groupsOf(env: Environment): Groups {
  const groups = asDict(force(env.scope.resolve('groups') ?? null)) ?? new Map<Value, Value>();
  return new Map([...groups].map(([name, hosts]) => [str(name), toList(force(hosts)).map(str)]));
}

/** Parts between commas, or between colons that stand outside brackets. */
function splitPattern(pattern: string): string[] {
  if (pattern.includes(',')) return trimmed(pattern.split(','));
  return trimmed(pattern.match(/(?:\[[^\]]*\]|[^:[\]])+/g) ?? []);
}

function trimmed(parts: readonly string[]): string[] {
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The hosts of one part: a group, a host, a glob, `~` and a regular expression, with an index or a range. */
function select(groups: Groups, part: string): string[] {
  const found = part.startsWith('~') ? null : /^(.+)\[(-?\d+)?(?:([:-])(-?\d+)?)?\]$/.exec(part);
  if (found === null) return matchNames(groups, part);
  const hosts = matchNames(groups, found[1] ?? '');
  const start = found[2] === undefined ? 0 : Number(found[2]);
  if (found[3] === undefined) return [hosts.at(start)].filter((host) => host !== undefined);
  const end = found[4] === undefined ? hosts.length : Number(found[4]) + 1;
  return hosts.slice(start, end === 0 ? hosts.length : end);
}

function matchNames(groups: Groups, pattern: string): string[] {
  const isMatch = matcher(pattern);
  const hosts: string[] = [];
  for (const [name, members] of groups) if (isMatch(name)) hosts.push(...members);
  if (hosts.length === 0 || /[.?*[]/.test(pattern) || pattern.startsWith('~')) {
    const all = groups.get('all') ?? [...groups.values()].flat();
    hosts.push(...all.filter(isMatch));
  }
  return [...new Set(hosts)];
}

function matcher(pattern: string): (name: string) => boolean {
  if (pattern.startsWith('~')) {
    const regex = compilePattern(pattern.slice(1));
    return (name) => matchPattern(regex, name) !== undefined;
  }
  const regex = compileGlob(pattern);
  return (name) => regex.test(name);
}
