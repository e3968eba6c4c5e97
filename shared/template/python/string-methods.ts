/** The methods of Python's str. */

import type { Value } from '../../base/value.ts';
import { checkText, checkTextSize } from './arithmetic.ts';
import { encodeText } from './codec.ts';
import { typeError, valueError } from './error.ts';
import { intArgument, type MethodTable, methodTable, rangeArguments, textArgument } from './method.ts';
import { PyBytes, PyTuple } from './special.ts';
import { translateText, translationOf } from './translate-text.ts';
import {
  asSequence,
  asText,
  characters,
  force,
  iterate,
  iterateOrUndefined,
  textLength,
  typeName,
} from './values.ts';
import {
  isBlank,
  keepLineEnds,
  splitLastWords,
  splitLines,
  splitWords,
  stripEnd,
  stripStart,
} from './whitespace.ts';

const NOT_ASCII = /[^ -~\p{Cc}]|[\u0080-\u009f]/u;

/** By name; places and widths are counted in code points. */
export const stringMethods: MethodTable<string> = methodTable<string>([
  ['capitalize', '', (self) => capitalize(self)],
  ['casefold', '', (self) => foldCase(self)],
  ['center', "width, fillchar=' '", (self, width, fill) => justify(self, width, fill, 'center')],
  [
    'count',
    'sub, start=None, end=None',
    (self, sub, start, end) => count(self, sub, start, end),
    'searching',
  ],
  [
    'encode',
    "encoding='utf-8', errors='strict'",
    (self, encoding, errors) =>
      new PyBytes(
        encodeText(
          self,
          textArgument(encoding, "encode() argument 'encoding'"),
          textArgument(errors, "encode() argument 'errors'"),
        ),
      ),
    'named',
  ],
  [
    'endswith',
    'suffix, start=None, end=None',
    (self, suffix, start, end) => {
      const part = slicePart(self, start, end);
      return hasAffix(suffix, 'endswith', (affix) => part?.endsWith(affix) === true);
    },
    'searching',
  ],
  ['expandtabs', 'tabsize=8', (self, size) => expandTabs(self, intArgument(size, 'int')), 'named'],
  [
    'find',
    'sub, start=None, end=None',
    (self, sub, start, end) => find(self, sub, start, end, false),
    'searching',
  ],
  [
    'index',
    'sub, start=None, end=None',
    (self, sub, start, end) => found(find(self, sub, start, end, false)),
    'searching',
  ],
  ['isalnum', '', (self) => /^[\p{L}\p{N}]+$/u.test(self)],
  ['isalpha', '', (self) => /^\p{L}+$/u.test(self)],
  ['isascii', '', (self) => !NOT_ASCII.test(self)],
  ['isdecimal', '', (self) => /^\p{Nd}+$/u.test(self)],
  [
    'isdigit',
    '',
    (self) => /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468]+$/u.test(self),
  ],
  ['isidentifier', '', (self) => /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(self)],
  ['islower', '', (self) => /\p{Lowercase}/u.test(self) && !/[\p{Uppercase}\p{Lt}]/u.test(self)],
  ['isnumeric', '', (self) => /^\p{N}+$/u.test(self)],
  ['isprintable', '', (self) => !/[\p{C}\p{Z}]/u.test(self.replaceAll(' ', ''))],
  ['isspace', '', (self) => self !== '' && isBlank(self)],
  ['istitle', '', (self) => /\p{Cased}/u.test(self) && title(self) === self],
  ['isupper', '', (self) => /\p{Uppercase}/u.test(self) && !/[\p{Lowercase}\p{Lt}]/u.test(self)],
  ['join', 'iterable', (self, iterable) => join(self, iterable ?? null)],
  ['ljust', "width, fillchar=' '", (self, width, fill) => justify(self, width, fill, 'left')],
  ['lower', '', (self) => self.toLowerCase()],
  ['lstrip', 'chars=None', (self, chars) => strip(self, chars, true, false)],
  ['maketrans', '*args', (_self, args) => translationOf(asSequence(args ?? null) ?? [])],
  ['partition', 'sep', (self, sep) => partition(self, sep, false)],
  [
    'removeprefix',
    'prefix',
    (self, prefix) => {
      const text = textArgument(prefix, 'removeprefix() argument');
      return self.startsWith(text) ? self.slice(text.length) : self;
    },
  ],
  [
    'removesuffix',
    'suffix',
    (self, suffix) => {
      const text = textArgument(suffix, 'removesuffix() argument');
      return text !== '' && self.endsWith(text) ? self.slice(0, -text.length) : self;
    },
  ],
  [
    'replace',
    'old, new, count=-1',
    (self, old, replacement, times) =>
      replaceText(
        self,
        textArgument(old, 'replace() argument 1'),
        textArgument(replacement, 'replace() argument 2'),
        intArgument(times),
      ),
  ],
  [
    'rfind',
    'sub, start=None, end=None',
    (self, sub, start, end) => find(self, sub, start, end, true),
    'searching',
  ],
  [
    'rindex',
    'sub, start=None, end=None',
    (self, sub, start, end) => found(find(self, sub, start, end, true)),
    'searching',
  ],
  ['rjust', "width, fillchar=' '", (self, width, fill) => justify(self, width, fill, 'right')],
  ['rpartition', 'sep', (self, sep) => partition(self, sep, true)],
  [
    'rsplit',
    'sep=None, maxsplit=-1',
    (self, sep, most) => splitFromRight(self, sep ?? null, intArgument(most)),
    'named',
  ],
  ['rstrip', 'chars=None', (self, chars) => strip(self, chars, false, true)],
  [
    'split',
    'sep=None, maxsplit=-1',
    (self, sep, most) => splitText(self, sep ?? null, intArgument(most)),
    'named',
  ],
  [
    'splitlines',
    'keepends=False',
    (self, keep) => (intArgument(keep, 'int') === 0 ? splitLines(self) : keepLineEnds(self)),
    'named',
  ],
  [
    'startswith',
    'prefix, start=None, end=None',
    (self, prefix, start, end) => {
      const part = slicePart(self, start, end);
      return hasAffix(prefix, 'startswith', (affix) => part?.startsWith(affix) === true);
    },
    'searching',
  ],
  ['strip', 'chars=None', (self, chars) => strip(self, chars, true, true)],
  [
    'swapcase',
    '',
    (self) =>
      self.replace(/\p{Uppercase}|\p{Lowercase}/gu, (letter) =>
        /\p{Lowercase}/u.test(letter) ? letter.toUpperCase() : letter.toLowerCase(),
      ),
  ],
  ['title', '', (self) => title(self)],
  ['translate', 'table', (self, table) => translateText(self, table ?? null)],
  ['upper', '', (self) => self.toUpperCase()],
  ['zfill', 'width', (self, width) => zeroFill(self, intArgument(width))],
]);

