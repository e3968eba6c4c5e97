/** Python's `'…{}…'.format(…)`. */

import type { Value } from '../../base/value.ts';
import { chained, pythonError, typeError, valueError } from './error.ts';
import { type FormatField, readField, readPath } from './format-field.ts';
import { formatWithSpec } from './format-spec.ts';
import { isHtml } from './markup-text.ts';
import { toAscii } from './percent-format.ts';
import { repr, str } from './repr.ts';
import { LazyList, PySet, Undefined } from './special.ts';
import { asText, force, isMapping, lengthOrUndefined, typeName } from './values.ts';

/** What replacement fields can name, and how `{0.name}` and `{0[key]}` read on. */
export type FormatArguments = {
  /** Undefined for `format_map`, which takes fields with names only. */
  readonly args: readonly Value[] | undefined;
  /** A dict, or what `format_map` got. */
  readonly kwargs: Value;
  readonly attributeOf: (value: Value, name: string) => Value | undefined;
  readonly itemOf: (value: Value, key: Value) => Value | undefined;
};

type Fields = FormatArguments & { next: number; numbering: 'automatic' | 'manual' | undefined };

/** `text.format(*args, **kwargs)`. */
export function formatFields(text: string, given: FormatArguments): string {
  return expand(text, { ...given, next: 0, numbering: undefined }, 2);
}

function expand(text: string, fields: Fields, depth: number): string {
  if (depth === 0) throw valueError('Max string recursion exceeded');
  let result = '';
  let index = 0;
  while (index < text.length) {
    const character = text[index] ?? '';
    if (character === '{' || character === '}') {
      if (text[index + 1] === character) {
        result += character;
        index += 2;
        continue;
      }
      if (character === '}') throw valueError("Single '}' encountered in format string");
      const field = readField(text, index);
      result += formatField(field, fields, depth);
      index = field.end;
      continue;
    }
    result += character;
    index++;
  }
  return result;
}

function formatField(field: FormatField, fields: Fields, depth: number): string {
  const { name, conversion, spec } = field;
  const value = lookUp(name, fields);
  const settled = conversion === undefined ? value : convert(value, conversion);
  return formatWithSpec(settled, spec.includes('{') ? expand(spec, fields, depth - 1) : spec);
}

function convert(value: Value, conversion: string): Value {
  if (conversion === 's') return str(value);
  if (conversion === 'r') return repr(value);
  if (conversion === 'a') return toAscii(repr(value));
  throw valueError(`Unknown conversion specifier ${conversion}`);
}

function lookUp(name: string, fields: Fields): Value {
  const { first, steps } = readPath(name);
  let value = argument(first, fields);
  for (const { kind, key } of steps) {
    value = kind === 'item' ? readItem(value, key, fields) : readAttribute(value, key, fields);
  }
  return value;
}

function argument(name: string, fields: Fields): Value {
  const { args, kwargs } = fields;
  if (name === '' || /^\d+$/.test(name)) {
    if (args === undefined) throw valueError('Format string contains positional fields');
    checkNumbering(name === '' ? 'automatic' : 'manual', fields);
    const index = name === '' ? fields.next++ : Number(name);
    const value = args[index];
    if (value === undefined) {
      throw pythonError('IndexError', `Replacement index ${index} out of range for positional args tuple`);
    }
    return force(value);
  }
  return force(readKey(kwargs, name, fields));
}

function checkNumbering(numbering: 'automatic' | 'manual', fields: Fields): void {
  fields.numbering ??= numbering;
  if (fields.numbering === numbering) return;
  throw valueError(
    numbering === 'automatic'
      ? 'cannot switch from manual field specification to automatic field numbering'
      : 'cannot switch from automatic field numbering to manual field specification',
  );
}

function readAttribute(value: Value, name: string, fields: Fields): Value {
  if (value instanceof Undefined) return chained(value);
  const attribute = fields.attributeOf(value, name);
  if (attribute !== undefined) return attribute;
  throw pythonError('AttributeError', `'${typeName(value)}' object has no attribute ${repr(name)}`);
}

function isView(value: Value): boolean {
  return value instanceof LazyList && value.typeName !== 'range';
}

function readItem(value: Value, key: string, fields: Fields): Value {
  return readKey(value, /^\d+$/.test(key) ? Number(key) : key, fields);
}

function readKey(value: Value, index: number | string, fields: Fields): Value {
  if (value instanceof Undefined) return chained(value);
  const item = fields.itemOf(value, index);
  if (item !== undefined) return item;
  if (isMapping(value)) throw pythonError('KeyError', repr(index));
  const size = lengthOrUndefined(value);
  if (size === undefined || value instanceof PySet || isView(value)) {
    throw typeError(`'${typeName(value)}' object is not subscriptable`);
  }
  const kind = asText(value) === undefined ? (KINDS.get(typeName(value)) ?? typeName(value)) : 'string';
  if (typeof index === 'number') {
    const shown = kind === 'byte' ? '' : kind === 'range' ? 'range object ' : `${kind} `;
    throw pythonError('IndexError', `${shown}index out of range`);
  }
  if (kind === 'string')
    throw typeError(`string indices must be integers, not '${isHtml(value) ? 'Markup' : 'str'}'`);
  throw typeError(`${kind} indices must be integers or slices, not str`);
}

/** Classes that messages about indices name otherwise. */
const KINDS = new Map([
  ['bytes', 'byte'],
  ['_GroupTuple', 'tuple'],
]);
