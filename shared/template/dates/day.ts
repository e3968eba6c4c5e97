/** Python's datetime.date, and the methods that dates share with datetimes. */

import type { Value } from '../../base/value.ts';
import { pythonError, typeError } from '../python/error.ts';
import { type MethodTable, methodTable, textArgument } from '../python/method.ts';
import { toFloat } from '../python/number.ts';
import { PyObject } from '../python/special.ts';
import {
  checkedDate,
  dayOfIsoWeek,
  dayOfOrdinal,
  isoCalendar,
  isoDay,
  MICROS_PER_DAY,
  ordinalOf,
  pad,
  plainDate,
} from './calendar.ts';
import { boundMethod, dateIn, fieldArgument, fieldTuple, isoArgument } from './date-class.ts';
import { type CalendarDate, dayOfYear, formatDate } from './date-format.ts';
import { readIsoDay } from './read-iso.ts';
import { makeTimedelta, microsIn } from './timedelta.ts';
import { zoneNameOf } from './timezone.ts';

const TYPE = 'datetime.date';

/** What a datetime answers as its date does. */
export const dayMethods: MethodTable<CalendarDate> = methodTable<CalendarDate>([
  ['ctime', '', (date) => formatDate(date, '%a %b %e %H:%M:%S %Y')],
  ['isocalendar', '', (date) => isoCalendarTuple(date)],
  ['isoweekday', '', (date) => isoCalendar(date).weekday],
  [
    'strftime',
    'format',
    (date, format) => formatMoment(date, textArgument(format, 'strftime() argument 1')),
    'named',
  ],
  ['timetuple', '', (date) => structTime(date, -1)],
  ['toordinal', '', (date) => ordinalOf(date)],
  ['weekday', '', (date) => isoCalendar(date).weekday - 1],
]);

const CLASS = {
  name: TYPE,
  methods: new Map([
    ...dayMethods,
    ...methodTable<CalendarDate>([
      [
        'fromisocalendar',
        'year, week, day',
        (_date, year, week, day) => makeDay(isoWeekArguments(year, week, day)),
        'named',
      ],
      ['fromisoformat', 'date_string', (_date, text) => makeDay(readIsoDay(isoArgument(text)))],
      ['fromordinal', 'ordinal', (_date, ordinal) => makeDay(ordinalArgument(ordinal))],
      ['fromtimestamp', 'timestamp', (_date, seconds) => makeDay(dayOfEpoch(toFloat(seconds ?? null)))],
      ['isoformat', '', (date) => isoDay(date)],
      [
        'replace',
        'year=None, month=None, day=None',
        (date, ...given) => makeDay(checkedDate(withDay(date, given))),
        'named',
      ],
    ]),
  ]),
};

/** A day, without a time. */
export function makeDay(date: CalendarDate): PyObject {
  const day = plainDate({ year: date.year, month: date.month, day: date.day });
  return new PyObject({
    typeName: TYPE,
    str: () => isoDay(day),
    repr: () => `datetime.date(${day.year}, ${day.month}, ${day.day})`,
    attribute: (name) => dayAttribute(day, name),
    compare: (other) => {
      const given = dateIn(other, TYPE);
      return given === undefined ? undefined : ordinalOf(day) - ordinalOf(given);
    },
    operate: (operator, other, isReflected) => operateDay(day, { operator, other, isReflected }),
    payload: { date: day },
  });
}

function dayAttribute(day: CalendarDate, name: string): Value | undefined {
  switch (name) {
    case 'day':
    case 'month':
    case 'year':
      return day[name];
    case 'min':
      return makeDay(dayOfOrdinal(1));
    case 'max':
      return makeDay(plainDate({ year: 9999, month: 12, day: 31 }));
    case 'resolution':
      return makeTimedelta(MICROS_PER_DAY);
    default:
      return boundMethod(CLASS, day, name);
  }
}

/** An operation on a date: `isReflected` when the date stands at the right. */
export type DateOperation = {
  readonly operator: string;
  readonly other: Value;
  readonly isReflected: boolean;
};

function operateDay(day: CalendarDate, { operator, other, isReflected }: DateOperation): Value | undefined {
  const given = dateIn(other, TYPE);
  if (given !== undefined) {
    const days = ordinalOf(day) - ordinalOf(given);
    return operator === '-' ? makeTimedelta((isReflected ? -days : days) * MICROS_PER_DAY) : undefined;
  }
  const micros = microsIn(other);
  if (micros === undefined || !isMove(operator, isReflected)) return undefined;
  const days = Math.floor(micros / MICROS_PER_DAY);
  return makeDay(dayOfOrdinal(ordinalOf(day) + (operator === '-' ? -days : days)));
}

/** Whether an operator moves a date by a timedelta: `date + delta`, `delta + date`, `date - delta`. */
export function isMove(operator: string, isReflected: boolean): boolean {
  return operator === '+' || (operator === '-' && !isReflected);
}

/** strftime of dates and datetimes: C's, with `%f` for microseconds. */
export function formatMoment(date: CalendarDate, format: string): string {
  const micros = pad(date.microsecond, 6);
  return formatDate(
    { ...date, zoneName: zoneNameOf(date) ?? '' },
    format.replace(/%[%f]/g, (field) => (field === '%f' ? micros : field)),
  );
}

/** The fields that `replace` changes, by position. */
export function withDay(date: CalendarDate, [year, month, day]: readonly Value[]): CalendarDate {
  return {
    ...date,
    year: fieldArgument(year, date.year),
    month: fieldArgument(month, date.month),
    day: fieldArgument(day, date.day),
  };
}

/** The arguments of `fromisocalendar`. */
export function isoWeekArguments(year?: Value, week?: Value, day?: Value): CalendarDate {
  return dayOfIsoWeek(fieldArgument(year, 0), fieldArgument(week, 0), fieldArgument(day, 0));
}

/** The argument of `fromordinal`. */
export function ordinalArgument(value: Value | undefined): CalendarDate {
  const ordinal = fieldArgument(value, 0);
  if (ordinal < 1) throw pythonError('ValueError', 'ordinal must be >= 1');
  return dayOfOrdinal(ordinal);
}

/** The day of an epoch time in the zone of this machine. */
function dayOfEpoch(seconds: number): CalendarDate {
  const moment = new Date(Math.floor(seconds) * 1000);
  if (Number.isNaN(moment.getTime())) throw typeError('timestamp out of range for platform time_t');
  return plainDate({ year: moment.getFullYear(), month: moment.getMonth() + 1, day: moment.getDate() });
}

function isoCalendarTuple(date: CalendarDate): PyObject {
  const { year, week, weekday } = isoCalendar(date);
  return fieldTuple('datetime.IsoCalendarDate', [
    ['year', year],
    ['week', week],
    ['weekday', weekday],
  ]);
}

/** The fields of C's `struct tm`. */
export function structTime(date: CalendarDate, daylight: number): PyObject {
  return fieldTuple('time.struct_time', [
    ['tm_year', date.year],
    ['tm_mon', date.month],
    ['tm_mday', date.day],
    ['tm_hour', date.hour],
    ['tm_min', date.minute],
    ['tm_sec', date.second],
    ['tm_wday', isoCalendar(date).weekday - 1],
    ['tm_yday', dayOfYear(date)],
    ['tm_isdst', daylight],
  ]);
}
