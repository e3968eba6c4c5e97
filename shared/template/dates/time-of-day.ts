/** Python's datetime.time. */

import type { Value } from '../../base/value.ts';
import { methodTable, textArgument } from '../python/method.ts';
import { repr } from '../python/repr.ts';
import { PyObject } from '../python/special.ts';
import { checkedDate, isoTime, MICROS_PER_SECOND, plainDate } from './calendar.ts';
import { boundMethod, dateIn, fieldArgument, isoArgument } from './date-class.ts';
import type { CalendarDate } from './date-format.ts';
import { formatMoment } from './day.ts';
import { readIsoTime } from './read-iso.ts';
import { makeTimedelta } from './timedelta.ts';
import { makeTimezone, zoneIn, zoneMethods } from './timezone.ts';

const TYPE = 'datetime.time';

const CLASS = {
  name: TYPE,
  methods: new Map([
    ...zoneMethods,
    ...methodTable<CalendarDate>([
      ['fromisoformat', 'time_string', (_time, text) => makeTime(readIsoTime(isoArgument(text)))],
      [
        'isoformat',
        "timespec='auto'",
        (time, spec) => isoTime(time, textArgument(spec, 'isoformat() argument 1')),
        'named',
      ],
      [
        'strftime',
        'format',
        (time, format) => formatMoment(time, textArgument(format, 'strftime() argument 1')),
        'named',
      ],
      [
        'replace',
        'hour=None, minute=None, second=None, microsecond=None, tzinfo=True, fold=None',
        (time, ...given) => makeTime(checkedDate(withTime(time, given))),
        'named',
      ],
    ]),
  ]),
};

/** A time of day, which may have a zone. */
export function makeTime(date: CalendarDate): PyObject {
  const { hour, minute, second, microsecond, offsetMinutes, zoneName } = date;
  const time = { ...plainDate({ hour, minute, second, microsecond }), offsetMinutes, zoneName };
  return new PyObject({
    typeName: TYPE,
    str: () => isoTime(time, 'auto'),
    repr: () => `datetime.time(${shownTime(time).join(', ')})`,
    attribute: (name) => attributeOf(time, name),
    compare: (other) => {
      const given = dateIn(other, TYPE);
      if (given === undefined || isZoned(given) !== isZoned(time)) return undefined;
      return microsOfDay(time) - microsOfDay(given);
    },
    payload: { date: time },
  });
}

function isZoned(time: CalendarDate): boolean {
  return time.offsetMinutes !== undefined;
}

/** The time in an object of this class; undefined for other values. */
export function timeIn(value: Value): CalendarDate | undefined {
  return dateIn(value, TYPE);
}

/** Hours and minutes, seconds where they or microseconds are not zero, and the zone, as Python shows them. */
export function shownTime(time: CalendarDate): string[] {
  const parts = [String(time.hour), String(time.minute)];
  if (time.second !== 0 || time.microsecond !== 0) parts.push(String(time.second));
  if (time.microsecond !== 0) parts.push(String(time.microsecond));
  if (time.offsetMinutes !== undefined) parts.push(`tzinfo=${repr(makeTimezone(time))}`);
  return parts;
}

function microsOfDay(time: CalendarDate): number {
  const minutes = time.hour * 60 + time.minute - (time.offsetMinutes ?? 0);
  return (minutes * 60 + time.second) * MICROS_PER_SECOND + time.microsecond;
}

function attributeOf(time: CalendarDate, name: string): Value | undefined {
  switch (name) {
    case 'min':
      return makeTime(plainDate({}));
    case 'max':
      return makeTime(plainDate({ hour: 23, minute: 59, second: 59, microsecond: 999_999 }));
    case 'resolution':
      return makeTimedelta(1);
    default:
      return name === 'tzinfo'
        ? makeTimezone(time)
        : (timeField(time, name) ?? boundMethod(CLASS, time, name));
  }
}

/** The attributes that times have and datetimes as well. */
export function timeField(time: CalendarDate, name: string): number | undefined {
  switch (name) {
    case 'fold':
      return 0;
    case 'hour':
    case 'microsecond':
    case 'minute':
    case 'second':
      return time[name];
    default:
      return undefined;
  }
}

/** The fields that `replace` changes, by position; a `tzinfo` of None takes the zone away. */
export function withTime(date: CalendarDate, given: readonly Value[]): CalendarDate {
  const [hour, minute, second, microsecond, tzinfo] = given;
  const changed = {
    ...date,
    hour: fieldArgument(hour, date.hour),
    minute: fieldArgument(minute, date.minute),
    second: fieldArgument(second, date.second),
    microsecond: fieldArgument(microsecond, date.microsecond),
  };
  if (tzinfo === null) return { ...changed, offsetMinutes: undefined, zoneName: '' };
  return { ...changed, ...(tzinfo === undefined ? {} : zoneIn(tzinfo)) };
}
