/** The ports of one round: what the host says and notes goes to its stream, and is counted. */

import type { Clock } from '../../shared/base/clock.ts';
import { FailureError } from '../../shared/base/failure.ts';
import { limits } from '../../shared/base/limits.ts';
import type { Said } from '../../shared/wire/host-journal.ts';
import { createRecap, type GivenStats, givenStats, type HostTally } from '../../shared/wire/recap.ts';
import type { OrderKey } from '../../shared/wire/run-event.ts';
import type { HostPorts } from './execute/host-ports.ts';
import { wayKey } from './execute/ways.ts';
import type { HostStage } from './host-stage.ts';
import type { HostPast, HostWriter } from './host-stream.ts';
import type { Patience } from './patience.ts';
import type { ConnectionTarget, KeptAgent } from './session/session.ts';

export type RoundPorts = {
  readonly host: HostPorts;
  readonly activity: Pick<Patience, 'hasHappened' | 'isConnecting' | 'lastActivity'>;
  /** What the stage counts, with what earlier rounds have stored. */
  readonly tally: () => HostTally;
};

/** Ports over the stage and its stream. */
export function roundPorts(
  stage: HostStage,
  { past, writer }: { readonly past: HostPast; readonly writer: HostWriter },
): RoundPorts {
  const { clock, host, work } = stage;
  const counter = createCounter(host, past.saidSinceAnswer);
  const activity = createActivity(clock);
  const agents = knownAgents(past);
  /** Claims the host before its agent: an invocation that knows less of the past cannot have either any more. */
  const admit = async (way: string, kept: KeptAgent): Promise<number> => {
    const known = agents.get(way);
    if (known?.isClean === false && known.agent !== kept.agent) throw agentGone(host);
    agents.set(way, { agent: kept.agent, isClean: false });
    writer.note({ kind: 'agent', way, agent: kept.agent });
    const fence = await writer.claim();
    activity.connected();
    return fence;
  };
  let place: OrderKey = [];
  return {
    host: {
      modules: stage.modules,
      clock,
      factCache: stage.factCache,
      keyPrefix: String(work.batch),
      emit: ({ event, order }) => {
        counter.count({ event, order });
        writer.say({ order, event });
      },
      arrive: (order) => {
        place = order;
        writer.say({ order });
      },
      journal: {
        note: (change) => {
          activity.happened();
          if (change.kind === 'agent' && change.agent === undefined) agents.delete(change.way);
          writer.note(change);
        },
        secured: writer.secured,
      },
      forgets,
      guard: activity.guard,
      connect: (target) => {
        if (!forgets(target)) activity.connecting();
        return stage.connect(target, {
          admit: (kept) => admit(wayKey(target), kept),
          warn: (text) => writer.say({ order: place, event: { kind: 'message', level: 'warning', text } }),
        });
      },
    },
    activity,
    tally: counter.tally,
  };
}

/** A function has no agent on its own machine. */
function forgets({ kind }: ConnectionTarget): boolean {
  return kind === 'local';
}

/** Counts as the recap does, beginning with what was said before. */
function createCounter(
  host: string,
  before: readonly Said[],
): { readonly count: (said: Said) => void; readonly tally: () => HostTally } {
  const recap = createRecap();
  const stats: GivenStats[] = [];
  const count = ({ event, order }: Said): void => {
    if (event === undefined) return;
    recap.count(event);
    stats.push(...givenStats(event, order));
  };
  for (const said of before) count(said);
  return {
    count,
    tally: () => {
      const line = recap.lines().find((each) => each.host === host);
      return {
        ...(line === undefined ? {} : { recap: line }),
        ...(stats.length === 0 ? {} : { customStats: stats }),
      };
    },
  };
}

type Activity = RoundPorts['activity'] & {
  /** Counts as connecting for as long as the work lasts. */
  readonly guard: NonNullable<HostPorts['guard']>;
  readonly happened: () => void;
  readonly connecting: () => void;
  readonly connected: () => void;
};

/** When something happened last. A connection that is being made counts as long as one may take. */
function createActivity(clock: Pick<Clock, 'now'>): Activity {
  let last = clock.now();
  let hasHappened = false;
  let connectingSince: number | undefined;
  let guarded = 0;
  return {
    lastActivity: () => last,
    hasHappened: () => hasHappened,
    isConnecting: () =>
      guarded > 0 || (connectingSince !== undefined && clock.now() - connectingSince < limits.connectingMs),
    guard: async (work) => {
      guarded += 1;
      try {
        return await work;
      } finally {
        guarded -= 1;
      }
    },
    happened: () => {
      hasHappened = true;
      last = clock.now();
    },
    connecting: () => {
      connectingSince = clock.now();
    },
    connected: () => {
      connectingSince = undefined;
      last = clock.now();
    },
  };
}

type KnownAgent = { readonly agent: string; readonly isClean: boolean };

/** The agents of earlier rounds. Those of stages that were answered had nothing left to do. */
function knownAgents({ changes }: HostPast): Map<string, KnownAgent> {
  const agents = new Map<string, KnownAgent>();
  for (const change of changes) {
    if (change.kind === 'answer')
      for (const [way, { agent }] of agents) agents.set(way, { agent, isClean: true });
    if (change.kind !== 'agent') continue;
    if (change.agent === undefined) agents.delete(change.way);
    else agents.set(change.way, { agent: change.agent, isClean: false });
  }
  return agents;
}

function agentGone(host: string): FailureError {
  return new FailureError({
    kind: 'outcome-unknown',
    message:
      'The agent on the host is gone (it was killed, or the host was restarted) while it had tasks of this run: what it has done of them is unknown, and nothing is run again',
    retryable: false,
    host,
  });
}
