/** Passes on the events of hosts that run freely, as they come; what a task includes is told behind its result. */

import type { HostEvent, RunEvent } from '../wire/run-event.ts';

/** Takes events of several hosts for `strategy: free` and `host_pinned`. */
export function createFreeOrder(emit: (event: RunEvent) => void): (event: HostEvent) => void {
  const includes = new Map<string, RunEvent[]>();
  return ({ event, host }) => {
    if (event.kind === 'file-included') {
      includes.set(host, [...(includes.get(host) ?? []), event]);
      return;
    }
    emit(event);
    if (event.kind !== 'task-finished') return;
    for (const included of includes.get(host) ?? []) emit(included);
    includes.delete(host);
  };
}
