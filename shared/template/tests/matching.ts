/** Ansible's tests over texts, lists and truth: match, search, contains, subset, truthy, uri and their kin. */

import { PyFloat, type Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { attributeName } from '../filters/data.ts';
import { patternOf } from '../filters/regex.ts';
import { decodeText } from '../python/codec.ts';
import { contains, isSubset } from '../python/comparison.ts';
import { toSet } from '../python/dict-key.ts';
import { typeError, undefinedError } from '../python/error.ts';
import { numberOrUndefined } from '../python/number.ts';
import { fullMatchPattern, matchPattern, searchPattern } from '../python/regex.ts';
import { str } from '../python/repr.ts';
import { PyBytes, Undefined, Vaulted } from '../python/special.ts';
import { splitUrl } from '../python/url.ts';
import { asText, force, isTrue, iterate, toList } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';

const REGEX_SIGNATURE = "pattern='', ignorecase=False, multiline=False";

function subsetTest(name: string, isReversed: boolean): Builtin {
  return {
    name,
    signature: 'b',
    call: (_env, a, b = []) => {
      const left = toSet(iterate(force(a)));
      const right = toSet(iterate(force(b)));
      return isReversed ? isSubset(right, left) : isSubset(left, right);
    },
  };
}

/** Matching tests. */
export const matchingTests: readonly Builtin[] = [
  {
    name: 'match',
    signature: REGEX_SIGNATURE,
    call: (_env, value, ...args) => regexTest(value, args, 'match'),
  },
  {
    name: 'search',
    signature: REGEX_SIGNATURE,
    call: (_env, value, ...args) => regexTest(value, args, 'search'),
  },
  {
    name: 'regex',
    signature: `${REGEX_SIGNATURE}, match_type='search'`,
    call: (_env, value, pattern = '', ignorecase = false, multiline = false, type = 'search') =>
      regexTest(value, [pattern, ignorecase, multiline], attributeName(force(type))),
  },
  {
    name: 'contains',
    signature: 'value',
    call: (_env, seq, value = null) => contains(force(seq), force(value)),
  },
  subsetTest('subset', false),
  subsetTest('issubset', false),
  subsetTest('superset', true),
  subsetTest('issuperset', true),
  {
    name: 'any',
    signature: '',
    call: (_env, value) => toList(force(value)).some((item) => isTrue(force(item))),
  },
  {
    name: 'all',
    signature: '',
    call: (_env, value) => toList(force(value)).every((item) => isTrue(force(item))),
  },
  {
    name: 'truthy',
    signature: 'convert_bool=False',
    call: (_env, value, convert = false) => truthy(value, convert),
  },
  {
    name: 'falsy',
    signature: 'convert_bool=False',
    call: (_env, value, convert = false) => !truthy(value, convert),
  },
  { name: 'nan', signature: '', call: (_env, value) => isNotANumber(force(value)) },
  { name: 'isnan', signature: '', call: (_env, value) => isNotANumber(force(value)) },
  { name: 'vault_encrypted', signature: '', call: (_env, value) => isVaulted(force(value)) },
  { name: 'uri', signature: 'schemes=None', call: (_env, value, schemes = null) => isUri(value, schemes) },
  { name: 'url', signature: 'schemes=None', call: (_env, value, schemes = null) => isUrl(value, schemes) },
  { name: 'urn', signature: '', call: (_env, value) => isUri(value, ['urn']) },
];

/** Methods of a pattern that find what `search` finds; other names are taken for texts. */
const SEARCHES: ReadonlySet<string> = new Set(['search', 'findall']);

function regexTest(value: Value, args: readonly Value[], type: string): boolean {
  const settled = force(value);
  const text = settled instanceof PyBytes ? decodeText(settled.bytes, 'utf-8') : str(settled);
  const [pattern = '', ignorecase = false, multiline = false] = args;
  const compiled = patternOf(pattern, ignorecase, multiline);
  if (type === 'match') return matchPattern(compiled, text) !== undefined;
  if (type === 'fullmatch') return fullMatchPattern(compiled, text) !== undefined;
  if (!SEARCHES.has(type)) throw typeError("'str' object is not callable");
  return searchPattern(compiled, text) !== undefined;
}

const TRUE_WORDS: ReadonlySet<string> = new Set(['y', 'yes', 'on', '1', 'true', 't']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['n', 'no', 'off', '0', 'false', 'f']);

function truthy(value: Value, convertBool: Value): boolean {
  const settled = force(value);
  if (!isTrue(convertBool)) return isTrue(settled);
  const word = asText(settled)?.toLowerCase().trim();
  if (word !== undefined && TRUE_WORDS.has(word)) return true;
  if (word !== undefined && FALSE_WORDS.has(word)) return false;
  return isTrue(settled);
}

function isNotANumber(value: Value): boolean {
  if (value instanceof Undefined) throw undefinedError(value);
  return value instanceof PyFloat && Number.isNaN(numberOrUndefined(value));
}

function isUri(value: Value, schemes: Value): boolean {
  const settled = force(value);
  const text = asText(settled);
  if (text === undefined) return !isTrue(schemes) && isUriOfBytes(settled);
  try {
    return !isTrue(force(schemes)) || contains(force(schemes), splitUrl(text).scheme);
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}

/** Python takes what is false for empty bytes, and reads bytes as ASCII. */
function isUriOfBytes(value: Value): boolean {
  if (value instanceof PyBytes) return value.bytes.every((byte) => byte < 128);
  return !((value instanceof Undefined && !value.isLenient) || isTrue(value));
}

function isUrl(value: Value, schemes: Value): boolean {
  const text = asText(force(value));
  if (text === undefined || !isUri(text, schemes)) return false;
  try {
    const { netloc, scheme } = splitUrl(text);
    return netloc !== '' || scheme === 'file';
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}

function isVaulted(value: Value): boolean {
  if (value instanceof Undefined && !value.isLenient) throw undefinedError(value);
  return value instanceof Vaulted;
}
