/** The filters of community.general that count in units of time. */

import { type Dict, PyFloat, type Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterError } from '../filter-error.ts';
import { operate } from '../python/arithmetic.ts';
import { str } from '../python/repr.ts';
import { asText, force } from '../python/values.ts';

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  mo: 2_592_000_000,
  y: 31_536_000_000,
};
const DAY = 86_400_000;

const LONG_NAMES: Readonly<Record<string, string>> = {
  millisecond: 'ms',
  msec: 'ms',
  msecond: 'ms',
  sec: 's',
  second: 's',
  hour: 'h',
  min: 'm',
  minute: 'm',
  day: 'd',
  week: 'w',
  month: 'mo',
  year: 'y',
};

const UNITS: readonly (readonly [string, string])[] = [
  ['to_milliseconds', 'ms'],
  ['to_seconds', 's'],
  ['to_minutes', 'm'],
  ['to_hours', 'h'],
  ['to_days', 'd'],
  ['to_weeks', 'w'],
  ['to_months', 'mo'],
  ['to_years', 'y'],
];

/** `to_time_unit`, and a filter for each unit. */
export const timeFilters: readonly Builtin[] = [
  {
    name: 'to_time_unit',
    signature: "unit='ms', **kwargs",
    call: (_env, value, unit = '', kwargs = null) => convert(value, str(unit), kwargs),
  },
  ...UNITS.map(
    ([name, unit]): Builtin => ({
      name,
      signature: '**kwargs',
      call: (_env, value, kwargs = null) => convert(value, unit, kwargs),
    }),
  ),
];

function convert(value: Value, named: string, kwargs: Value): Value {
  const text = asText(force(value)) ?? str(value);
  if (text === '0') return 0;
  const unit = shortName(named);
  const factors = { ...MILLISECONDS };
  if (!Object.hasOwn(factors, unit)) throw unknownUnit(unit);
  const options: Dict = kwargs instanceof Map ? new Map(kwargs) : new Map();
  for (const [option, short] of [
    ['year', 'y'],
    ['month', 'mo'],
  ] as const) {
    const days = options.get(option);
    if (days !== undefined) factors[short] = Number(days instanceof PyFloat ? days.value : days) * DAY;
    options.delete(option);
  }
  if (options.size > 0) {
    throw filterError(
      `to_time_unit() got unknown keyword arguments: ${[...options.keys()].map(str).join(', ')}`,
    );
  }
  const sum = text
    .split(/\s+/)
    .filter((part) => part !== '')
    .reduce((total, part) => total + milliseconds(part, text, factors), 0);
  const result = operate('/', sum, factors[unit] ?? 1);
  return result instanceof PyFloat ? new PyFloat(Number(result.value.toFixed(12))) : result;
}

function milliseconds(part: string, whole: string, factors: Readonly<Record<string, number>>): number {
  const [, count, unit = ''] = /^(-?\d+)(\w+)/.exec(part) ?? [];
  const short = shortName(unit);
  const factor = Object.hasOwn(factors, short) ? factors[short] : undefined;
  if (count === undefined || factor === undefined) {
    throw filterError(`to_time_unit() can not interpret following string: ${whole}`);
  }
  return Number(count) * factor;
}

function shortName(unit: string): string {
  const singular = unit.replace(/s+$/, '');
  return Object.hasOwn(LONG_NAMES, singular) ? (LONG_NAMES[singular] ?? unit) : unit;
}

function unknownUnit(unit: string): Error {
  return filterError(
    `to_time_unit() can not convert to the following unit: ${unit}. ` +
      `Available units (singular or plural): ${Object.keys(LONG_NAMES).join(', ')}. ` +
      `Available short units: ${Object.keys(MILLISECONDS).join(', ')}`,
  );
}
