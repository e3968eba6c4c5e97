/** Lets agents drop what they remember of tasks whose ends are stored: some tasks at a time, and when the host rests. */

import { limits } from '../../../shared/base/limits.ts';
import type { RunLog } from './run-log.ts';
import type { TaskTraffic } from './start-node.ts';
import type { Ways } from './ways.ts';

export type Forgetting = {
  /** The end of a task with this traffic was noted. */
  readonly add: (traffic: TaskTraffic) => void;
  /** Tells the agents once all that was noted is stored. */
  readonly tell: () => void;
  /** Resolves when they were told. */
  readonly told: () => Promise<void>;
};

/** Collects the keys of tasks that have ended. */
export function createForgetting({ log, ways }: { readonly log: RunLog; readonly ways: Ways }): Forgetting {
  let ended: TaskTraffic[] = [];
  let telling: Promise<void> = Promise.resolve();
  const tell = (): void => {
    const keys = keysByWay(ended);
    ended = [];
    if (keys.size === 0) return;
    const stored = log.isStored();
    telling = telling.then(async () => {
      if (await stored) for (const [way, requests] of keys) await ways.forget(way, requests);
    });
  };
  return {
    add: (traffic) => {
      ended.push(traffic);
      if (ended.length >= limits.tasksForgottenTogether) tell();
    },
    tell,
    told: () => telling,
  };
}

function keysByWay(ended: readonly TaskTraffic[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, string[]>();
  for (const { ways } of ended)
    for (const [way, use] of ways)
      if (use.keys.length > 0) keys.set(way, [...(keys.get(way) ?? []), ...use.keys]);
  return keys;
}
