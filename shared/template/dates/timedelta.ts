/** Python's datetime.timedelta. */

import { PyFloat, type Value } from '../../base/value.ts';
import { pythonError } from '../python/error.ts';
import { methodTable } from '../python/method.ts';
import { numberOrUndefined } from '../python/number.ts';
import { PyObject } from '../python/special.ts';
import { asInt } from '../python/values.ts';
import { MICROS_PER_DAY, MICROS_PER_SECOND, pad } from './calendar.ts';
import { boundMethod, payloadOf } from './date-class.ts';

const TYPE = 'datetime.timedelta';

const CLASS = {
  name: TYPE,
  methods: methodTable<number>([['total_seconds', '', (micros) => new PyFloat(micros / MICROS_PER_SECOND)]]),
};

const DAYS_MAX = 999_999_999;

type Parts = { readonly days: number; readonly seconds: number; readonly microseconds: number };

/** A span of time. */
export function makeTimedelta(micros: number): PyObject {
  const days = Math.floor(micros / MICROS_PER_DAY);
  if (Math.abs(days) > DAYS_MAX) {
    throw pythonError('OverflowError', `days=${days}; must have magnitude <= ${DAYS_MAX}`);
  }
  const rest = micros - days * MICROS_PER_DAY;
  const parts = {
    days,
    seconds: Math.floor(rest / MICROS_PER_SECOND),
    microseconds: rest % MICROS_PER_SECOND,
  };
  return new PyObject({
    typeName: TYPE,
    str: () => deltaText(parts),
    repr: () => deltaRepr(parts),
    attribute: (name) => attributeOf(parts, name) ?? boundMethod(CLASS, micros, name),
    isTrue: () => micros !== 0,
    compare: (other) => {
      const given = microsIn(other);
      return given === undefined ? undefined : micros - given;
    },
    operate: (operator, other, isReflected) =>
      isReflected ? operateReflected(micros, operator, other) : operateDelta(micros, operator, other),
    payload: { micros },
  });
}

/** The microseconds of a timedelta; undefined for other values. */
export function microsIn(value: Value): number | undefined {
  const payload = payloadOf(value, TYPE);
  if (typeof payload !== 'object' || payload === null || !('micros' in payload)) return undefined;
  return Number(payload.micros);
}

function attributeOf(parts: Parts, name: string): Value | undefined {
  switch (name) {
    case 'days':
    case 'microseconds':
    case 'seconds':
      return parts[name];
    case 'resolution':
      return makeTimedelta(1);
    case 'min':
      return makeTimedelta(-DAYS_MAX * MICROS_PER_DAY);
    default:
      return undefined;
  }
}

function operateDelta(micros: number, operator: string, other: Value): Value | undefined {
  const given = microsIn(other);
  const number = given ?? numberOrUndefined(other);
  if (number === undefined) return undefined;
  if (given !== undefined) return operateDeltas(micros, operator, given);
  if (operator === '*') return makeTimedelta(roundHalfEven(micros * number));
  const isWhole = operator === '//' && asInt(other) !== undefined;
  if (number === 0 && (operator === '/' || isWhole))
    throw divisionByZero('integer division or modulo by zero');
  if (operator === '/') return makeTimedelta(roundHalfEven(micros / number));
  return isWhole ? makeTimedelta(Math.floor(micros / number)) : undefined;
}

function operateDeltas(micros: number, operator: string, other: number): Value | undefined {
  switch (operator) {
    case '+':
      return makeTimedelta(micros + other);
    case '-':
      return makeTimedelta(micros - other);
    case '/':
      if (other === 0) throw divisionByZero('division by zero');
      return new PyFloat(micros / other);
    case '//':
      if (other === 0) throw divisionByZero('integer division or modulo by zero');
      return Math.floor(micros / other);
    case '%':
      if (other === 0) throw divisionByZero('integer modulo by zero');
      return makeTimedelta(micros - Math.floor(micros / other) * other);
    default:
      return undefined;
  }
}

/** With a timedelta at the right, only numbers that multiply it are at the left. */
function operateReflected(micros: number, operator: string, other: Value): Value | undefined {
  const number = microsIn(other) === undefined ? numberOrUndefined(other) : undefined;
  return number === undefined || operator !== '*' ? undefined : makeTimedelta(roundHalfEven(micros * number));
}

function divisionByZero(message: string): Error {
  return pythonError('ZeroDivisionError', message);
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function deltaText({ days, seconds, microseconds }: Parts): string {
  const clock = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  const day = days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `;
  return day + clock + (microseconds === 0 ? '' : `.${pad(microseconds, 6)}`);
}

function deltaRepr({ days, seconds, microseconds }: Parts): string {
  const parts = [
    days === 0 ? '' : `days=${days}`,
    seconds === 0 ? '' : `seconds=${seconds}`,
    microseconds === 0 ? '' : `microseconds=${microseconds}`,
  ].filter((part) => part !== '');
  return `datetime.timedelta(${parts.join(', ') || '0'})`;
}
