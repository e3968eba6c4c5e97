/** Ansible's filters over dates: strftime and to_datetime. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { dateOfMilliseconds, formatDate } from '../dates/date-format.ts';
import { parseDate } from '../dates/date-parse.ts';
import { makeDatetime } from '../dates/datetime.ts';
import type { Environment } from '../environment.ts';
import { filterError } from '../filter-error.ts';
import { undefinedError } from '../python/error.ts';
import { textArgument } from '../python/method.ts';
import { toFloat } from '../python/number.ts';
import { formatPercent } from '../python/percent-format.ts';
import { str } from '../python/repr.ts';
import { Undefined } from '../python/special.ts';
import { force, isTrue } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';

/** Date filters. */
export const timeFilters: readonly Builtin[] = [
  { name: 'strftime', signature: 'second=None, utc=False', call: strftime },
  { name: 'to_datetime', signature: "format='%Y-%m-%d %H:%M:%S'", call: toDatetime },
];

function strftime(env: Environment, value: Value, second: Value = null, utc: Value = false): Value {
  const format = textArgument(value, 'strftime() argument 1');
  const seconds = second === null ? undefined : epochSeconds(force(second));
  const now = (): number => Number(str(env.memory.once('now', () => env.now())));
  const milliseconds = seconds === undefined ? now() : seconds * 1000;
  return formatDate(dateOfMilliseconds(milliseconds, isTrue(utc)), format);
}

function epochSeconds(second: Value): number {
  if (second instanceof Undefined) throw undefinedError(second);
  try {
    return Math.floor(toFloat(second));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw filterError(formatPercent('Invalid value for epoch value (%s)', second));
  }
}

function toDatetime(_env: unknown, value: Value, format: Value = ''): Value {
  const text = textArgument(value, 'strptime() argument 1');
  return makeDatetime(parseDate(text, textArgument(format, 'strptime() argument 2')));
}
