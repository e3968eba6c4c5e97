/** What a plain YAML scalar means under YAML 1.1 as PyYAML reads it: `yes` is true, `0777` is octal, `1e3` is text. */

import { PyFloat, type Value } from '../base/value.ts';

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

/**
 * Dates and times become the text that Python prints for them, because that is what templates and files show;
 * a clock reading with a zone keeps it.
 */
function timestampValue(text: string): string | undefined {
  if (DATE.test(text)) return isDay(text) ? text : undefined;
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [
    ,
    year,
    month = '',
    day = '',
    hour = '',
    minute,
    second,
    fraction,
    zone,
    sign,
    zoneHour,
    zoneMinute,
  ] = match;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (!isDay(date) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const micros = (fraction ?? '').slice(0, 6).padEnd(6, '0');
  const clock = `${hour.padStart(2, '0')}:${minute}:${second}${Number(micros) === 0 ? '' : `.${micros}`}`;
  return `${date} ${clock}${zoneText(zone, sign, [zoneHour, zoneMinute])}`;
}

function isDay(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) && !date.startsWith('0000');
}

function zoneText(
  zone: string | undefined,
  sign: string | undefined,
  [hour, minute]: readonly (string | undefined)[],
): string {
  if (zone === undefined) return '';
  if (sign === undefined) return '+00:00';
  const isZero = Number(hour) === 0 && Number(minute ?? 0) === 0;
  return `${isZero ? '+' : sign}${(hour ?? '').padStart(2, '0')}:${minute ?? '00'}`;
}
