/** Asks AWS on behalf of a lookup: patient with a busy service, soon done with one that cannot be reached. */

import type { AwsAccess, AwsAnswer } from '../base/aws-values.ts';
import type { Clock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import { askPatiently, isBusy, isUnreached } from './ask-patiently.ts';
import { awsFailure } from './aws-trouble.ts';

/** Does the call named `operation`; rejects only when we are wrong. */
export type Asker = <T>(
  operation: string,
  call: (signal: AbortSignal) => Promise<T>,
) => Promise<AwsAnswer<T>>;

/** An asker for one account. */
export function createAsker(access: AwsAccess, clock: Clock): Asker {
  return async (operation, call) => {
    try {
      return { kind: 'found', value: await inTime(askPatiently(call, { clock, patienceMs }), clock) };
    } catch (error) {
      return awsFailure(error, operation, access);
    }
  };
}

/** Finding keys has no end of its own: it may run programs and ask other services. */
async function inTime<T>(answer: Promise<T>, clock: Clock): Promise<T> {
  const timer = new AbortController();
  const deadline = clock.sleep(limits.lookupDeadlineMs, timer.signal).then((): never => {
    throw Object.assign(new Error(`no answer in ${limits.lookupDeadlineMs} ms`), { name: 'TimeoutError' });
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    timer.abort();
  }
}

function patienceMs(error: unknown): number {
  if (!(error instanceof Error)) return 0;
  if (isBusy(error)) return limits.secretDeadlineMs;
  return isUnreached(error) ? limits.lookupUnreachedMs : 0;
}

/** What is refused to templates although the function itself may read it. */
export function refused(name: string, operation: string): AwsAnswer<never> {
  const message = `${name} belongs to the secrets of this deployment`;
  return { kind: 'refused', code: 'AccessDeniedException', operation, message };
}

export type Page<T> = { readonly items: readonly T[]; readonly token: string | undefined };

/** All pages that the call named `operation` gives, put together. `next` asks for the page with a token. */
export async function allPages<T>(
  operation: string,
  next: (token: string | undefined) => Promise<AwsAnswer<Page<T>>>,
): Promise<AwsAnswer<readonly T[]>> {
  const items: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < limits.lookupPagesMax; page++) {
    const answer = await next(token);
    if (answer.kind !== 'found') return answer;
    items.push(...answer.value.items);
    token = answer.value.token;
    if (token === undefined || token === '') return { kind: 'found', value: items };
  }
  const message = `The list has more than ${limits.lookupPagesMax} pages`;
  return { kind: 'refused', code: 'PaginationError', operation, message };
}
