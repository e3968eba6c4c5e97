/** Python's `fromisoformat`: dates and times as ISO 8601 writes them. */

import { valueError } from '../python/error.ts';
import { reprText } from '../python/repr.ts';
import { checkedDate, dayOfIsoWeek, dayOfOrdinal, ordinalOf, plainDate } from './calendar.ts';
import type { CalendarDate } from './date-format.ts';

const DAY = /^(\d{4})(-?)(?:(\d\d)\2(\d\d)|W(\d\d)(?:\2(\d))?)/;
const TIME =
  /^T?(\d\d)(?:(:?)(\d\d)(?:\2(\d\d)(?:[.,](\d+))?)?)?(?:(Z)|([+-])(\d\d)(?::?(\d\d)(?::?\d\d(?:\.\d+)?)?)?)?$/;

/** A day: `2024-02-29`, `20240229`, `2024-W09-4`. */
export function readIsoDay(text: string): CalendarDate {
  const found = DAY.exec(text);
  if (found === null || found[0].length < text.length) throw invalid(text);
  return dayOf(found);
}

/** A day, and a time after any one character. */
export function readIsoMoment(text: string): CalendarDate {
  const found = DAY.exec(text);
  if (found === null) throw invalid(text);
  const day = dayOf(found);
  const rest = text.slice(found[0].length);
  return rest === '' ? day : readTime(rest.slice(1), day, text);
}

/** A time: `12:30:00.5+02:00`. */
export function readIsoTime(text: string): CalendarDate {
  return readTime(text, plainDate({}), text);
}

function dayOf([, year, , month, day, week, weekday]: RegExpExecArray): CalendarDate {
  if (week !== undefined) return dayOfIsoWeek(Number(year), Number(week), Number(weekday ?? 1));
  const date = checkedDate(plainDate({ year: Number(year), month: Number(month), day: Number(day) }));
  return dayOfOrdinal(ordinalOf(date));
}

function readTime(text: string, day: CalendarDate, whole: string): CalendarDate {
  const found = TIME.exec(text);
  if (found === null) throw invalid(whole);
  const [, hour, , minute, second, fraction = '', utc, sign, zoneHours, zoneMinutes] = found;
  const minutes = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0);
  const hasZone = utc !== undefined || sign !== undefined;
  return checkedDate({
    ...day,
    hour: Number(hour),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    microsecond: Number(fraction.slice(0, 6).padEnd(6, '0')),
    offsetMinutes: hasZone ? (sign === '-' ? -minutes : minutes) : undefined,
    zoneName: '',
  });
}

function invalid(text: string): Error {
  return valueError(`Invalid isoformat string: ${reprText(text)}`);
}
