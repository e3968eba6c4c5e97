/** Filters of the collection ansible.netcommon about passwords of switches and lists of VLANs. */

import { limits } from '../../base/limits.ts';
import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { filterError } from '../filter-error.ts';
import { compare, isOrdered } from '../python/comparison.ts';
import { toSet } from '../python/dict-key.ts';
import { pythonError } from '../python/error.ts';
import { toInt } from '../python/number.ts';
import { systemRandom } from '../python/random.ts';
import { str } from '../python/repr.ts';
import { asText, checkSize, force, iterate, typeName } from '../python/values.ts';
import { hashPassword, randomText } from './password.ts';

const SALT_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./';
const SALT_LENGTH = 4;
const VLAN_MAX = 4094;

/** The filters. */
export const netcommonFilters: readonly Builtin[] = [
  {
    name: 'type5_pw',
    signature: 'salt=None',
    call: (env, value, salt = null) => type5Password(env, force(value), force(salt)),
  },
  { name: 'hash_salt', signature: '', call: (_env, value) => saltOf(force(value)) },
  {
    name: 'comp_type5',
    signature: 'encrypted_password, return_original=False',
    call: (env, value, encrypted = null, isReturned = false) => {
      const known = force(encrypted);
      const isSame = type5Password(env, force(value), saltOf(known)) === asText(known);
      return isSame && force(isReturned) === true ? known : isSame;
    },
  },
  { name: 'vlan_expander', signature: '', call: (_env, value) => expandVlans(force(value)) },
  {
    name: 'vlan_parser',
    signature: 'first_line_len=48, other_line_len=44',
    call: (_env, value, first = 0, others = 0) => listVlans(force(value), [first, others].map(force)),
  },
];

function type5Password(env: Environment, password: Value, given: Value): string {
  const text = asText(password);
  if (text === undefined) {
    throw filterError(
      `type5_pw password input should be a string, but was given a input of ${typeName(password)}`,
    );
  }
  const salt = given === null ? '' : asText(given);
  if (salt === undefined) {
    throw filterError(`type5_pw salt input should be a string, but was given a input of ${typeName(given)}`);
  }
  if ([...salt].some((character) => !SALT_CHARACTERS.includes(character))) {
    throw filterError(`type5_pw salt used inproper characters, must be one of ${SALT_CHARACTERS}`);
  }
  const draw = (): Value => randomText(systemRandom(env.randomBytes), SALT_CHARACTERS, SALT_LENGTH);
  const used = salt === '' ? str(env.memory.once('type5_pw', draw)) : salt;
  return hashPassword(text, { scheme: 'md5_crypt', salt: used }, env);
}

function saltOf(password: Value): string {
  const text = asText(password);
  if (text === undefined) {
    throw pythonError('AttributeError', `'${typeName(password)}' object has no attribute 'split'`);
  }
  const parts = text.split('$');
  if (parts.length !== 4) throw filterError(`Could not parse salt out password correctly from ${text}`);
  return parts[2] ?? '';
}

function expandVlans(value: Value): Value {
  const text = asText(value);
  if (text === undefined) {
    throw pythonError('AttributeError', `'${typeName(value)}' object has no attribute 'split'`);
  }
  const numbers = text.split(',').flatMap((part) => {
    if (!part.includes('-')) return [Number(toInt(part))];
    const bounds = part.split('-').map((bound) => Number(toInt(bound)));
    const [first = 0, last = 0] = bounds;
    if (bounds.length > 2) throw pythonError('ValueError', 'too many values to unpack (expected 2)');
    const length = Math.max(0, last - first + 1);
    checkSize(length, limits.templateItemsMax);
    return Array.from({ length }, (_, index) => first + index);
  });
  return numbers.sort((a, b) => a - b);
}

/** As switches write it: ranges of three and more with a dash, in lines of bounded length. */
function listVlans(value: Value, [first = 0, others = 0]: readonly Value[]): Value {
  const sorted = [...toSet(iterate(value)).items].sort(compare);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) throw pythonError('IndexError', 'list index out of range');
  if (isOrdered('<', least, 1) || isOrdered('>', most, VLAN_MAX)) {
    throw filterError(`Valid VLAN range is 1-${VLAN_MAX}`);
  }
  const lines = [''];
  for (const part of rangesOf(sorted.map(Number))) {
    const limit = Number(lines.length === 1 ? first : others);
    const line = lines.at(-1) ?? '';
    if (line.length + part.length > limit) lines.push(`${part},`);
    else lines[lines.length - 1] = `${line}${part},`;
  }
  const cut = lines.map((line) => line.replace(/,+$/, ''));
  const empty = cut.indexOf('');
  return empty < 0 ? cut : cut.toSpliced(empty, 1);
}

function rangesOf(sorted: readonly number[]): string[] {
  const runs: { first: number; last: number }[] = [];
  for (const number of sorted) {
    const run = runs.at(-1);
    if (run !== undefined && number - run.last === 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  return runs.flatMap(({ first, last }) => {
    if (last - first > 1) return [`${first}-${last}`];
    return first === last ? [`${first}`] : [`${first}`, `${last}`];
  });
}
