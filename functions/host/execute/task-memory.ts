/** Answers that a task's templates got once and keep when they are rendered again. */

import type { Value } from '../../../shared/base/value.ts';
import type { TaskMemory } from '../../../shared/template/environment.ts';
import { Suspension } from '../../../shared/template/template-error.ts';

type Answer = { readonly value: Value } | { readonly error: unknown };

/** Hands out the memory of one rendering after the other. */
export type SiteMemory = TaskMemory & {
  /**
   * The memory for rendering one part of the task, from its beginning. Asked for again under the same name, it gives the
   * same answers in the same order: the second of two equal questions is told from the first by its place, since
   * rendering is the same up to the point where it had to stop.
   */
  readonly pass: (part: string) => SiteMemory;
};

type OnAnswer = (question: string, answer: Value) => void;

/** A memory for one task on one host, with the answers that are known already. `onAnswer` is told of each new one. */
export function rememberAnswers(
  known: ReadonlyMap<string, Value> = new Map(),
  onAnswer: OnAnswer = () => undefined,
): SiteMemory {
  const answers = new Map<string, Answer>([...known].map(([question, value]) => [question, { value }]));
  return passOver({ answers, onAnswer }, '');
}

type Answers = { readonly answers: Map<string, Answer>; readonly onAnswer: OnAnswer };

function passOver(memory: Answers, part: string): SiteMemory {
  const counts = new Map<string, number>();
  const placeOf = (key: string): string => {
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return `${part}/${key}#${count}`;
  };
  const remember = (place: string, value: Value): void => {
    memory.answers.set(place, { value });
    memory.onAnswer(place, value);
  };
  return {
    once: (key, ask) => {
      const place = placeOf(key);
      const known = recall(memory.answers, place);
      if (known !== undefined) return known;
      const value = ask();
      remember(place, value);
      return value;
    },
    later: (key, ask) => {
      const place = placeOf(key);
      const known = recall(memory.answers, place);
      if (known !== undefined) return known;
      const arrival = ask().then(
        (value) => remember(place, value),
        (error: unknown) => {
          memory.answers.set(place, { error });
        },
      );
      throw new Suspension(arrival, key);
    },
    pass: (name) => passOver(memory, `${part}/${name}`),
  };
}

function recall(answers: ReadonlyMap<string, Answer>, place: string): Value | undefined {
  const answer = answers.get(place);
  if (answer !== undefined && 'error' in answer) throw answer.error;
  return answer?.value;
}