/** `text.capitalize()`. */
export function capitalize(text: string): string {
  const [first = ''] = text;
  return titleCase(first) + text.slice(first.length).toLowerCase();
}

/** Letters that stand for two: in upper, title and lower case. */
const PAIRS = 'ǄǅǆǇǈǉǊǋǌǱǲǳ';

/** A character's title case: of what is upper case as several letters, only the first stays so. Georgian has none. */
function titleCase(character: string): string {
  const pair = character === '' ? -1 : PAIRS.indexOf(character);
  if (pair >= 0) return PAIRS[pair - (pair % 3) + 1] ?? character;
  if (/[\u10d0-\u10ff]/.test(character)) return character;
  const [first = '', ...rest] = character.toUpperCase();
  return first + rest.join('').toLowerCase();
}

function title(text: string): string {
  return text.replace(/\p{Cased}+/gu, (word) => capitalize(word));
}

/** `text.center(width, fill)`, and `ljust` and `rjust`, whose texts stand at one side. */
export function justify(
  text: string,
  width: Value | undefined,
  fill: Value | undefined,
  side: 'center' | 'left' | 'right',
): string {
  const total = intArgument(width);
  const character = asText(force(fill ?? null));
  if (character === undefined)
    throw typeError(`The fill character must be a unicode character, not ${typeName(force(fill ?? null))}`);
  if ([...character].length !== 1) throw typeError('The fill character must be exactly one character long');
  const missing = Math.max(0, total - textLength(text));
  checkTextSize(missing);
  const extra = missing % 2 === 1 && total % 2 === 1 ? 1 : 0;
  const left = side === 'left' ? 0 : side === 'right' ? missing : Math.floor(missing / 2) + extra;
  return character.repeat(left) + text + character.repeat(missing - left);
}

