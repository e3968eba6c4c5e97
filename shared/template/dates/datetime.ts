/** Python's datetime.datetime. */

import { PyFloat, type Value } from '../../base/value.ts';
import { typeError, valueError } from '../python/error.ts';
import { methodTable, textArgument } from '../python/method.ts';
import { toFloat } from '../python/number.ts';
import { PyObject } from '../python/special.ts';
import { force, typeName } from '../python/values.ts';
import {
  checkedDate,
  isoDay,
  isoTime,
  MICROS_PER_SECOND,
  microsBetween,
  movedBy,
  plainDate,
} from './calendar.ts';
import { boundMethod, dateIn, isoArgument } from './date-class.ts';
import { type CalendarDate, dateOfMilliseconds } from './date-format.ts';
import { parseDate } from './date-parse.ts';
import {
  type DateOperation,
  dayMethods,
  isMove,
  isoWeekArguments,
  makeDay,
  ordinalArgument,
  structTime,
  withDay,
} from './day.ts';
import { readIsoMoment } from './read-iso.ts';
import { makeTime, shownTime, timeField, timeIn, withTime } from './time-of-day.ts';
import { makeTimedelta, microsIn } from './timedelta.ts';
import { makeTimezone, type Zone, zoneIn, zoneMethods } from './timezone.ts';

const TYPE = 'datetime.datetime';

const UTC: Zone = { offsetMinutes: 0, zoneName: '' };

const CLASS = {
  name: TYPE,
  methods: new Map([
    ...dayMethods,
    ...zoneMethods,
    ...methodTable<CalendarDate>([
      ['astimezone', 'tz=None', (date, zone) => makeDatetime(inZone(date, zoneArgument(zone))), 'named'],
      ['combine', 'date, time, tzinfo=True', (_date, day, time, zone) => combine(day, time, zone), 'named'],
      ['date', '', (date) => makeDay(date)],
      [
        'fromisocalendar',
        'year, week, day',
        (_date, year, week, day) => makeDatetime(isoWeekArguments(year, week, day)),
        'named',
      ],
      ['fromisoformat', 'date_string', (_date, text) => makeDatetime(readIsoMoment(isoArgument(text)))],
      ['fromordinal', 'ordinal', (_date, ordinal) => makeDatetime(ordinalArgument(ordinal))],
      [
        'fromtimestamp',
        'timestamp, tz=None',
        (_date, seconds, zone) => fromTimestamp(toFloat(seconds ?? null), zoneArgument(zone)),
        'named',
      ],
      ['isoformat', "sep='T', timespec='auto'", isoFormat, 'named'],
      [
        'replace',
        'year=None, month=None, day=None, hour=None, minute=None, second=None, microsecond=None, tzinfo=True, fold=None',
        (date, ...given) => makeDatetime(checkedDate(withTime(withDay(date, given), given.slice(3)))),
        'named',
      ],
      [
        'strptime',
        'date_string, format',
        (_date, text, format) =>
          makeDatetime(
            parseDate(
              textArgument(text, 'strptime() argument 1'),
              textArgument(format, 'strptime() argument 2'),
            ),
          ),
      ],
      ['time', '', (date) => makeTime({ ...date, offsetMinutes: undefined, zoneName: '' })],
      ['timestamp', '', (date) => new PyFloat(epochSeconds(date))],
      ['timetz', '', (date) => makeTime(date)],
      [
        'utcfromtimestamp',
        'timestamp',
        (_date, seconds) => makeDatetime(withoutZone(epochMoment(toFloat(seconds ?? null), UTC))),
      ],
      ['utctimetuple', '', (date) => structTime(inUtc(date), 0)],
    ]),
  ]),
};

/** A moment, which may have a zone. */
export function makeDatetime(date: CalendarDate): PyObject {
  return new PyObject({
    typeName: TYPE,
    str: () => `${isoDay(date)} ${isoTime(date, 'auto')}`,
    repr: () => `${TYPE}(${[date.year, date.month, date.day, ...shownTime(date)].join(', ')})`,
    attribute: (name) => attributeOf(date, name),
    compare: (other) => {
      const given = dateIn(other, TYPE);
      return given === undefined || isZoned(date) !== isZoned(given) ? undefined : microsBetween(given, date);
    },
    operate: (operator, other, isReflected) => operateDatetime(date, { operator, other, isReflected }),
    payload: { date },
  });
}

function isZoned(date: CalendarDate): boolean {
  return date.offsetMinutes !== undefined;
}

