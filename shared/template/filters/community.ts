/** Filters of the collection community.general that playbooks use most. */

import { crc32 } from 'node:zlib';
import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { classText, filterError, filterTypeError } from '../filter-error.ts';
import { searchJmespath } from '../jmespath/search.ts';
import { JmespathError } from '../jmespath/tokens.ts';
import { dictGet, dictSet } from '../python/dict-key.ts';
import { entriesOf } from '../python/dict-methods.ts';
import { type RandomBits, randomBelow, seededRandom, systemRandom } from '../python/random.ts';
import { repr, str } from '../python/repr.ts';
import { asSequence, asText, force, isMapping, isTrue, iterate, toList } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { compareLoose } from '../tests/version-loose.ts';
import { csvFilters } from './community-csv.ts';
import { iniFilters } from './community-ini.ts';
import { jsonPatchFilters } from './community-json-patch.ts';
import { keysFilters } from './community-keys.ts';
import { listsFilters } from './community-lists.ts';
import { newerFilters } from './community-newer.ts';
import { tableFilter } from './community-table.ts';
import { timeFilters } from './community-time.ts';
import { typeFilter } from './community-types.ts';
import { hashidsFilters } from './hashids.ts';

const NORMAL_FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'];

const filters: readonly Builtin[] = [
  { name: 'counter', signature: '', call: (_env, value) => counter(force(value)) },
  { name: 'crc32', signature: '', call: (_env, value) => checksum(force(value)) },
  { name: 'dict', signature: '', call: (_env, value) => dictOf(value) },
  { name: 'dict_kv', signature: 'key', call: (_env, value, key = null) => dictOf([[key, value]]) },
  {
    name: 'groupby_as_dict',
    signature: 'attribute',
    call: (_env, value, attribute = null) => groupByAsDict(force(value), force(attribute)),
  },
  {
    name: 'json_query',
    signature: 'expr',
    call: (_env, value, expr = '') => jsonQuery(force(value), str(expr)),
  },
  { name: 'random_mac', signature: 'seed=None', call: randomMac },
  {
    name: 'unicode_normalize',
    signature: "form='NFC'",
    call: (_env, value, form = '') => normalize(force(value), str(form)),
  },
  { name: 'version_sort', signature: 'reverse=False', call: versionSort },
  ...timeFilters,
  ...csvFilters,
  ...listsFilters,
  ...keysFilters,
  ...jsonPatchFilters,
  ...iniFilters,
  ...newerFilters,
  typeFilter,
  tableFilter,
  ...hashidsFilters,
];

/** The filters under their full names; Ansible knows two of them without the collection's name as well. */
export const communityFilters: readonly (readonly [string, Builtin])[] = filters.flatMap((filter) => {
  const isShort = filter.name === 'json_query' || filter.name === 'random_mac';
  const names = [`community.general.${filter.name}`, ...(isShort ? [filter.name] : [])];
  return names.map((name) => [name, filter] as const);
});

function dictOf(value: Value): Dict {
  const made: Dict = new Map();
  for (const [key, item] of entriesOf(value)) dictSet(made, force(key), item);
  return made;
}

function counter(value: Value): Value {
  if (asText(value) === undefined && asSequence(value) === undefined) {
    throw filterError(
      'Argument for community.general.counter must be a sequence (string or list). ' +
        `${str(value)} is ${classText(value)}`,
    );
  }
  const counts: Dict = new Map();
  try {
    for (const item of iterate(value)) dictSet(counts, item, Number(dictGet(counts, item) ?? 0) + 1);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.pythonType !== 'TypeError') throw error;
    throw filterError(
      `community.general.counter needs a sequence with hashable elements (int, float or str) - ${error.message}`,
    );
  }
  return counts;
}

function checksum(value: Value): Value {
  const text = asText(value);
  if (text === undefined) {
    throw filterError(`Invalid value type (${classText(value)}) for crc32 (${repr(value)})`);
  }
  return crc32(text).toString(16);
}

function groupByAsDict(value: Value, attribute: Value): Value {
  const sequence = asSequence(value) ?? (asText(value) === undefined ? undefined : toList(value));
  if (sequence === undefined) throw filterError('Input is not a sequence');
  const made: Dict = new Map();
  sequence.forEach((item, index) => {
    const element = force(item);
    if (!isMapping(element)) throw filterError(`Sequence element #${index} is not a mapping`);
    const key = element instanceof Map ? dictGet(element, attribute) : element.get(attribute);
    if (key === undefined) throw filterError(`Attribute not contained in element #${index} of sequence`);
    if (dictGet(made, key) !== undefined) {
      throw filterError(`Multiple sequence entries have attribute value ${repr(key)}`);
    }
    dictSet(made, key, element);
  });
  return made;
}

function jsonQuery(value: Value, expression: string): Value {
  try {
    return searchJmespath(expression, value);
  } catch (error) {
    if (!(error instanceof JmespathError)) throw error;
    throw filterError(`JMESPathError in json_query filter plugin:\n${error.message}`);
  }
}

function randomMac(env: Environment, value: Value, seed: Value = null): Value {
  const prefix = asText(force(value))?.toLowerCase();
  if (prefix === undefined) {
    throw filterError(`Invalid value type (${classText(force(value))}) for random_mac (${str(value)})`);
  }
  const parts = prefix.split(':');
  if (parts.length > 5) {
    throw filterError(`Invalid value (${prefix}) for random_mac: 5 colon(:) separated items max`);
  }
  const faults = parts.flatMap((part) => {
    if (part === '') return ['empty item'];
    return /^[a-f0-9]{2}/.test(part) ? [] : [`${part} not hexa byte`];
  });
  if (faults.length > 0) throw filterError(`Invalid value (${prefix}) for random_mac: ${faults.join(',')}`);
  const draw = (bits: RandomBits): string => (0x1000000000n + randomBelow(bits, 0xf000000000n)).toString(16);
  const digits =
    force(seed) === null
      ? str(env.memory.once(`random_mac ${prefix}`, () => draw(systemRandom(env.randomBytes))))
      : draw(seededRandom(force(seed)));
  return prefix + digits.slice(0, 2 * (6 - parts.length)).replace(/../g, ':$&');
}

function normalize(value: Value, form: string): Value {
  const text = asText(value);
  if (text === undefined) throw filterTypeError(`${classText(value)} is not a valid input type`);
  if (!NORMAL_FORMS.includes(form)) throw filterError(`${form} is not a valid form`);
  return text.normalize(form);
}

function versionSort(_env: unknown, value: Value, reverse: Value = false): Value {
  const sorted = toList(force(value)).sort((a, b) => compareLoose(str(a), str(b)));
  // Python keeps the order of equal items also when it sorts backwards.
  return isTrue(reverse) ? toList(force(value)).sort((a, b) => compareLoose(str(b), str(a))) : sorted;
}
