/** Python's datetime.timezone: an offset from UTC, and its name. */

import type { Value } from '../../base/value.ts';
import { type MethodTable, methodTable } from '../python/method.ts';
import { repr, reprText } from '../python/repr.ts';
import { PyObject } from '../python/special.ts';
import { MICROS_PER_SECOND, offsetText } from './calendar.ts';
import { boundMethod, payloadOf } from './date-class.ts';
import type { CalendarDate } from './date-format.ts';
import { makeTimedelta } from './timedelta.ts';

/** What a date knows of its zone. */
export type Zone = Pick<CalendarDate, 'offsetMinutes' | 'zoneName'>;

const TYPE = 'datetime.timezone';

/** What dates and times say of their zones; a timezone says the same when it is asked about a date. */
const ZONE_METHODS: readonly (readonly [string, (zone: Zone) => Value])[] = [
  ['dst', () => null],
  ['tzname', (zone) => zoneNameOf(zone)],
  ['utcoffset', (zone) => zoneOffsetOf(zone)],
];

/** `dst`, `tzname` and `utcoffset` of dates and times. */
export const zoneMethods: MethodTable<Zone> = methodTable<Zone>(
  ZONE_METHODS.map(([name, call]) => [name, '', call]),
);

const CLASS = {
  name: TYPE,
  methods: methodTable<Zone>(ZONE_METHODS.map(([name, call]) => [name, 'dt', call])),
};

/** The `tzinfo` of a date or time: None where it has no zone. */
export function makeTimezone(zone: Zone): Value {
  const { offsetMinutes, zoneName } = zone;
  return offsetMinutes === undefined ? null : timezoneObject({ offsetMinutes, zoneName });
}

function timezoneObject(zone: { readonly offsetMinutes: number; readonly zoneName: string }): PyObject {
  const { offsetMinutes, zoneName } = zone;
  return new PyObject({
    typeName: TYPE,
    str: () => zoneNameOf(zone) ?? '',
    repr: () => {
      if (offsetMinutes === 0 && zoneName === '') return 'datetime.timezone.utc';
      const name = zoneName === '' ? '' : `, ${reprText(zoneName)}`;
      return `datetime.timezone(${repr(zoneOffsetOf(zone))}${name})`;
    },
    attribute: (name) => boundMethod(CLASS, zone, name),
    compare: (other) => {
      const given = zoneIn(other)?.offsetMinutes;
      return given === undefined ? undefined : offsetMinutes - given;
    },
    payload: { zone },
  });
}

/** The zone of a timezone; undefined for other values. */
export function zoneIn(value: Value): Zone | undefined {
  const payload = payloadOf(value, TYPE);
  return isZone(payload) ? payload.zone : undefined;
}

function isZone(payload: unknown): payload is { readonly zone: Zone } {
  return typeof payload === 'object' && payload !== null && 'zone' in payload;
}

/** The name that `%Z` prints. */
export function zoneNameOf({ offsetMinutes, zoneName }: Zone): string | null {
  if (offsetMinutes === undefined) return null;
  if (zoneName !== '') return zoneName;
  return offsetMinutes === 0 ? 'UTC' : `UTC${offsetText(offsetMinutes)}`;
}

function zoneOffsetOf({ offsetMinutes }: Zone): Value {
  return offsetMinutes === undefined ? null : makeTimedelta(offsetMinutes * 60 * MICROS_PER_SECOND);
}