function operateDatetime(
  date: CalendarDate,
  { operator, other, isReflected }: DateOperation,
): Value | undefined {
  const given = dateIn(other, TYPE);
  if (given !== undefined && operator === '-') {
    if (isZoned(date) !== isZoned(given)) {
      throw typeError("can't subtract offset-naive and offset-aware datetimes");
    }
    return makeTimedelta(microsBetween(given, date));
  }
  const micros = microsIn(other);
  if (micros === undefined || !isMove(operator, isReflected)) return undefined;
  return makeDatetime(movedBy(date, operator === '-' ? -micros : micros));
}

function attributeOf(date: CalendarDate, name: string): Value | undefined {
  switch (name) {
    case 'day':
    case 'month':
    case 'year':
      return date[name];
    case 'min':
      return makeDatetime(plainDate({ year: 1 }));
    case 'max':
      return makeDatetime(
        plainDate({ year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999 }),
      );
    case 'resolution':
      return makeTimedelta(1);
    default:
      return name === 'tzinfo'
        ? makeTimezone(date)
        : (timeField(date, name) ?? boundMethod(CLASS, date, name));
  }
}

function isoFormat(date: CalendarDate, separator?: Value, timespec?: Value): string {
  const between = textArgument(separator, 'isoformat() argument 1');
  if ([...between].length !== 1) {
    throw typeError('isoformat() argument 1 must be a unicode character, not str');
  }
  return `${isoDay(date)}${between}${isoTime(date, textArgument(timespec, 'isoformat() argument 2'))}`;
}

function combine(day: Value | undefined, time: Value | undefined, zone: Value | undefined): PyObject {
  const date = dateIn(day ?? null, 'datetime.date') ?? dateIn(day ?? null, TYPE);
  if (date === undefined) throw wrongArgument('combine', 1, 'date', day);
  const clock = timeIn(time ?? null);
  if (clock === undefined) throw wrongArgument('combine', 2, 'time', time);
  const { year, month, day: dayOfMonth } = date;
  const moment = { ...clock, year, month, day: dayOfMonth };
  if (zone === null) return makeDatetime(withoutZone(moment));
  return makeDatetime({ ...moment, ...zoneIn(zone ?? null) });
}

function wrongArgument(method: string, place: number, wanted: string, given: Value | undefined): Error {
  return typeError(
    `${method}() argument ${place} must be datetime.${wanted}, not ${typeName(force(given ?? null))}`,
  );
}

/** A zone given as an argument; undefined stands for the zone of this machine. */
function zoneArgument(value: Value | undefined): Zone | undefined {
  const given = force(value ?? null);
  if (given === null) return undefined;
  const zone = zoneIn(given);
  if (zone !== undefined) return zone;
  throw typeError(`tzinfo argument must be None or of a tzinfo subclass, not type '${typeName(given)}'`);
}

function fromTimestamp(seconds: number, zone: Zone | undefined): PyObject {
  const moment = epochMoment(seconds, zone);
  return makeDatetime(zone === undefined ? withoutZone(moment) : moment);
}

/** The date of an epoch time in a zone, or in that of this machine. */
function epochMoment(seconds: number, zone: Zone | undefined): CalendarDate {
  const whole = Math.floor(seconds);
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 253_402_300_800) {
    throw valueError(`year ${Math.floor(1970 + seconds / 31_556_952)} is out of range`);
  }
  const utc = dateOfMilliseconds(whole * 1000, true);
  const micros = Math.round((seconds - whole) * MICROS_PER_SECOND);
  return inZone({ ...movedBy(utc, micros), ...UTC }, zone);
}

function withoutZone(date: CalendarDate): CalendarDate {
  return { ...date, offsetMinutes: undefined, zoneName: '' };
}

/** The same moment by the clock of another zone. */
function inZone(date: CalendarDate, zone: Zone | undefined): CalendarDate {
  const offset = date.offsetMinutes ?? localOffset(date);
  const zoned = { ...date, offsetMinutes: offset };
  const to = zone ?? localZone(zoned);
  return { ...movedBy(zoned, ((to.offsetMinutes ?? 0) - offset) * 60 * MICROS_PER_SECOND), ...to };
}

function localZone(zoned: CalendarDate): Zone {
  const { offsetMinutes, zoneName } = dateOfMilliseconds(epochSeconds(zoned) * 1000, false);
  return { offsetMinutes, zoneName };
}

function localOffset(date: CalendarDate): number {
  return -new Date(date.year, date.month - 1, date.day, date.hour, date.minute).getTimezoneOffset();
}

function inUtc(date: CalendarDate): CalendarDate {
  return isZoned(date) ? inZone(date, UTC) : date;
}

/** Dates without a zone are in the zone of this machine. */
function epochSeconds(date: CalendarDate): number {
  const zoned = isZoned(date) ? date : { ...date, offsetMinutes: localOffset(date) };
  return microsBetween(plainDate({ year: 1970 }), zoned) / MICROS_PER_SECOND;
}
