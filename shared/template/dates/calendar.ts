/** Calculating with dates: checked fields, days since year 1, microseconds, and dates as ISO 8601 writes them. */

import { pythonError, valueError } from '../python/error.ts';
import { type CalendarDate, utcMilliseconds } from './date-format.ts';

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY: number = 86_400 * MICROS_PER_SECOND;

/** Python's number for 1970-01-01, where 0001-01-01 is 1. */
const EPOCH_ORDINAL = 719_163;
const DAY_MS = 86_400_000;

/** The fields of a date without a zone. */
export type DateFields = Omit<CalendarDate, 'offsetMinutes' | 'zoneName'>;

/** Digits with zeros before them. */
export function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

/** The date with these fields if there is such a date; raises ValueError in Python's words. */
export function checkedDate(date: CalendarDate): CalendarDate {
  if (date.year < 1 || date.year > 9999) throw valueError(`year ${date.year} is out of range`);
  if (date.month < 1 || date.month > 12) throw valueError('month must be in 1..12');
  if (date.day < 1 || date.day > daysInMonth(date.year, date.month)) {
    throw valueError('day is out of range for month');
  }
  if (date.hour < 0 || date.hour > 23) throw valueError('hour must be in 0..23');
  if (date.minute < 0 || date.minute > 59) throw valueError('minute must be in 0..59');
  if (date.second < 0 || date.second > 59) throw valueError('second must be in 0..59');
  if (date.microsecond < 0 || date.microsecond >= MICROS_PER_SECOND) {
    throw valueError('microsecond must be in 0..999999');
  }
  return date;
}

function daysInMonth(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** A date without a zone, at midnight where no time is given. */
export function plainDate(fields: Partial<DateFields>): CalendarDate {
  return {
    ...{ year: 1900, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0 },
    ...fields,
    offsetMinutes: undefined,
    zoneName: '',
  };
}

/** Days since 0001-01-01, which is 1. */
export function ordinalOf(date: CalendarDate): number {
  return Math.floor(utcMilliseconds(date) / DAY_MS) + EPOCH_ORDINAL;
}

/** The day with a number, at midnight; raises OverflowError outside of the years 1 to 9999. */
export function dayOfOrdinal(ordinal: number): CalendarDate {
  const moment = new Date((ordinal - EPOCH_ORDINAL) * DAY_MS);
  const year = moment.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw pythonError('OverflowError', 'date value out of range');
  return plainDate({ year, month: moment.getUTCMonth() + 1, day: moment.getUTCDate() });
}

/** Microseconds of a date's own clock since midnight. */
function clockOf(date: CalendarDate): number {
  return ((date.hour * 60 + date.minute) * 60 + date.second) * MICROS_PER_SECOND + date.microsecond;
}

/** Microseconds from `start` to `end`; dates without a zone count as UTC. */
export function microsBetween(start: CalendarDate, end: CalendarDate): number {
  const minutes = (start.offsetMinutes ?? 0) - (end.offsetMinutes ?? 0);
  return (
    (ordinalOf(end) - ordinalOf(start)) * MICROS_PER_DAY +
    minutes * 60 * MICROS_PER_SECOND +
    (clockOf(end) - clockOf(start))
  );
}

/** The date so many microseconds later, in the same zone. */
export function movedBy(date: CalendarDate, micros: number): CalendarDate {
  const days = Math.floor(micros / MICROS_PER_DAY);
  const clock = clockOf(date) + (micros - days * MICROS_PER_DAY);
  const overflow = Math.floor(clock / MICROS_PER_DAY);
  const rest = clock - overflow * MICROS_PER_DAY;
  const seconds = Math.floor(rest / MICROS_PER_SECOND);
  return {
    ...dayOfOrdinal(ordinalOf(date) + days + overflow),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: rest % MICROS_PER_SECOND,
    offsetMinutes: date.offsetMinutes,
    zoneName: date.zoneName,
  };
}

/** Year, week and day of the week (Monday is 1) by ISO 8601. */
export function isoCalendar(date: CalendarDate): { year: number; week: number; weekday: number } {
  const ordinal = ordinalOf(date);
  const weekday = ((ordinal + 6) % 7) + 1;
  const { year } = dayOfOrdinal(Math.min(Math.max(ordinal + 4 - weekday, 1), 3_652_059));
  return { year, week: Math.floor((ordinal - isoWeekStart(year)) / 7) + 1, weekday };
}

/** The ordinal of the Monday of a year's first week. */
function isoWeekStart(year: number): number {
  const fourth = ordinalOf(plainDate({ year, month: 1, day: 4 }));
  return fourth - ((fourth + 6) % 7);
}

/** The day of an ISO week; raises ValueError. */
export function dayOfIsoWeek(year: number, week: number, weekday: number): CalendarDate {
  if (year < 1 || year > 9999) throw valueError(`Year is out of range: ${year}`);
  const isLong = week === 53 && isoWeekStart(year + 1) - isoWeekStart(year) === 371;
  if ((week < 1 || week > 52) && !isLong) throw valueError(`Invalid week: ${week}`);
  if (weekday < 1 || weekday > 7) throw valueError(`Invalid weekday: ${weekday} (range is [1, 7])`);
  return dayOfOrdinal(isoWeekStart(year) + (week - 1) * 7 + weekday - 1);
}

/** `+02:00`, or nothing without a zone. */
export function offsetText(offsetMinutes: number | undefined): string {
  if (offsetMinutes === undefined) return '';
  const size = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** `2024-02-29`. */
export function isoDay(date: CalendarDate): string {
  return `${pad(date.year, 4)}-${pad(date.month)}-${pad(date.day)}`;
}

/** `12:30:00.000001+02:00`, as exact as `timespec` says; raises ValueError. */
export function isoTime(date: CalendarDate, timespec: string): string {
  const hours = pad(date.hour);
  const minutes = `${hours}:${pad(date.minute)}`;
  const seconds = `${minutes}:${pad(date.second)}`;
  const micros = `${seconds}.${pad(date.microsecond, 6)}`;
  const forms: Readonly<Record<string, string>> = {
    auto: date.microsecond === 0 ? seconds : micros,
    hours,
    minutes,
    seconds,
    milliseconds: micros.slice(0, -3),
    microseconds: micros,
  };
  const text = Object.hasOwn(forms, timespec) ? forms[timespec] : undefined;
  if (text === undefined) throw valueError('Unknown timespec value');
  return text + offsetText(date.offsetMinutes);
}
