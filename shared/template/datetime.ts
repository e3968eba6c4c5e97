/** Python's datetime and timedelta objects as far as templates use them. */

import { PyFloat, type Value } from '../base/value.ts';
import { type CalendarDate, formatDate, utcMilliseconds, weekdayOf } from './date-format.ts';
import { typeError } from './python-error.ts';
import { numberOrUndefined } from './python-number.ts';
import { str } from './python-repr.ts';
import { PyCallable, PyObject } from './special.ts';
import { typeName } from './values.ts';

const DAY_SECONDS = 86_400;
const MICROS = 1_000_000;

/** Microseconds since the epoch; dates without a zone count as UTC. */
function microsOf(date: CalendarDate): number {
  const zone = (date.offsetMinutes ?? 0) * 60_000;
  return (utcMilliseconds(date) - zone) * 1000 + date.microsecond;
}

function dateOfMicros(micros: number, like: CalendarDate): CalendarDate {
  const moment = new Date(Math.floor(micros / 1000) + (like.offsetMinutes ?? 0) * 60_000);
  return {
    ...like,
    year: moment.getUTCFullYear(),
    month: moment.getUTCMonth() + 1,
    day: moment.getUTCDate(),
    hour: moment.getUTCHours(),
    minute: moment.getUTCMinutes(),
    second: moment.getUTCSeconds(),
    microsecond: ((micros % MICROS) + MICROS) % MICROS,
  };
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

function zoneText(date: CalendarDate): string {
  if (date.offsetMinutes === undefined) return '';
  const size = Math.abs(date.offsetMinutes);
  return `${date.offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

function isoText(date: CalendarDate, separator: string): string {
  const fraction = date.microsecond === 0 ? '' : `.${pad(date.microsecond, 6)}`;
  const day = `${pad(date.year, 4)}-${pad(date.month)}-${pad(date.day)}`;
  return `${day}${separator}${pad(date.hour)}:${pad(date.minute)}:${pad(date.second)}${fraction}${zoneText(date)}`;
}

/** A datetime.datetime. */
export function makeDatetime(date: CalendarDate): PyObject {
  return new PyObject({
    typeName: 'datetime.datetime',
    str: () => isoText(date, ' '),
    repr: () => datetimeRepr(date),
    attribute: (name) => datetimeAttribute(date, name),
    compare: (other) => {
      const payload = other instanceof PyObject ? other.behaviour.payload : undefined;
      return isDate(payload) ? microsOf(date) - microsOf(payload.date) : undefined;
    },
    operate: (operator, other, isReflected) => operateDatetime(date, { operator, other, isReflected }),
    payload: { date },
  });
}

function isDate(payload: unknown): payload is { readonly date: CalendarDate } {
  return typeof payload === 'object' && payload !== null && 'date' in payload;
}

function isDelta(payload: unknown): payload is { readonly micros: number } {
  return typeof payload === 'object' && payload !== null && 'micros' in payload;
}

function datetimeRepr(date: CalendarDate): string {
  const parts = [date.year, date.month, date.day, date.hour, date.minute];
  if (date.second !== 0 || date.microsecond !== 0) parts.push(date.second);
  if (date.microsecond !== 0) parts.push(date.microsecond);
  return `datetime.datetime(${parts.join(', ')})`;
}

type Operation = { readonly operator: string; readonly other: Value; readonly isReflected: boolean };

function operateDatetime(date: CalendarDate, { operator, other, isReflected }: Operation): Value | undefined {
  const payload = other instanceof PyObject ? other.behaviour.payload : undefined;
  if (operator === '-' && isDate(payload) && !isReflected) {
    if ((date.offsetMinutes === undefined) !== (payload.date.offsetMinutes === undefined)) {
      throw typeError("can't subtract offset-naive and offset-aware datetimes");
    }
    return makeTimedelta(microsOf(date) - microsOf(payload.date));
  }
  if (!isDelta(payload) || (operator === '-' && isReflected)) return undefined;
  if (operator !== '+' && operator !== '-') return undefined;
  const moved = microsOf(date) + (operator === '-' ? -payload.micros : payload.micros);
  return makeDatetime(dateOfMicros(moved, date));
}

function method(name: string, call: (args: readonly Value[]) => Value): PyCallable {
  return new PyCallable(name, (args) => call(args));
}

const NUMBER_FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'] as const;

function datetimeAttribute(date: CalendarDate, name: string): Value | undefined {
  for (const field of NUMBER_FIELDS) if (field === name) return date[field];
  switch (name) {
    case 'strftime':
      return method(name, ([format = '']) => formatWithMicros(date, str(format)));
    case 'isoformat':
      return method(name, ([separator = 'T']) => isoText(date, str(separator)));
    case 'timestamp':
      return method(name, () => new PyFloat(epochSeconds(date)));
    case 'date':
      return method(name, () => makeDay(date));
    case 'weekday':
      return method(name, () => (weekdayOf(date) + 6) % 7);
    case 'isoweekday':
      return method(name, () => weekdayOf(date) || 7);
    case 'toordinal':
      return method(name, () => Math.floor(utcMilliseconds(date) / 86_400_000) + 719_163);
    default:
      return undefined;
  }
}

/** A datetime's own strftime: C's, and `%f` for microseconds. */
export function formatWithMicros(date: CalendarDate, format: string): string {
  const micros = pad(date.microsecond, 6);
  return formatDate(
    date,
    format.replace(/%[%f]/g, (field) => (field === '%f' ? micros : field)),
  );
}

/** Dates without a zone are in the zone of this machine. */
function epochSeconds(date: CalendarDate): number {
  if (date.offsetMinutes !== undefined) return microsOf(date) / MICROS;
  const { year, month, day, hour, minute, second } = date;
  return new Date(year, month - 1, day, hour, minute, second).getTime() / 1000 + date.microsecond / MICROS;
}

/** A datetime.date. */
export function makeDay(date: CalendarDate): PyObject {
  const day = { ...date, hour: 0, minute: 0, second: 0, microsecond: 0, offsetMinutes: undefined };
  const text = `${pad(day.year, 4)}-${pad(day.month)}-${pad(day.day)}`;
  return new PyObject({
    typeName: 'datetime.date',
    str: () => text,
    repr: () => `datetime.date(${day.year}, ${day.month}, ${day.day})`,
    attribute: (name) => (name === 'isoformat' ? method(name, () => text) : datetimeAttribute(day, name)),
    compare: (other) => {
      const payload = other instanceof PyObject ? other.behaviour.payload : undefined;
      return isDate(payload) ? microsOf(day) - microsOf(payload.date) : undefined;
    },
    operate: (operator, other, isReflected) => operateDatetime(day, { operator, other, isReflected }),
    payload: { date: day },
  });
}

/** A datetime.timedelta. */
export function makeTimedelta(micros: number): PyObject {
  const days = Math.floor(micros / MICROS / DAY_SECONDS);
  const rest = micros - days * DAY_SECONDS * MICROS;
  const seconds = Math.floor(rest / MICROS);
  const microseconds = rest % MICROS;
  return new PyObject({
    typeName: 'datetime.timedelta',
    str: () => deltaText(days, seconds, microseconds),
    repr: () => deltaRepr(days, seconds, microseconds),
    attribute: (name) => {
      if (name === 'days') return days;
      if (name === 'seconds') return seconds;
      if (name === 'microseconds') return microseconds;
      if (name === 'total_seconds') return method(name, () => new PyFloat(micros / MICROS));
      return undefined;
    },
    isTrue: () => micros !== 0,
    compare: (other) => {
      const payload = other instanceof PyObject ? other.behaviour.payload : undefined;
      return isDelta(payload) ? micros - payload.micros : undefined;
    },
    operate: (operator, other, isReflected) => operateDelta(micros, { operator, other, isReflected }),
    payload: { micros },
  });
}

function operateDelta(micros: number, { operator, other, isReflected }: Operation): Value | undefined {
  const payload = other instanceof PyObject ? other.behaviour.payload : undefined;
  if (isDelta(payload)) {
    if (operator === '+') return makeTimedelta(micros + payload.micros);
    if (operator === '-')
      return makeTimedelta(isReflected ? payload.micros - micros : micros - payload.micros);
    if (operator === '/' && !isReflected) return new PyFloat(micros / payload.micros);
    return undefined;
  }
  const number = numberOrUndefined(other);
  if (number === undefined) return undefined;
  if (operator === '*') return makeTimedelta(Math.round(micros * number));
  if (operator === '/' && !isReflected) return makeTimedelta(Math.round(micros / number));
  throw typeError(
    `unsupported operand type(s) for ${operator}: 'datetime.timedelta' and '${typeName(other)}'`,
  );
}

function deltaText(days: number, seconds: number, microseconds: number): string {
  const clock = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  const day = days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `;
  return day + clock + (microseconds === 0 ? '' : `.${pad(microseconds, 6)}`);
}

function deltaRepr(days: number, seconds: number, microseconds: number): string {
  const parts = [
    days === 0 ? '' : `days=${days}`,
    seconds === 0 ? '' : `seconds=${seconds}`,
    microseconds === 0 ? '' : `microseconds=${microseconds}`,
  ].filter((part) => part !== '');
  return `datetime.timedelta(${parts.join(', ') || '0'})`;
}
