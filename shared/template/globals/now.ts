/** `now()`: the time of day, asked once per task. */

import type { Value } from '../../base/value.ts';
import { dateOfMilliseconds } from '../dates/date-format.ts';
import { makeDatetime } from '../dates/datetime.ts';
import { formatMoment } from '../dates/day.ts';
import type { Environment } from '../environment.ts';
import { bindArguments } from '../python/bind-arguments.ts';
import { textArgument } from '../python/method.ts';
import type { Kwargs } from '../python/special.ts';
import { asInt, isTrue } from '../python/values.ts';

/** `now(utc=False, fmt=None)`: a datetime, or text in a strftime format. */
export function makeNow(env: Environment, args: readonly Value[], kwargs: Kwargs): Value {
  const [utc, format] = bindArguments(
    { name: 'Templar._now_datetime', signature: 'utc=False, fmt=None' },
    args,
    kwargs,
  );
  const milliseconds = Number(asInt(env.memory.once('now', () => env.now())) ?? 0);
  // Neither has a zone in Ansible.
  const date = {
    ...dateOfMilliseconds(milliseconds, isTrue(utc ?? false)),
    offsetMinutes: undefined,
    zoneName: '',
  };
  return isTrue(format ?? null)
    ? formatMoment(date, textArgument(format, 'strftime() argument 1'))
    : makeDatetime(date);
}
