/** Answers that a task's templates got once and keep when they are rendered again. */

import type { Value } from '../../../shared/base/value.ts';
import type { TaskMemory } from '../../../shared/template/environment.ts';
import { Suspension } from '../../../shared/template/template-error.ts';

type Answer = { readonly value: Value } | { readonly error: unknown };

/** A memory for one task on one host. */
export function rememberAnswers(): TaskMemory {
  const answers = new Map<string, Answer>();
  const recall = (key: string): Value | undefined => {
    const answer = answers.get(key);
    if (answer !== undefined && 'error' in answer) throw answer.error;
    return answer?.value;
  };
  return {
    once: (key, ask) => {
      const known = recall(key);
      if (known !== undefined) return known;
      const value = ask();
      answers.set(key, { value });
      return value;
    },
    later: (key, ask) => {
      const known = recall(key);
      if (known !== undefined) return known;
      const arrival = ask().then(
        (value) => answers.set(key, { value }),
        (error: unknown) => answers.set(key, { error }),
      );
      throw new Suspension(arrival, key);
    },
  };
}
