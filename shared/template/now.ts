/** `now()`: the time of day, asked once per task. */

import type { Value } from '../base/value.ts';
import { bindArguments } from './bind-arguments.ts';
import { dateOfMilliseconds } from './date-format.ts';
import { formatMoment } from './dates/day.ts';
import { makeDatetime } from './datetime.ts';
import type { Environment } from './environment.ts';
import { str } from './python-repr.ts';
import type { Kwargs } from './special.ts';
import { asInt, isTrue } from './values.ts';

/** `now(utc=False, fmt=None)`: a datetime, or text in a strftime format. */
export function makeNow(env: Environment, args: readonly Value[], kwargs: Kwargs): Value {
  const [utc, format] = bindArguments(
    { name: '_now_datetime', signature: 'utc=False, fmt=None' },
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
  return isTrue(format ?? null) ? formatMoment(date, str(format ?? null)) : makeDatetime(date);
}
