/** C's strftime in the C locale. */

/** A moment on the calendar; `offsetMinutes` is undefined where no zone is known. */
export type CalendarDate = {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  readonly offsetMinutes: number | undefined;
  readonly zoneName: string;
};

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Names of days, Sunday first, and of months, for reading dates. */
export const calendarNames: { readonly days: readonly string[]; readonly months: readonly string[] } = {
  days: DAYS,
  months: MONTHS,
};

const DAY_MS = 86_400_000;

/** The date of an epoch time, in UTC or in the zone of this machine. */
export function dateOfMilliseconds(milliseconds: number, isUtc: boolean): CalendarDate {
  const moment = new Date(milliseconds);
  const offsetMinutes = isUtc ? 0 : -moment.getTimezoneOffset();
  const local = new Date(milliseconds + offsetMinutes * 60_000);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    microsecond: local.getUTCMilliseconds() * 1000,
    offsetMinutes,
    zoneName: isUtc ? 'GMT' : zoneNameOf(moment),
  };
}

/** Made once and when needed: making one takes a millisecond, and each template file asks for three dates. */
let zoneFormat: Intl.DateTimeFormat | undefined;

function zoneNameOf(moment: Date): string {
  zoneFormat ??= new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' });
  const parts = zoneFormat.formatToParts(moment);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
}

/** Milliseconds since the epoch as if the date were in UTC. */
export function utcMilliseconds(date: CalendarDate): number {
  const made = new Date(0);
  made.setUTCFullYear(date.year, date.month - 1, date.day);
  made.setUTCHours(date.hour, date.minute, date.second, 0);
  return made.getTime();
}

/** Day of the week, Sunday 0. */
function weekdayOf(date: CalendarDate): number {
  return new Date(utcMilliseconds(date)).getUTCDay();
}

/** Day of the year, from 1. */
export function dayOfYear(date: CalendarDate): number {
  const start = utcMilliseconds({ ...date, month: 1, day: 1, hour: 0, minute: 0, second: 0 });
  return Math.floor((utcMilliseconds(date) - start) / DAY_MS) + 1;
}

/** Year and week by ISO 8601. */
function isoWeek(date: CalendarDate): { year: number; week: number } {
  const thursday = new Date(utcMilliseconds(date));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const start = utcMilliseconds({ ...date, year, month: 1, day: 1, hour: 0, minute: 0, second: 0 });
  return { year, week: Math.floor((thursday.getTime() - start) / DAY_MS / 7) + 1 };
}

function pad(value: number, width: number, fill = '0'): string {
  return String(value).padStart(width, fill);
}

function zoneOffset(date: CalendarDate): string {
  if (date.offsetMinutes === undefined) return '';
  const size = Math.abs(date.offsetMinutes);
  return `${date.offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}${pad(size % 60, 2)}`;
}

type Field = (date: CalendarDate) => string;

const hour12 = (date: CalendarDate): number => date.hour % 12 || 12;

const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['a', (date) => (DAYS[weekdayOf(date)] ?? '').slice(0, 3)],
  ['A', (date) => DAYS[weekdayOf(date)] ?? ''],
  ['b', (date) => (MONTHS[date.month - 1] ?? '').slice(0, 3)],
  ['h', (date) => (MONTHS[date.month - 1] ?? '').slice(0, 3)],
  ['B', (date) => MONTHS[date.month - 1] ?? ''],
  ['c', (date) => formatDate(date, '%a %b %e %H:%M:%S %Y')],
  ['C', (date) => pad(Math.floor(date.year / 100), 2)],
  ['d', (date) => pad(date.day, 2)],
  ['D', (date) => formatDate(date, '%m/%d/%y')],
  ['e', (date) => pad(date.day, 2, ' ')],
  ['F', (date) => formatDate(date, '%Y-%m-%d')],
  ['g', (date) => pad(isoWeek(date).year % 100, 2)],
  ['G', (date) => String(isoWeek(date).year)],
  ['H', (date) => pad(date.hour, 2)],
  ['I', (date) => pad(hour12(date), 2)],
  ['j', (date) => pad(dayOfYear(date), 3)],
  ['k', (date) => pad(date.hour, 2, ' ')],
  ['l', (date) => pad(hour12(date), 2, ' ')],
  ['m', (date) => pad(date.month, 2)],
  ['M', (date) => pad(date.minute, 2)],
  ['n', () => '\n'],
  ['p', (date) => (date.hour < 12 ? 'AM' : 'PM')],
  ['P', (date) => (date.hour < 12 ? 'am' : 'pm')],
  ['r', (date) => formatDate(date, '%I:%M:%S %p')],
  ['R', (date) => formatDate(date, '%H:%M')],
  ['s', epochText],
  ['S', (date) => pad(date.second, 2)],
  ['t', () => '\t'],
  ['T', (date) => formatDate(date, '%H:%M:%S')],
  ['u', (date) => String(weekdayOf(date) || 7)],
  ['U', (date) => pad(Math.floor((dayOfYear(date) + 6 - weekdayOf(date)) / 7), 2)],
  ['V', (date) => pad(isoWeek(date).week, 2)],
  ['w', (date) => String(weekdayOf(date))],
  ['W', (date) => pad(Math.floor((dayOfYear(date) + 6 - ((weekdayOf(date) + 6) % 7)) / 7), 2)],
  ['x', (date) => formatDate(date, '%m/%d/%y')],
  ['X', (date) => formatDate(date, '%H:%M:%S')],
  ['y', (date) => pad(((date.year % 100) + 100) % 100, 2)],
  ['Y', (date) => String(date.year)],
  ['z', zoneOffset],
  ['Z', (date) => date.zoneName],
  ['%', () => '%'],
]);

/** C's `%s` reads the fields as the machine's own zone, whatever zone they came from. */
function epochText(date: CalendarDate): string {
  const local = new Date(date.year, date.month - 1, date.day, date.hour, date.minute, date.second);
  return String(Math.floor(local.getTime() / 1000));
}

/** Fields that are texts: they are filled with spaces, where numbers are filled with zeros. */
const TEXT_FIELDS = 'aAbBcDFhnpPrRtTxXzZ%';

/** The text of a date. `%-d` drops zeros, `%_d` puts spaces, `%^a` capitals, `%5d` is as wide as it says. */
export function formatDate(date: CalendarDate, format: string): string {
  return format.replace(
    /%([-_0^#]*)(\d*)[EO]?([a-zA-Z%])/g,
    (whole, flags: string, width: string, letter: string) => {
      const text = FIELDS.get(letter)?.(date);
      if (text === undefined) return whole;
      const filler = /[-_0](?=[\^#]*$)/.exec(flags)?.[0];
      const filled = TEXT_FIELDS.includes(letter) ? text : refill(text, filler);
      const usual = TEXT_FIELDS.includes(letter) ? ' ' : '0';
      const character = filler === undefined ? usual : filler === '0' ? '0' : ' ';
      return changeCase(filled.padStart(Number(width), character), flags, letter);
    },
  );
}

function refill(number: string, filler: string | undefined): string {
  if (filler === undefined) return number;
  const bare = number.replace(/^[0 ]+(?=\d)/, '');
  return filler === '-' ? bare : bare.padStart(number.length, filler === '0' ? '0' : ' ');
}

function changeCase(text: string, flags: string, letter: string): string {
  if (flags.includes('#') && (letter === 'p' || letter === 'Z')) return text.toLowerCase();
  const isRaised = flags.includes('^') || (flags.includes('#') && 'aAbBh'.includes(letter));
  return isRaised && letter !== 'P' ? text.toUpperCase() : text;
}
