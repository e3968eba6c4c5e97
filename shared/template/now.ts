/** `now()`: the time of day, asked once per task. */

import type { Value } from '../base/value.ts';
import { bindArguments } from './bind-arguments.ts';
import { dateOfMilliseconds } from './date-format.ts';
import { formatWithMicros, makeDatetime } from './datetime.ts';
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
  const date = dateOfMilliseconds(milliseconds, isTrue(utc ?? false));
  return isTrue(format ?? null) ? formatWithMicros(date, str(format ?? null)) : makeDatetime(date);
}
