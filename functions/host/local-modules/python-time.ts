/** Times as Python prints them. */

import { dateOfMilliseconds, formatDate } from '../../../shared/template/dates/date-format.ts';

/** `str(datetime)` of a time in ms since the epoch, in this machine's zone. */
export function timeText(ms: number): string {
  return formatDate(
    dateOfMilliseconds(ms, false),
    ms % 1000 === 0 ? '%Y-%m-%d %H:%M:%S' : '%Y-%m-%d %H:%M:%S.%f',
  );
}

/** `str(timedelta)`. */
export function durationText(ms: number): string {
  const two = (number: number): string => String(Math.floor(number)).padStart(2, '0');
  const seconds = ms / 1000;
  const days = Math.floor(seconds / 86_400);
  const day = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `;
  const fraction = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}000`;
  return `${day}${Math.floor((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}${fraction}`;
}
