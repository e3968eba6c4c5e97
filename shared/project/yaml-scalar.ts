/** What a plain YAML scalar means under YAML 1.1 as PyYAML reads it: `yes` is true, `0777` is octal, `1e3` is text. */

import { PyFloat, type Value } from '../base/value.ts';
import { checkedDate, plainDate } from '../template/dates/calendar.ts';
import { makeDatetime } from '../template/dates/datetime.ts';
import { makeDay } from '../template/dates/day.ts';
import { TemplateError } from '../template/template-error.ts';

const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const INT =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIMESTAMP =
  /^([0-9]{4})-([0-9][0-9]?)-([0-9][0-9]?)(?:[Tt]|[ \t]+)([0-9][0-9]?):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9][0-9]?)(?::([0-9]{2}))?))?$/;

/** The type that a plain scalar has by its looks. */
export type ScalarType = 'bool' | 'float' | 'int' | 'merge' | 'null' | 'str' | 'timestamp' | 'value';

/** Which type PyYAML's implicit resolvers give to a plain scalar. */
export function scalarType(text: string): ScalarType {
  if (TRUE.test(text) || FALSE.test(text)) return 'bool';
  if (NULL.test(text)) return 'null';
  if (text === '<<') return 'merge';
  if (text === '=') return 'value';
  if (!/^[-+.0-9]/.test(text)) return 'str';
  if (FLOAT.test(text)) return 'float';
  if (INT.test(text)) return 'int';
  return DATE.test(text) || TIMESTAMP.test(text) ? 'timestamp' : 'str';
}

/** The value of `text` read as `type`, or undefined when it is not one (`!!int many`, a 13th month). */
export function scalarValue(type: ScalarType, text: string): Value | undefined {
  switch (type) {
    case 'bool':
      return boolValue(text);
    case 'float':
      return floatValue(text);
    case 'int':
      return intValue(text);
    case 'null':
      return null;
    case 'timestamp':
      return timestampValue(text);
    case 'str':
    case 'merge':
      return text;
    case 'value':
      return undefined;
    default:
      throw new Error(`no such scalar type: ${type satisfies never}`);
  }
}

function boolValue(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  if (['yes', 'true', 'on'].includes(lower)) return true;
  return ['no', 'false', 'off'].includes(lower) ? false : undefined;
}

function intValue(text: string): number | bigint | undefined {
  const [sign, digits] = splitSign(text.replaceAll('_', ''));
  const magnitude = digits.includes(':') ? sexagesimalInt(digits) : plainInt(digits);
  if (magnitude === undefined) return undefined;
  const value = sign * magnitude;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function splitSign(text: string): [bigint, string] {
  if (text.startsWith('-')) return [-1n, text.slice(1)];
  return [1n, text.startsWith('+') ? text.slice(1) : text];
}

function plainInt(digits: string): bigint | undefined {
  if (/^0b[01]+$/.test(digits) || /^0x[0-9a-fA-F]+$/.test(digits) || /^[1-9][0-9]*$/.test(digits)) {
    return BigInt(digits);
  }
  return /^0[0-7]*$/.test(digits) ? BigInt(`0o${digits}`) : undefined;
}

function sexagesimalInt(digits: string): bigint | undefined {
  const parts = digits.split(':');
  if (!parts.every((part) => /^[0-9]+$/.test(part))) return undefined;
  return parts.reduce((total, part) => total * 60n + BigInt(part), 0n);
}

function floatValue(text: string): PyFloat | undefined {
  const plain = text.replaceAll('_', '').toLowerCase();
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  if (digits === '.inf') return new PyFloat(sign * Number.POSITIVE_INFINITY);
  if (digits === '.nan') return new PyFloat(Number.NaN);
  const total = digits
    .split(':')
    .reduce((sum, part) => sum * 60 + (part === '' ? Number.NaN : Number(part)), 0);
  return Number.isNaN(total) ? undefined : new PyFloat(sign * total);
}

/** A date, or a moment; one with a zone keeps it. */
function timestampValue(text: string): Value | undefined {
  if (DATE.test(text)) {
    const [year, month, day] = text.split('-').map(Number);
    return checked(() =>
      makeDay(checkedDate(plainDate({ year: year ?? 0, month: month ?? 0, day: day ?? 0 }))),
    );
  }
  const found = TIMESTAMP.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const microsecond = Number((found[7] ?? '').slice(0, 6).padEnd(6, '0'));
  const date = plainDate({ year, month, day, hour, minute, second, microsecond });
  return checked(() => makeDatetime({ ...checkedDate(date), offsetMinutes: offsetOf(found.slice(8)) }));
}

function offsetOf([zone, sign, hour, minute]: readonly (string | undefined)[]): number | undefined {
  if (zone === undefined) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hour ?? 0) * 60 + Number(minute ?? 0)) || 0;
}

/** The value, or undefined when there is no such date. */
function checked(make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}
