/** Ansible's `comment` filter: a text as a comment of some language. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { pythonError, undefinedError } from '../python/error.ts';
import { indexArgument, toInt } from '../python/number.ts';
import { repr, str } from '../python/repr.ts';
import { Undefined } from '../python/special.ts';
import { asText, force, typeName } from '../python/values.ts';
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
  const text = asText(force(value));
  if (text === undefined) {
    const other = force(value);
    if (other instanceof Undefined) throw undefinedError(other);
    throw pythonError('AttributeError', `'${typeName(force(value))}' object has no attribute 'replace'`);
  }
  const preset = STYLES.get(str(style));
  if (preset === undefined) throw pythonError('KeyError', repr(style));
  const given = kwargs instanceof Map ? kwargs : new Map<Value, Value>();
  const option = (name: string, fallback: string): string => {
    const own = given.get(name);
    return own === undefined ? (preset.get(name) ?? fallback) : str(own);
  };
  const decoration = option('decoration', '');
  const newline = option('newline', '\n');
  const prefix = option('prefix', stripEnd(decoration));
  const postfix = option('postfix', stripEnd(decoration));
  const beginning = option('beginning', '');
  const end = option('end', '');
  const prefixLine = prefix === '' ? '' : prefix === newline ? newline : prefix + newline;
  const body = (decoration + str(force(value)).replaceAll(newline, newline + decoration)).replaceAll(
    decoration + newline,
    stripEnd(decoration) + newline,
  );
  const postfixCount = Math.max(0, indexArgument(given.get('postfix_count') ?? 1));
  return [
    beginning === '' ? '' : beginning + newline,
    prefixLine.repeat(Math.max(0, Number(toInt(given.get('prefix_count') ?? 1)))),
    body,
    (newline + postfix).repeat(postfixCount),
    end === '' ? '' : newline + end,
  ].join('');
}
