/** Which loops have failed items, as the agent counts them: it knows nothing of those before its connection. */

import type { Value } from '../../../shared/base/value.ts';
import { isTrue } from '../../../shared/template/python/values.ts';
import type { Reply, SessionRequest } from './session.ts';

export class FailedGroups {
  readonly #groups = new Set<number>();

  /** Takes note of what became of a request. */
  note({ group, groupEnd, tolerated }: SessionRequest, reply: Reply): void {
    if (group === undefined) return;
    if (groupEnd === true) this.#groups.delete(group);
    else if (hasFailed(reply) && tolerated !== true) this.#groups.add(group);
  }

  /** Whether an item of the group that is not at its end has failed. */
  hasFailed(group: number | undefined): boolean {
    return group !== undefined && this.#groups.has(group);
  }
}

/** Whether the reply is an error, or the result of a module that failed. */
export function hasFailed(reply: Reply): boolean {
  if (reply.kind !== 'result') return reply.kind === 'failed';
  const rc: Value | undefined = reply.result.get('rc');
  return isTrue(reply.result.get('failed') ?? false) || (rc !== undefined && rc !== 0 && rc !== '0');
}
