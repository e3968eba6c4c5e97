/** Jinja2's filters over texts: case, width, indentation, replacement. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { attributeError, filterArgumentError } from '../filter-error.ts';
import { operate } from '../python/arithmetic.ts';
import { isOrdered } from '../python/comparison.ts';
import { pythonError, typeError } from '../python/error.ts';
import { escapeHtml, formatMarkup, isHtml } from '../python/markup-text.ts';
import { intArgument } from '../python/method.ts';
import { numberOrUndefined } from '../python/number.ts';
import { formatPercent } from '../python/percent-format.ts';
import { repr, str } from '../python/repr.ts';
import { Markup, PyBytes, PyTuple } from '../python/special.ts';
import { capitalize, justify, replaceText, splitText, strip } from '../python/string-methods.ts';
import { asText, characters, force, isTrue, length, typeName } from '../python/values.ts';
import { SPACE_CLASS, splitLines } from '../python/whitespace.ts';
import { unrolled } from './sequence.ts';
import { wrapText } from './text-wrap.ts';

/** Text filters. */
export const textFilters: readonly Builtin[] = [
  { name: 'upper', signature: '', call: (_env, value) => mapText(value, (text) => text.toUpperCase()) },
  { name: 'lower', signature: '', call: (_env, value) => mapText(value, (text) => text.toLowerCase()) },
  { name: 'capitalize', signature: '', call: (_env, value) => mapText(value, capitalize) },
  { name: 'title', signature: '', call: (_env, value) => title(str(value)) },
  { name: 'trim', signature: 'chars=None', call: (_env, value, chars = null) => trim(value, chars) },
  {
    name: 'center',
    signature: 'width=80',
    call: (_env, value, width = 80) => mapText(value, (text) => justify(text, width, ' ', 'center')),
  },
  { name: 'replace', signature: 'old, new, count=None', call: replace },
  { name: 'indent', signature: 'width=4, first=False, blank=False', call: indent },
  { name: 'truncate', signature: "length=255, killwords=False, end='...', leeway=None", call: truncate },
  {
    name: 'wordwrap',
    signature: 'width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True',
    call: wordwrap,
  },
  { name: 'wordcount', signature: '', call: (_env, value) => str(value).match(WORD)?.length ?? 0 },
  { name: 'format', signature: '*args, **kwargs', call: format },
  { name: 'string', signature: '', call: (_env, value) => toText(value) },
  { name: 'split', signature: 'sep=None, maxsplit=-1', call: split },
];

const WORD = /[\p{L}\p{N}_]+/gu;

/** Jinja2's `soft_str`: escaped text stays escaped text. */
function toText(value: Value): Value {
  const settled = force(value);
  return isHtml(settled) ? settled : str(settled);
}

/** Applies `change` to the text of a value and keeps what is escaped marked so. */
function mapText(value: Value, change: (text: string) => string): Value {
  const settled = force(value);
  if (isHtml(settled)) return new Markup(change(settled.text));
  return change(str(settled));
}

const WORD_BEGINNING = new RegExp(`([-${SPACE_CLASS}({[<]+)`);

function title(text: string): string {
  return text
    .split(WORD_BEGINNING)
    .map(([first = '', ...rest]) => first.toUpperCase() + rest.join('').toLowerCase())
    .join('');
}

function trim(value: Value, chars: Value): Value {
  return mapText(value, (text) => strip(text, chars, true, true));
}

function requireText(value: Value, message: string): string {
  const text = asText(force(value));
  if (text === undefined) throw typeError(message);
  return text;
}

function replace(_env: unknown, value: Value, old: Value = '', next: Value = '', count: Value = null): Value {
  const [text, sought, put] = [str(value), str(old), str(next)];
  return replaceText(text, sought, put, count === null ? -1 : intArgument(count));
}