function zeroFill(text: string, width: number): string {
  const missing = Math.max(0, width - textLength(text));
  checkTextSize(missing);
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function slicePart(text: string, start: Value | undefined, end: Value | undefined): string | undefined {
  if ((start ?? null) === null && (end ?? null) === null) return text;
  const units = characters(text);
  const [from, to] = rangeArguments(start, end, units.length);
  if (from > to) return undefined;
  return typeof units === 'string' ? units.slice(from, to) : units.slice(from, to).join('');
}

function count(
  text: string,
  sub: Value | undefined,
  start: Value | undefined,
  end: Value | undefined,
): number {
  const within = slicePart(text, start, end);
  const part = textArgument(sub);
  if (within === undefined) return 0;
  return part === '' ? textLength(within) + 1 : within.split(part).length - 1;
}

/** Whether `fits` holds for an affix; those after the first that fits are not looked at. */
function hasAffix(value: Value | undefined, method: string, fits: (affix: string) => boolean): boolean {
  const given = force(value ?? null);
  if (given instanceof PyTuple) return given.items.some((item) => fits(affixText(item, method)));
  const text = asText(given);
  if (text !== undefined) return fits(text);
  throw typeError(`${method} first arg must be str or a tuple of str, not ${typeName(given)}`);
}

function affixText(item: Value, method: string): string {
  const text = asText(force(item));
  if (text !== undefined) return text;
  throw typeError(`tuple for ${method} must only contain str, not ${typeName(force(item))}`);
}

const CHEROKEE = /[\u13a0-\u13ff\uab70-\uabbf]/g;

/** Each character's capital letters made small say what it is folded to; the dotless i stays, and Cherokee has capitals. */
function foldCase(text: string): string {
  const folded = text.replace(/[^ı]/gu, (character) => character.toLowerCase().toUpperCase().toLowerCase());
  return folded.replace(CHEROKEE, (letter) => letter.toUpperCase());
}

function find(
  text: string,
  sub: Value | undefined,
  start: Value | undefined,
  end: Value | undefined,
  isLast: boolean,
): number {
  const units = characters(text);
  const [from, to] = rangeArguments(start, end, units.length);
  const part = textArgument(sub);
  const within = typeof units === 'string' ? units.slice(from, to) : units.slice(from, to).join('');
  const index = isLast ? within.lastIndexOf(part) : within.indexOf(part);
  return index < 0 || from > to ? -1 : from + textLength(within.slice(0, index));
}

function found(index: number): number {
  if (index < 0) throw valueError('substring not found');
  return index;
}

function expandTabs(text: string, size: number): string {
  let column = 0;
  return text.replace(/[\s\S]/gu, (character) => {
    if (character === '\t') {
      const width = size > 0 ? size - (column % size) : 0;
      column += width;
      return ' '.repeat(width);
    }
    column = character === '\n' || character === '\r' ? 0 : column + 1;
    return character;
  });
}

function join(separator: string, iterable: Value): string {
  const parts: string[] = [];
  if (iterateOrUndefined(iterable) === undefined) throw typeError('can only join an iterable');
  for (const item of iterate(iterable)) {
    const text = asText(item);
    if (text === undefined) {
      throw typeError(`sequence item ${parts.length}: expected str instance, ${typeName(item)} found`);
    }
    parts.push(text);
  }
  return checkText(parts.join(separator));
}

/** Removes characters of `chars` (white space when null) from the ends. */
export function strip(text: string, chars: Value | undefined, atStart: boolean, atEnd: boolean): string {
  const given = force(chars ?? null);
  const set = asText(given);
  if (given !== null && set === undefined) {
    throw typeError(`${atStart ? (atEnd ? '' : 'l') : 'r'}strip arg must be None or str`);
  }
  if (set !== undefined) return stripOf(text, new Set(set), [atStart, atEnd]);
  const cut = atEnd ? stripEnd(text) : text;
  return atStart ? stripStart(cut) : cut;
}

function stripOf(
  text: string,
  set: ReadonlySet<string>,
  [atStart, atEnd]: readonly [boolean, boolean],
): string {
  const units = characters(text);
  let start = 0;
  let end = units.length;
  while (atStart && start < end && set.has(units[start] ?? '')) start++;
  while (atEnd && end > start && set.has(units[end - 1] ?? '')) end--;
  return typeof units === 'string' ? units.slice(start, end) : units.slice(start, end).join('');
}

function partition(text: string, separator: Value | undefined, isLast: boolean): PyTuple {
  const part = textArgument(separator);
  if (part === '') throw valueError('empty separator');
  const index = isLast ? text.lastIndexOf(part) : text.indexOf(part);
  if (index < 0) return new PyTuple(isLast ? ['', '', text] : [text, '', '']);
  return new PyTuple([text.slice(0, index), part, text.slice(index + part.length)]);
}

/** `text.replace(old, replacement, times)`; all of them when `times` is negative. */
export function replaceText(text: string, old: string, replacement: string, times: number): string {
  const pieces = old === '' ? ['', ...text, ''] : text.split(old);
  const most = times < 0 ? pieces.length - 1 : Math.min(times, pieces.length - 1);
  checkTextSize(text.length + most * (replacement.length - old.length));
  if (times < 0) return pieces.join(replacement);
  if (most === 0) return text;
  return [...pieces.slice(0, most), pieces.slice(most).join(old)].join(replacement);
}

/** `text.split(separator, most)`; at white space when the separator is null, everywhere when `most` is negative. */
export function splitText(text: string, separator: Value, most: number): string[] {
  if (separator === null) return splitWords(text, most);
  const part = separatorText(separator);
  if (part === '') throw valueError('empty separator');
  const pieces = text.split(part);
  if (most < 0 || pieces.length <= most + 1) return pieces;
  return [...pieces.slice(0, most), pieces.slice(most).join(part)];
}

function separatorText(separator: Value): string {
  const text = asText(force(separator));
  if (text === undefined) throw typeError(`must be str or None, not ${typeName(force(separator))}`);
  return text;
}

function splitFromRight(text: string, separator: Value, most: number): string[] {
  if (most < 0) return splitText(text, separator, -1);
  if (separator === null) return splitLastWords(text, most);
  const part = separatorText(separator);
  if (part === '') throw valueError('empty separator');
  const pieces = text.split(part);
  const kept = Math.max(1, pieces.length - most);
  return [pieces.slice(0, kept).join(part), ...pieces.slice(kept)];
}
