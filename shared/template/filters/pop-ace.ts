/** The filter pop_ace of the collection ansible.netcommon: entries taken out of access lists. */

import type { Dict, Value } from '../../base/value.ts';
import type { ArgumentOptions } from '../argument-spec/check-arguments.ts';
import { equals } from '../python/comparison.ts';
import { dictGet } from '../python/dict-key.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, isMapping, isTrue, iterate, toList } from '../python/values.ts';
import { type CheckedFilter, pluginError } from './checked-filter.ts';

const CRITERIA = ['acl_name', 'source', 'destination', 'sequence', 'protocol', 'grant'];

const OPTIONS: ArgumentOptions = {
  data: { type: 'raw', required: true },
  filter_options: {
    type: 'dict',
    options: {
      remove: { type: 'str', choices: ['first', 'all'], default: 'all' },
      failed_when: { type: 'str', choices: ['missing', 'never'], default: 'missing' },
      match_all: { type: 'bool', default: false },
    },
  },
  match_criteria: {
    type: 'dict',
    required: true,
    options: {
      afi: { type: 'str', required: true },
      ...Object.fromEntries(CRITERIA.map((name) => [name, { type: 'str' } as const])),
    },
  },
};

/** The filter. */
export const popAceFilter: CheckedFilter = {
  name: 'pop_ace',
  positions: ['data', 'filter_options', 'match_criteria'],
  options: OPTIONS,
  run: (_env, values) => popAces(values),
};

type Removal = { readonly criteria: Dict; readonly isAll: boolean; readonly isFirstOnly: boolean };

type Kept = { readonly kept: Value[]; readonly removed: Value[] };

/** Access lists without the entries that match, and those entries. */
function popAces(values: Dict): Value {
  const data = values.get('data') ?? null;
  const options = asDict(values.get('filter_options') ?? null) ?? new Map<Value, Value>();
  const criteria = asDict(values.get('match_criteria') ?? null) ?? new Map<Value, Value>();
  if (!Array.isArray(data) && !isMapping(data))
    throw pluginError('pop_ace', 'Input is not valid for pop_ace');
  const removal: Removal = {
    criteria,
    isAll: force(options.get('match_all') ?? null) === true,
    isFirstOnly: asText(force(options.get('remove') ?? null)) === 'first',
  };
  const byFamily: { readonly [family in 'ipv4' | 'ipv6']: Kept } = {
    ipv4: { kept: [], removed: [] },
    ipv6: { kept: [], removed: [] },
  };
  for (const raw of iterate(data)) {
    const family = asDict(force(raw)) ?? new Map<Value, Value>();
    const afi = force(family.get('afi') ?? null);
    const lists = asText(afi) === 'ipv4' ? byFamily.ipv4 : byFamily.ipv6;
    for (const acl of iterate(force(family.get('acls') ?? null)))
      popFrom(asDict(force(acl)), afi, { removal, lists });
  }
  const isMissing = byFamily.ipv4.removed.length + byFamily.ipv6.removed.length === 0;
  if (isMissing && asText(force(options.get('failed_when') ?? null)) === 'missing') {
    throw pluginError('pop_ace', 'no entries removed on the provided match_criteria');
  }
  return new Map<Value, Value>([
    ['clean_acls', families(byFamily.ipv4.kept, byFamily.ipv6.kept)],
    ['removed_aces', families(byFamily.ipv4.removed, byFamily.ipv6.removed)],
  ]);
}

function families(ipv4: Value[], ipv6: Value[]): Value {
  const family = (acls: Value[], afi: string): Value =>
    new Map<Value, Value>([
      ['acls', acls],
      ['afi', afi],
    ]);
  return new Map<Value, Value>([['acls', [family(ipv4, 'ipv4'), family(ipv6, 'ipv6')]]]);
}

function popFrom(
  acl: Dict | undefined,
  afi: Value,
  { removal, lists }: { readonly removal: Removal; readonly lists: Kept },
): void {
  const name = force(acl?.get('name') ?? '');
  const aces = toList(force(acl?.get('aces') ?? [])).map(force);
  const matching = aces.filter((ace) => isMatch(asDict(ace) ?? new Map(), { name, afi, removal }));
  const removed = removal.isFirstOnly ? matching.slice(0, 1) : matching;
  const kept = aces.filter((ace) => !removed.includes(ace));
  const named = (entries: Value[]): Value =>
    new Map<Value, Value>([
      ['name', name],
      ['aces', entries],
    ]);
  if (kept.length > 0) lists.kept.push(named(kept));
  if (removed.length > 0) lists.removed.push(named(removed));
}

type Place = { readonly name: Value; readonly afi: Value; readonly removal: Removal };

function isMatch(ace: Dict, { name, afi, removal }: Place): boolean {
  const checks = [...removal.criteria]
    .filter(([, wanted]) => isTrue(force(wanted)))
    .map(([rawKey, raw]) => {
      const [key, wanted] = [str(rawKey), force(raw)];
      if (key === 'acl_name') return equals(name, wanted);
      if (key === 'afi') return equals(afi, wanted);
      if (key !== 'source' && key !== 'destination') return equals(dictGet(ace, key) ?? 'NA', wanted);
      const end = asDict(force(dictGet(ace, key) ?? null)) ?? new Map<Value, Value>();
      const isAny = asText(wanted) === 'any';
      return (
        equals(end.get('address') ?? 'NA', wanted) ||
        equals(end.get('host') ?? 'NA', wanted) ||
        equals(end.get('any') ?? 'NA', isAny)
      );
    });
  return removal.isAll ? checks.every(Boolean) : checks.some(Boolean);
}
