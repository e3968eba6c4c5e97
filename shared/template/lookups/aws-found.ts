/** Answers of AWS as a task remembers them: with what there is to warn of. */

import type { AwsValues } from '../../base/aws-values.ts';
import type { Value } from '../../base/value.ts';
import type { Environment } from '../environment.ts';
import { str } from '../python/repr.ts';
import { asDict, toList } from '../python/values.ts';

/** What a term gave. */
export type Found =
  | { readonly value: Value; readonly warnings?: readonly string[] }
  | { readonly error: Error };

/** The values of all terms, asked for once for a task; raises the first error among them. */
export function answered(
  env: Environment,
  key: string,
  ask: (aws: AwsValues) => Promise<readonly Found[]>,
): Value[] {
  const shape = (found: readonly Found[]): Value =>
    new Map<Value, Value>([
      ['values', found.map(valueIn)],
      ['warnings', found.flatMap((each) => ('value' in each ? (each.warnings ?? []) : []))],
    ]);
  // The port may suspend by itself, which is no answer: it is taken before anything is awaited.
  const remembered = env.memory.later(key, () => ask(env.local.aws()).then(shape));
  const parts = asDict(remembered);
  for (const text of toList(parts?.get('warnings') ?? [])) env.warn?.(str(text));
  return toList(parts?.get('values') ?? []);
}

function valueIn(found: Found): Value {
  if ('error' in found) throw found.error;
  return found.value;
}
