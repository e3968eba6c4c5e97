/** Hosts that go through plays without doing anything: they count tasks, and stop where they are told to meet. */

import type { MetTask, SharedEnd } from '../../../shared/wire/host-outcome.ts';
import type { HostAnswer, StageAnswer } from '../../../shared/wire/stage.ts';
import type { SimulatedHost } from './simulated-cloud.ts';

export type SimulatedPlays = {
  /** Tasks of each play. */
  readonly tasks: number;
  /** Before which tasks of each play all hosts meet, and whether one runs the task for all. */
  readonly meetings?: readonly { readonly before: number; readonly isOnce: boolean }[];
  /** How the task of a meeting ends. */
  readonly met?: (host: string, before: number) => Partial<MetTask>;
  /** What a host says instead of what it would have said. */
  readonly instead?: (host: string, stage: number) => StageAnswer | 'crashes' | undefined;
};

/** Where each host stands in each batch. */
export function simulatedHosts(plays: SimulatedPlays): SimulatedHost {
  const places = new Map<string, number>();
  return (host, work) => {
    const instead = plays.instead?.(host, work.stage);
    if (instead !== undefined) return instead;
    const key = `${host} ${work.batch}`;
    const adopted = work.orders.filter(
      ({ change, hosts }) => change.kind === 'adopt' && hosts.includes(host),
    );
    const place = (places.get(key) ?? 0) + adopted.length;
    const meeting = plays.meetings?.find(({ before }) => before >= place);
    const end = work.reach === 'one' ? place + 1 : (meeting?.before ?? plays.tasks);
    places.set(key, end);
    return { ...counted(host, end - place), isSheltered: false, hasStarted: true, outcome: outcomeOf() };

    function outcomeOf(): HostAnswer['outcome'] {
      const shared = meeting?.isOnce === true ? { shared: NOTHING } : {};
      if (work.reach === 'one')
        return { kind: 'paused', met: { ...MET, ...shared, ...plays.met?.(host, place) } };
      if (meeting === undefined) return { kind: 'ended', how: 'done', isFatalForAll: false };
      return { kind: 'waiting', order: [end], reason: 'all meet', isOnce: meeting.isOnce };
    }
  };
}

const NOTHING: SharedEnd = { result: new Map(), items: undefined };
const MET: MetTask = { status: 'ok', isFatalForAll: false, gifts: [], changes: [], ended: undefined };

function counted(host: string, ok: number): Pick<HostAnswer, 'recap'> {
  if (ok === 0) return {};
  const recap = { host, ok, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };
  return { recap };
}
