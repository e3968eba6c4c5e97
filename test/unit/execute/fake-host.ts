/** A host that answers as a test says, and a play loaded from YAML to run on it. */

import type { HostPorts } from '../../../functions/host/execute/host-ports.ts';
import { HostRun } from '../../../functions/host/execute/host-run.ts';
import type { PlayContext } from '../../../functions/host/execute/play-context.ts';
import type { Connection, Reply, SessionRequest } from '../../../functions/host/session/session.ts';
import { systemClock } from '../../../shared/base/clock.ts';
import type { Value } from '../../../shared/base/value.ts';
import type { HostEvent } from '../../../shared/wire/run-event.ts';
import { fakeContext } from './fake-context.ts';

/** What a target answers to a request: a result, or nothing before `release` is called. */
export type Answer = (request: SessionRequest, number: number) => Promise<Reply> | Reply;

export type FakeHost = {
  readonly run: HostRun;
  /** Requests in the order in which they were sent, by their first argument. */
  readonly sent: readonly string[];
  readonly events: readonly HostEvent[];
  readonly context: PlayContext;
  /** Keys of requests whose answers the agent was told to forget. */
  readonly forgotten: readonly string[];
  /** How connections ended. */
  readonly closed: () => readonly string[];
  /** `title: status` of each finished task. */
  readonly finished: () => readonly string[];
};

/** A host in the first play of `yaml`, with all requests answered by `answer`; `ports` stand in for its own. */
export function fakeHost(yaml: string, answer: Answer, ports: Partial<HostPorts> = {}): FakeHost {
  const sent: string[] = [];
  const events: HostEvent[] = [];
  const forgotten: string[] = [];
  const closed: string[] = [];
  const session = {
    python: '3.11.2',
    executable: '/usr/bin/python3',
    ended: new Promise<undefined>(() => undefined),
    run: async (request: SessionRequest): Promise<Reply> => {
      sent.push(String(request.args.get('_raw_params') ?? request.module));
      return answer(request, sent.length);
    },
    load: () => undefined,
    cancel: () => undefined,
    kept: Promise.resolve(undefined),
    forget: (keys: readonly string[]) => {
      forgotten.push(...keys);
    },
    close: async () => undefined,
    detach: async () => undefined,
  };
  const connection: Connection = {
    raw: () => Promise.reject(new Error('no raw commands here')),
    session: async () => session,
    close: async () => {
      closed.push('closed');
    },
    detach: async () => {
      closed.push('detached');
    },
  };
  const run = new HostRun('web', {
    connect: () => connection,
    modules: { choose: (name) => ({ name, bundles: [] }) },
    emit: (event) => events.push(event),
    arrive: () => undefined,
    clock: systemClock,
    factCache: { read: () => undefined, write: () => undefined },
    ...ports,
  });
  const context = fakeContext({ '/play/site.yml': yaml });
  run.enterPlay(context);
  return {
    run,
    context,
    sent,
    events,
    forgotten,
    closed: () => closed,
    finished: () => events.flatMap(finishedText),
  };
}

/** A result as the agent gives it. */
export function result(entries: Readonly<Record<string, Value>> = {}): Reply {
  return { kind: 'result', result: new Map<Value, Value>([['changed', true], ...Object.entries(entries)]) };
}

/** A session's answers from a list: `fail` raises the epoch, so that all behind it are discarded, as the agent does. */
export function answersOf(fails: (request: SessionRequest) => boolean): Answer {
  let epoch = 0;
  return async (request) => {
    const sentIn = epoch;
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (sentIn < epoch) return { kind: 'discarded' };
    if (!fails(request)) return result({ rc: 0 });
    if (request.tolerated !== true) epoch += 1;
    return result({ rc: 1, failed: true, msg: 'non-zero return code' });
  };
}

function finishedText({ event }: HostEvent): readonly string[] {
  if (event.kind !== 'task-finished') return [];
  const { status, ignored, rescued } = event.outcome;
  const fate = ignored === true ? ' ignored' : rescued === true ? ' rescued' : '';
  return [`${status}${fate}`];
}
