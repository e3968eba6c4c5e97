/** Ansible's `comment` filter: a text as a comment of some language. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { attributeError } from '../filter-error.ts';
import { operate } from '../python/arithmetic.ts';
import { equals } from '../python/comparison.ts';
import { dictKey } from '../python/dict-key.ts';
import { pythonError, typeError } from '../python/error.ts';
import { intArgument } from '../python/method.ts';
import { toInt } from '../python/number.ts';
import { repr, str } from '../python/repr.ts';
import { asText, force, isTrue, typeName } from '../python/values.ts';
import { stripEnd } from '../python/whitespace.ts';

/** The filter. */
export const commentFilters: readonly Builtin[] = [
  { name: 'comment', signature: "style='plain', **kwargs", call: comment },
];

const STYLES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['plain', new Map([['decoration', '# ']])],
  ['erlang', new Map([['decoration', '% ']])],
  ['c', new Map([['decoration', '// ']])],
  [
    'cblock',
    new Map([
      ['beginning', '/*'],
      ['decoration', ' * '],
      ['end', ' */'],
    ]),
  ],
  [
    'xml',
    new Map([
      ['beginning', '<!--'],
      ['decoration', ' - '],
      ['end', '-->'],
    ]),
  ],
]);

function comment(_env: unknown, value: Value, style: Value = 'plain', kwargs: Value = null): Value {
  const preset = STYLES.get(str(dictKey(force(style))));
  if (preset === undefined) throw pythonError('KeyError', repr(style));
  const given = kwargs instanceof Map ? kwargs : new Map<Value, Value>();
  const option = (name: string, fallback: Value): Value => {
    const own = given.get(name);
    return force(own === undefined ? (preset.get(name) ?? fallback) : own);
  };
  const decoration = textOr(option('decoration', ''), (other) => attributeError(other, 'rstrip'));
  const bare = stripEnd(decoration);
  const text = textOr(value, (other) => attributeError(other, 'replace'));
  const newline = textOr(option('newline', '\n'), notReplaced);
  const line = (part: Value, count: Value): string => {
    if (!isTrue(part)) return '';
    return str(operate('*', (equals(part, newline) ? '' : str(part)) + newline, count));
  };
  const end = option('end', '');
  const body = (decoration + text.replaceAll(newline, newline + decoration)).replaceAll(
    decoration + newline,
    bare + newline,
  );
  const postfixes = intArgument(option('postfix_count', 1));
  const postfix = postfixes > 0 ? newline + textOr(option('postfix', bare), notJoined) : '';
  return [
    isTrue(option('beginning', '')) ? str(option('beginning', '')) + newline : '',
    line(option('prefix', bare), toInt(option('prefix_count', 1))),
    body,
    str(operate('*', postfix, postfixes)),
    isTrue(end) ? newline + str(end) : '',
  ].join('');
}

function textOr(value: Value, error: (other: Value) => Error): string {
  const text = asText(force(value));
  if (text === undefined) throw error(value);
  return text;
}

function notReplaced(value: Value): Error {
  return typeError(`replace() argument 1 must be str, not ${value === null ? 'None' : typeName(value)}`);
}

function notJoined(value: Value): Error {
  return typeError(`sequence item 1: expected str instance, ${typeName(value)} found`);
}
