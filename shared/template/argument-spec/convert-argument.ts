/** Turns the values of arguments into the types that argument specs name, as Ansible's type checks do. */

import { formatJson, JsonError, parseJson } from '../../base/json.ts';
import { type Dict, isDict, PyFloat, type Value } from '../../base/value.ts';
import { classText } from '../filter-error.ts';
import { normalizeInt } from '../python/number.ts';
import { repr, str } from '../python/repr.ts';
import { asDict, asText } from '../python/values.ts';

/** Why a value is not of a type. */
export class ArgumentTypeProblem extends Error {}

type Converter = (value: Value) => Value;

const CONVERTERS: Readonly<Record<string, Converter>> = {
  str,
  list: toList,
  dict: toDict,
  bool: toBoolean,
  int: toInteger,
  float: toFloat,
  path: str,
  raw: (value) => value,
  jsonarg: toJson,
  json: toJson,
  bytes: (value) => toBytes(value, 'Byte'),
  bits: (value) => toBytes(value, 'Bit'),
};

/** The value as a `type`; throws {@link ArgumentTypeProblem}. A type that nobody knows takes anything. */
export function convertArgument(value: Value, type: string): Value {
  const convert = Object.hasOwn(CONVERTERS, type) ? CONVERTERS[type] : undefined;
  return convert === undefined ? value : convert(value);
}

function toList(value: Value): Value {
  if (Array.isArray(value)) return value;
  const text = asText(value);
  if (text !== undefined) return text.split(',');
  if (isNumber(value) || typeof value === 'boolean') return [str(value)];
  throw new ArgumentTypeProblem(`${classText(value)} cannot be converted to a list`);
}

function isNumber(value: Value): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat;
}

function toDict(value: Value): Value {
  const dict = asDict(value);
  if (dict !== undefined) return dict;
  const text = asText(value);
  if (text === undefined) throw new ArgumentTypeProblem(`${classText(value)} cannot be converted to a dict`);
  if (text.startsWith('{')) {
    const parsed = parsedJson(text);
    if (parsed === undefined || !isDict(parsed))
      throw new ArgumentTypeProblem('unable to evaluate string as dictionary');
    return parsed;
  }
  if (!text.includes('='))
    throw new ArgumentTypeProblem('dictionary requested, could not parse JSON or key=value');
  return dictOfPairs(text);
}

function parsedJson(text: string): Value | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function dictOfPairs(text: string): Dict {
  const fields = text.match(/(?:[^\s,"']|"[^"]*"|'[^']*')+/g) ?? [];
  return new Map(
    fields.map((field): [Value, Value] => {
      const [name = '', ...rest] = field.split('=');
      return [name, rest.join('=').replace(/^(["'])(.*)\1$/, '$2')];
    }),
  );
}

/** Ansible's words for yes. */
export const TRUE_WORDS: readonly string[] = ['y', 'yes', 'on', '1', 'true', 't'];
/** Ansible's words for no. */
export const FALSE_WORDS: readonly string[] = ['n', 'no', 'off', '0', 'false', 'f'];

function toBoolean(value: Value): Value {
  if (typeof value === 'boolean') return value;
  if (asText(value) === undefined && !isNumber(value))
    throw new ArgumentTypeProblem(`${classText(value)} cannot be converted to a bool`);
  const word = value instanceof PyFloat ? String(value.value) : str(value).toLowerCase().trim();
  if (TRUE_WORDS.includes(word)) return true;
  if (FALSE_WORDS.includes(word)) return false;
  throw new ArgumentTypeProblem(
    `The value '${str(value)}' is not a valid boolean.  Valid booleans include: ${[...TRUE_WORDS, ...FALSE_WORDS].map((each) => repr(each)).join(', ')}`,
  );
}

function toInteger(value: Value): Value {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  const text = asText(value) ?? '';
  if (/^\s*[-+]?\d+(_\d+)*\s*$/.test(text)) {
    return normalizeInt(BigInt(text.trim().replace(/^\+/, '').replaceAll('_', '')));
  }
  throw new ArgumentTypeProblem(`${classText(value)} cannot be converted to an int`);
}

function toFloat(value: Value): Value {
  if (value instanceof PyFloat) return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return new PyFloat(Number(value));
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (Number.isNaN(number))
    throw new ArgumentTypeProblem(`${classText(value)} cannot be converted to a float`);
  return new PyFloat(number);
}

function toJson(value: Value): Value {
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value) || isDict(value)) return formatJson(value);
  throw new ArgumentTypeProblem(`${classText(value)} cannot be converted to a json string`);
}

const UNITS = 'BKMGTPEZY';

function toBytes(value: Value, unit: 'Bit' | 'Byte'): Value {
  const [, number, letter = 'B'] = /^\s*(\d*\.?\d*)\s*([A-Za-z])?/.exec(str(value)) ?? [];
  const power = UNITS.indexOf(letter.toUpperCase());
  if (number === undefined || number === '' || power < 0)
    throw new ArgumentTypeProblem(`${classText(value)} cannot be converted to a ${unit} value`);
  return Math.round(Number(number) * 1024 ** power);
}
