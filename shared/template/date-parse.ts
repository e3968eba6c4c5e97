/** Python's `strptime` in the C locale. */

import { type CalendarDate, calendarNames } from './date-format.ts';
import { valueError } from './python-error.ts';
import { reprText } from './python-repr.ts';

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
  S: '6[0-1]|[0-5]\\d|\\d',
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

/** The date that `text` stands for in `format`; raises ValueError. */
export function parseDate(text: string, format: string): CalendarDate {
  const mismatch = (): Error =>
    valueError(`time data ${reprText(text)} does not match format ${reprText(format)}`);
  const { source, letters } = compileFormat(format);
  const found = new RegExp(`^${source}`, 'i').exec(text);
  if (found === null) throw mismatch();
  if (found[0].length < text.length) {
    throw valueError(`unconverted data remains: ${text.slice(found[0].length)}`);
  }
  return makeDate(new Map(letters.map((letter, index) => [letter, found[index + 1] ?? ''])));
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
  const { month, day } = monthAndDay(fields, yearOf(fields));
  const year = yearOf(fields);
  if (day > new Date(Date.UTC(year % 400 === 0 ? 2000 : 2000 + (year % 400), month, 0)).getUTCDate()) {
    throw valueError('day is out of range for month');
  }
  const zone = zoneOf(fields.get('z'));
  return {
    year,
    month,
    day,
    hour: hourOf(fields),
    minute: number('M', 0),
    second: number('S', 0),
    microsecond: Number((fields.get('f') ?? '').padEnd(6, '0')),
    offsetMinutes: zone,
    zoneName: zone === undefined ? '' : zone === 0 ? 'UTC' : `UTC${fields.get('z') ?? ''}`,
  };
}

function yearOf(fields: Fields): number {
  const short = fields.get('y');
  if (short !== undefined) return Number(short) + (Number(short) <= 68 ? 2000 : 1900);
  return Number(fields.get('Y') ?? 1900);
}

function monthAndDay(fields: Fields, year: number): { month: number; day: number } {
  const dayOfYear = fields.get('j');
  if (dayOfYear !== undefined && !fields.has('m')) {
    const date = new Date(Date.UTC(year, 0, Number(dayOfYear)));
    return { month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  }
  const name = (fields.get('B') ?? fields.get('b'))?.toLowerCase();
  const named = MONTHS.findIndex((month) => name !== undefined && month.toLowerCase().startsWith(name)) + 1;
  return { month: named || Number(fields.get('m') ?? 1), day: Number(fields.get('d') ?? 1) };
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
