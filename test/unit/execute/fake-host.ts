/** A host that answers as a test says, and a play loaded from YAML to run on it. */

import { HostRun } from '../../../functions/host/execute/host-run.ts';
import { noVars } from '../../../functions/host/execute/host-state.ts';
import type { PlayContext } from '../../../functions/host/execute/play-context.ts';
import type { Connection, Reply, SessionRequest } from '../../../functions/host/session/session.ts';
import { systemClock } from '../../../shared/base/clock.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { playNodes } from '../../../shared/plan/play-nodes.ts';
import { loadPlaybook } from '../../../shared/project/load-playbook.ts';
import type { Play } from '../../../shared/project/model.ts';
import type { HostEvent } from '../../../shared/wire/run-event.ts';
import { loadDeps } from '../project/load-deps.ts';

/** What a target answers to a request: a result, or nothing before `release` is called. */
export type Answer = (request: SessionRequest, number: number) => Promise<Reply> | Reply;

export type FakeHost = {
  readonly run: HostRun;
  /** Requests in the order in which they were sent, by their first argument. */
  readonly sent: readonly string[];
  readonly events: readonly HostEvent[];
  /** `title: status` of each finished task. */
  readonly finished: () => readonly string[];
};

/** A host in the first play of `yaml`, with all requests answered by `answer`. */
export function fakeHost(yaml: string, answer: Answer): FakeHost {
  const sent: string[] = [];
  const events: HostEvent[] = [];
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
    forget: () => undefined,
    close: async () => undefined,
    detach: async () => undefined,
  };
  const connection: Connection = {
    raw: () => Promise.reject(new Error('no raw commands here')),
    session: async () => session,
    close: async () => undefined,
    detach: async () => undefined,
  };
  const run = new HostRun('web', {
    connect: () => connection,
    modules: { choose: (name) => ({ name, bundles: [] }) },
    emit: (event) => events.push(event),
    arrive: () => undefined,
    clock: systemClock,
    factCache: { read: () => undefined, write: () => undefined },
  });
  run.enterPlay(playContext(loadPlay(yaml)));
  return { run, sent, events, finished: () => events.flatMap(finishedText) };
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

function loadPlay(yaml: string): Play {
  const deps = loadDeps('/play');
  const files = {
    ...deps.files,
    read: (path: string) => (path === '/play/site.yml' ? Buffer.from(yaml) : undefined),
  };
  const kind = (path: string): 'file' | undefined => (path === '/play/site.yml' ? 'file' : undefined);
  const { value, diagnostics } = loadPlaybook('/play/site.yml', { ...deps, files: { ...files, kind } });
  const [play] = value.plays;
  if (play === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return play;
}

function playContext(play: Play): PlayContext {
  const { environment } = loadDeps('/play');
  const groups: Dict = new Map<Value, Value>([['all', ['web', 'db']]]);
  return {
    play,
    nodes: playNodes(play, { gathersFacts: false, forceHandlers: false }),
    handlers: play.handlers,
    settings: {
      isCheckMode: false,
      isDiff: false,
      noLog: false,
      verbosity: 0,
      tags: ['all'],
      skipTags: [],
      become: false,
      becomeUser: undefined,
      becomeMethod: undefined,
      becomePassword: undefined,
      connection: undefined,
      connectionPassword: undefined,
      remoteUser: undefined,
      localUser: 'me',
      privateKeyFile: undefined,
      sshArguments: [],
      timeoutSeconds: 10,
      limit: undefined,
      inventorySources: [],
      forks: 5,
      forceHandlers: false,
    },
    config: () => undefined,
    configFile: undefined,
    renderOptions: environment.options,
    extraVars: new Map(),
    promptVars: new Map(),
    inventory: {
      hosts: () => ['web', 'db'],
      hasHost: (name) => ['web', 'db'].includes(name),
      groups: () => groups,
      groupNames: () => [],
      vars: () => new Map<Value, Value>([['ansible_host', '192.0.2.1']]),
      sourceOf: () => undefined,
      after: notHere,
    },
    hosts: { all: ['web', 'db'], active: ['web', 'db'], batch: ['web', 'db'] },
    isSmartGathering: false,
    isLockStep: false,
    varsOf: () => noVars,
    include: { tasks: notHere, role: notHere },
    local: {
      ...environment.local,
      disk: {
        stat: () => undefined,
        list: () => [],
        readLink: notHere,
        pieces: notHere,
        stream: notHere,
        makeDirectories: notHere,
        replace: notHere,
        hostName: () => 'here',
        userName: () => undefined,
      },
      terminal: { show: () => undefined, warn: () => undefined, wait: undefined },
    },
    decrypt: environment.decrypt,
    parseYaml: environment.parseYaml,
    now: systemClock.now,
    randomBytes: systemClock.randomBytes,
  };
}

function notHere(): never {
  throw new Error('nothing of this is here');
}
