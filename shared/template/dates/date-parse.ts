/** Python's `strptime` in the C locale. */

import { withinDeadline } from '../python/deadline.ts';
import { limitError, valueError } from '../python/error.ts';
import { reprText } from '../python/repr.ts';
import { checkedDate, dayOfIsoWeek, dayOfOrdinal, ordinalOf, plainDate } from './calendar.ts';
import { type CalendarDate, calendarNames } from './date-format.ts';

type Fields = Map<string, string>;

const { days: DAYS, months: MONTHS } = calendarNames;

function oneOf(names: readonly string[]): string {
  return [...names].sort((a, b) => b.length - a.length).join('|');
}

const short = (name: string): string => name.slice(0, 3);

/** What each directive matches. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  d: '3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9]',
  f: '[0-9]{1,6}',
  H: '2[0-3]|[0-1]\\d|\\d',
  I: '1[0-2]|0[1-9]|[1-9]',
  j: '36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]',
  m: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\d|\\d',
  G: '\\d\\d\\d\\d',
  S: '6[0-1]|[0-5]\\d|\\d',
  u: '[1-7]',
  U: '5[0-3]|[0-4]\\d|\\d',
  V: '5[0-3]|0[1-9]|[1-4]\\d|\\d',
  W: '5[0-3]|[0-4]\\d|\\d',
  w: '[0-6]',
  y: '\\d\\d',
  Y: '\\d\\d\\d\\d',
  z: '[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|Z',
  Z: 'utc|gmt',
  A: oneOf(DAYS),
  a: oneOf(DAYS.map(short)),
  B: oneOf(MONTHS),
  b: oneOf(MONTHS.map(short)),
  p: 'am|pm',
};

const COMPOSITES: Readonly<Record<string, string>> = {
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

/** Formats with more letters than this may take a time that doubles with each. */
const LETTERS_FREE = 12;

/** The date that `text` stands for in `format`; raises ValueError. */
export function parseDate(text: string, format: string): CalendarDate {
  const mismatch = (): Error =>
    valueError(`time data ${reprText(text)} does not match format ${reprText(format)}`);
  const { source, letters } = compileFormat(format);
  const match = (): RegExpExecArray | null => matchStart(source, text);
  const found = letters.length <= LETTERS_FREE ? match() : withinDeadline(match);
  if (found === null) throw mismatch();
  if (found[0].length < text.length) {
    throw valueError(`unconverted data remains: ${text.slice(found[0].length)}`);
  }
  return makeDate(new Map(letters.map((letter, index) => [letter, found[index + 1] ?? ''])));
}