function indent(
  _env: unknown,
  value: Value,
  width: Value = 4,
  first: Value = false,
  blank: Value = false,
): Value {
  const prefix = asText(force(width)) ?? str(operate('*', ' ', width));
  const text = asText(force(value));
  if (text === undefined) throw notAddable(value);
  const lines = splitLines(`${text}\n`);
  const indentRest = (line: string): string => (line === '' && !isTrue(blank) ? line : prefix + line);
  const done = lines.map((line, index) => (index === 0 ? line : indentRest(line))).join('\n');
  const whole = isTrue(first) ? prefix + done : done;
  return isHtml(force(value)) ? new Markup(whole) : whole;
}

function notAddable(value: Value): Error {
  str(value);
  const name = typeName(value);
  if (name === 'list') return attributeError(value, 'splitlines');
  if (name === 'bytes') return typeError("can't concat str to bytes");
  if (name === 'tuple') return typeError('can only concatenate tuple (not "str") to tuple');
  return typeError(`unsupported operand type(s) for +=: '${name}' and 'str'`);
}

function truncate(
  _env: unknown,
  value: Value,
  most: Value = 255,
  killwords: Value = false,
  end: Value = '...',
  leeway: Value = null,
): Value {
  const tailLength = length(force(end));
  if (!isOrdered('>=', most, tailLength))
    throw pythonError('AssertionError', `expected length >= ${tailLength}, got ${str(most)}`);
  const slack = leeway ?? 5;
  if (!isOrdered('>=', slack, 0))
    throw pythonError('AssertionError', `expected leeway >= 0, got ${str(slack)}`);
  if (isOrdered('<=', length(force(value)), operate('+', most, slack))) return unrolled(value);
  const limit = intArgument(most);
  const tail = requireText(end, `can only concatenate str (not "${typeName(force(end))}") to str`);
  const text = requireText(value, 'can only concatenate list (not "str") to list');
  const units = characters(text);
  const kept = [...units].slice(0, limit - tailLength).join('');
  if (isTrue(killwords)) return kept + tail;
  const space = kept.lastIndexOf(' ');
  return (space < 0 ? kept : kept.slice(0, space)) + tail;
}

function wordwrap(
  _env: unknown,
  value: Value,
  width: Value = 79,
  breakLongWords: Value = true,
  wrapstring: Value = null,
  breakOnHyphens: Value = true,
): Value {
  const separator = wrapstring === null ? '\n' : asText(force(wrapstring));
  if (separator === undefined) throw attributeError(wrapstring, 'join');
  const settled = force(value);
  const text = settled instanceof PyBytes && settled.bytes.length === 0 ? '' : asText(settled);
  if (text === undefined) throw attributeError(settled, 'splitlines');
  if (text !== '' && isOrdered('<=', width, 0))
    throw pythonError('ValueError', `invalid width ${repr(width)} (must be > 0)`);
  const options = {
    width: numberOrUndefined(force(width)) ?? intArgument(width),
    breakLongWords: isTrue(breakLongWords),
    breakOnHyphens: isTrue(breakOnHyphens),
  };
  const lines = splitLines(text);
  if (!isHtml(force(wrapstring)))
    return lines.map((line) => wrapText(line, options).join(separator)).join(separator);
  const escaped = lines.map((line) => wrapText(line, options).map(escapeHtml).join(separator));
  return new Markup(escaped.join(separator));
}

function format(_env: unknown, value: Value, args: Value = [], kwargs: Value = null): Value {
  const positional = Array.isArray(args) ? args : [];
  const named = kwargs instanceof Map && kwargs.size > 0 ? kwargs : undefined;
  if (named !== undefined && positional.length > 0) {
    throw filterArgumentError("can't handle positional and keyword arguments at the same time");
  }
  const given = named ?? new PyTuple(positional);
  return isHtml(value) ? formatMarkup(value.text, given) : formatPercent(str(value), given);
}

function split(_env: unknown, value: Value, sep: Value = null, maxsplit: Value = -1): Value {
  const settled = force(value);
  const text = asText(settled);
  if (text === undefined) {
    const name = typeName(settled);
    throw typeError(`descriptor 'split' for 'str' objects doesn't apply to a '${name}' object`);
  }
  return splitText(text, force(sep), intArgument(maxsplit));
}
