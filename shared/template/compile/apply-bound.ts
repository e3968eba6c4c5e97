/** Filters and tests over values, with an argument for each parameter. */

import { countMade, isLarge } from '../budget.ts';
import { type Builtin, callBuiltin } from '../builtin.ts';
import type { Evaluate } from './runtime.ts';

/**
 * The filter or test over what `value` gives. Few arguments are passed without a list of them, which would take longer than
 * most filters.
 */
export function applyBound(builtin: Builtin, value: Evaluate, bound: readonly Evaluate[]): Evaluate {
  const { call } = builtin;
  const [first, second, ...more] = bound;
  if (first === undefined) {
    return (frame) => {
      const { env } = frame.context.engine;
      const subject = value(frame);
      return isLarge(subject)
        ? callBuiltin(builtin, env, { subject, args: [] })
        : countMade(call(env, subject));
    };
  }
  if (second === undefined) {
    return (frame) => {
      const { env } = frame.context.engine;
      const subject = value(frame);
      const a = first(frame);
      return isLarge(subject)
        ? callBuiltin(builtin, env, { subject, args: [a] })
        : countMade(call(env, subject, a));
    };
  }
  if (more.length === 0) {
    return (frame) => {
      const { env } = frame.context.engine;
      const subject = value(frame);
      const a = first(frame);
      const b = second(frame);
      return isLarge(subject)
        ? callBuiltin(builtin, env, { subject, args: [a, b] })
        : countMade(call(env, subject, a, b));
    };
  }
  return (frame) => {
    const subject = value(frame);
    const args = bound.map((argument) => argument(frame));
    return callBuiltin(builtin, frame.context.engine.env, { subject, args });
  };
}
