/** Ansible's regular expression filters. */

import type { Value } from '../../base/value.ts';
import { countItems } from '../budget.ts';
import type { Builtin } from '../builtin.ts';
import { attributeError, filterError } from '../filter-error.ts';
import { dictKey } from '../python/dict-key.ts';
import { pythonError, typeError, undefinedError } from '../python/error.ts';
import {
  compilePattern,
  escapePattern,
  findAll,
  groupNumber,
  type Match,
  type Pattern,
  searchPattern,
  substitute,
} from '../python/regex.ts';
import { str } from '../python/repr.ts';
import { PyBytes, PyTuple, Undefined } from '../python/special.ts';
import { asText, force, isTrue, typeName } from '../python/values.ts';

/** Regular expression filters. */
export const regexFilters: readonly Builtin[] = [
  {
    name: 'regex_replace',
    signature: "pattern='', replacement='', ignorecase=False, multiline=False",
    call: regexReplace,
  },
  { name: 'regex_findall', signature: 'regex, multiline=False, ignorecase=False', call: regexFindall },
  { name: 'regex_search', signature: 'regex, *args, **kwargs', call: regexSearch },
  { name: 'regex_escape', signature: "re_type='python'", call: regexEscape },
];

/** The text that a pattern is looked for in; bytes are taken for UTF-8. */
function subject(value: Value): string {
  const given = force(value);
  return given instanceof PyBytes ? Buffer.from(given.bytes).toString('utf8') : str(given);
}

/** Compiles a pattern that a template gave, with Ansible's two flags. */
export function patternOf(pattern: Value, ignorecase: Value, multiline: Value): Pattern {
  const settled = force(pattern);
  if (settled instanceof Undefined) throw undefinedError(settled);
  const text = asText(settled);
  if (settled instanceof PyBytes) throw typeError('cannot use a bytes pattern on a string-like object');
  if (text === undefined) dictKey(settled);
  if (text === undefined) throw typeError('first argument must be string or compiled pattern');
  return compilePattern(text, { ignoreCase: isTrue(ignorecase), multiline: isTrue(multiline) });
}

function regexReplace(
  _env: unknown,
  value: Value,
  pattern: Value = '',
  replacement: Value = '',
  ignorecase: Value = false,
  multiline: Value = false,
): Value {
  const text = subject(value);
  const compiled = patternOf(pattern, ignorecase, multiline);
  const put = asText(force(replacement));
  if (put === undefined)
    throw typeError(`decoding to str: need a bytes-like object, ${typeName(force(replacement))} found`);
  return substitute(compiled, put, text);
}

function regexFindall(
  _env: unknown,
  value: Value,
  regex: Value = '',
  multiline: Value = false,
  ignorecase: Value = false,
): Value {
  const text = subject(value);
  return findAll(patternOf(regex, ignorecase, multiline), text).map(({ groups }) => {
    if (groups.length === 1) return groups[0] ?? '';
    if (groups.length === 2) return groups[1] ?? '';
    countItems(groups.length);
    return new PyTuple(groups.slice(1).map((group) => group ?? ''));
  });
}

function regexSearch(
  _env: unknown,
  value: Value,
  regex: Value = '',
  args: Value = [],
  kwargs: Value = null,
): Value {
  const text = subject(value);
  const wanted = (Array.isArray(args) ? args : []).map(groupArgument);
  const options = kwargs instanceof Map ? kwargs : new Map<Value, Value>();
  const pattern = patternOf(regex, options.get('ignorecase') ?? false, options.get('multiline') ?? false);
  const match = searchPattern(pattern, text);
  if (match === undefined) return null;
  if (wanted.length === 0) return match.groups[0] ?? '';
  return wanted.map((group) => groupOf(match, pattern, group));
}

function groupArgument(argument: Value): string | number {
  const given = force(argument);
  const text = asText(given);
  if (given instanceof PyBytes)
    throw typeError('startswith first arg must be bytes or a tuple of bytes, not str');
  if (text === undefined) throw attributeError(given, 'startswith');
  if (text.startsWith('\\g')) {
    const name = /^\\g<(\S+)>/.exec(text)?.[1];
    if (name === undefined) {
      throw pythonError('AttributeError', "'NoneType' object has no attribute 'group'");
    }
    return name;
  }
  if (!text.startsWith('\\')) throw filterError('Unknown argument');
  const number = /^\\(\d+)/.exec(text)?.[1];
  if (number === undefined) {
    throw pythonError('AttributeError', "'NoneType' object has no attribute 'group'");
  }
  return Number(number);
}

function groupOf(match: Match, pattern: Pattern, group: string | number): Value {
  const number = groupNumber(pattern, group);
  if (number === undefined) throw pythonError('IndexError', 'no such group');
  return match.groups[number] ?? null;
}

function regexEscape(_env: unknown, value: Value, type: Value = 'python'): Value {
  const text = subject(value);
  const kind = str(type);
  if (kind === 'python') return escapePattern(text);
  if (kind === 'posix_basic') return text.replace(/[\].[^$*\\]/g, '\\$&');
  if (kind === 'posix_extended') throw filterError(`Regex type (${kind}) not yet implemented`);
  throw filterError(`Invalid regex type (${kind})`);
}