function matchStart(source: string, text: string): RegExpExecArray | null {
  try {
    return new RegExp(`^${source}`, 'i').exec(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw limitError('the format of a date is too long');
  }
}

function compileFormat(format: string): { source: string; letters: string[] } {
  const whole = format.replace(/%([cxX])/g, (_, letter: string) => COMPOSITES[letter] ?? '');
  const letters: string[] = [];
  let source = '';
  for (const [piece, letter, blank, plain] of whole.matchAll(/%(.)|(\s+)|([^%\s]+)|%$/gs)) {
    if (letter !== undefined) {
      const directive = DIRECTIVES[letter];
      if (letter === '%') source += '%';
      else if (directive === undefined) {
        throw valueError(`'${letter}' is a bad directive in format ${reprText(format)}`);
      } else {
        source += `(${directive})`;
        letters.push(letter);
      }
    } else if (blank !== undefined) source += '\\s+';
    else if (plain !== undefined) source += plain.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    else if (piece === '%') throw valueError(`stray % in format ${reprText(format)}`);
  }
  return { source, letters };
}

function makeDate(fields: Fields): CalendarDate {
  const number = (letter: string, fallback: number): number => {
    const text = fields.get(letter);
    return text === undefined ? fallback : Number(text);
  };
  const { year, month, day } = dayOf(fields);
  const zone = zoneOf(fields.get('z'));
  return checkedDate({
    year,
    month,
    day,
    hour: hourOf(fields),
    minute: number('M', 0),
    second: number('S', 0),
    microsecond: Number((fields.get('f') ?? '').padEnd(6, '0')),
    offsetMinutes: zone,
    zoneName: '',
  });
}

function yearOf(fields: Fields): number {
  const short = fields.get('y');
  if (short !== undefined) return Number(short) + (Number(short) <= 68 ? 2000 : 1900);
  return Number(fields.get('Y') ?? 1900);
}

/** The day that fields name: a week and a weekday, or a day of the year, go before month and day. */
function dayOf(fields: Fields): CalendarDate {
  const year = yearOf(fields);
  const weekday = weekdayOf(fields);
  checkIsoFields(fields, weekday);
  const isoYear = fields.get('G');
  if (fields.has('j')) return dayOfYear(year, Number(fields.get('j')));
  if (isoYear !== undefined) return dayOfIsoYear(Number(isoYear), Number(fields.get('V')), weekday ?? 0);
  const week = fields.get('U') ?? fields.get('W');
  if (week !== undefined && weekday !== undefined) {
    return dayOfYear(year, dayInWeek(year, { week: Number(week), weekday, isSunday: fields.has('U') }));
  }
  const name = (fields.get('B') ?? fields.get('b'))?.toLowerCase();
  const named = MONTHS.findIndex((month) => name !== undefined && month.toLowerCase().startsWith(name)) + 1;
  const month = named || Number(fields.get('m') ?? 1);
  return checkedDate(plainDate({ year, month, day: Number(fields.get('d') ?? 1) }));
}

/** The day of the week, Monday 0. */
function weekdayOf(fields: Fields): number | undefined {
  const name = (fields.get('A') ?? fields.get('a'))?.toLowerCase();
  if (name !== undefined) {
    return (DAYS.findIndex((day) => day.toLowerCase().startsWith(name)) + 6) % 7;
  }
  const number = fields.get('u') ?? fields.get('w');
  return number === undefined ? undefined : (Number(number) + 6) % 7;
}

const WEEKDAY_WORDS = "a weekday directive ('%A', '%a', '%w', or '%u')";

function checkIsoFields(fields: Fields, weekday: number | undefined): void {
  if (fields.has('G')) {
    if (fields.has('j')) {
      throw valueError(
        "Day of the year directive '%j' is not compatible with ISO year directive '%G'. Use '%Y' instead.",
      );
    }
    if (fields.has('V') && weekday !== undefined) return;
    throw valueError(
      `ISO year directive '%G' must be used with the ISO week directive '%V' and ${WEEKDAY_WORDS}.`,
    );
  }
  if (!fields.has('V')) return;
  throw valueError(
    weekday === undefined || !(fields.has('Y') || fields.has('y'))
      ? `ISO week directive '%V' must be used with the ISO year directive '%G' and ${WEEKDAY_WORDS}.`
      : "ISO week directive '%V' is incompatible with the year directive '%Y'. Use the ISO year '%G' instead.",
  );
}

function dayOfYear(year: number, day: number): CalendarDate {
  return dayOfOrdinal(ordinalOf(plainDate({ year, month: 1, day: 1 })) + day - 1);
}

function dayOfIsoYear(year: number, week: number, weekday: number): CalendarDate {
  const first = ordinalOf(dayOfIsoWeek(year, 1, 1));
  return dayOfOrdinal(first + (week - 1) * 7 + weekday);
}

/** The day of the year in a week that begins on Monday or Sunday; days before the first such day are week 0. */
function dayInWeek(
  year: number,
  {
    week,
    weekday,
    isSunday,
  }: { readonly week: number; readonly weekday: number; readonly isSunday: boolean },
): number {
  const shift = isSunday ? 1 : 0;
  const first = (ordinalOf(plainDate({ year, month: 1, day: 1 })) + 6 + shift) % 7;
  const place = (weekday + shift) % 7;
  return week === 0 ? 1 + place - first : 1 + ((7 - first) % 7) + 7 * (week - 1) + place;
}

function hourOf(fields: Fields): number {
  const hour = fields.get('I');
  if (hour === undefined) return Number(fields.get('H') ?? 0);
  const isAfternoon = fields.get('p')?.toLowerCase() === 'pm';
  return (Number(hour) % 12) + (isAfternoon ? 12 : 0);
}

function zoneOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const found = /^([+-])(\d\d):?(\d\d)/.exec(text);
  if (found === null) return 0;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}
