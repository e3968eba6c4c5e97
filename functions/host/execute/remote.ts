/** The way from an action to its target: connections opened when first used, requests sent in order. */

import { FailureError } from '../../../shared/base/failure.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { plainValue } from '../../../shared/template/plain-value.ts';
import { PyBytes } from '../../../shared/template/python/special.ts';
import type { BecomeRequest } from '../../../shared/wire/agent-frame.ts';
import type { ModuleBundle } from '../../../shared/wire/module-bundle.ts';
import {
  type ActionCall,
  ActionFailure,
  type ActionReply,
  type Remote,
  type RequestExtras,
} from '../actions/action.ts';
import { hasOwnAction } from '../actions/registry.ts';
import { isRepeatable } from '../local-modules/repeatable.ts';
import type { Connection, ConnectionTarget, RawResult, Session, SessionRequest } from '../session/session.ts';
import { type Account, accounted } from './accounted.ts';
import { isToleratedByCondition } from './conclude-result.ts';
import { internalArguments } from './internal-arguments.ts';
import { mayRerun } from './rerun.ts';
import type { RunLog } from './run-log.ts';
import type { CallPlace } from './task-end.ts';
import { throughTerminal } from './tty-output.ts';

/** Where module code comes from. */
export type ModuleSource = {
  /** The code for a module's name, as a task or an action gives it, on this task. Throws ActionFailure. */
  readonly choose: (module: string, call: ActionCall) => ChosenModule;
};

/** `name` is what requests call it; `bundles` are loaded before, in order: none for one that the agent has itself. */
export type ChosenModule = { readonly name: string; readonly bundles: readonly ModuleBundle[] };

/** One target with its connection, for all calls that go the same way. */
export type Way = {
  readonly key: string;
  readonly target: ConnectionTarget;
  readonly connection: () => Connection;
  /**
   * The agent's epoch as far as the host's state takes it into account: requests of a state that was made before a
   * failure carry an epoch from before it, and are discarded.
   */
  readonly epoch: () => number;
  readonly noteEpoch: (epoch: number) => void;
  /** An agent has answered there. */
  readonly noteAgent: () => void;
  /** Closes the connection, unless another one has taken its place, so that the next use opens a new one. */
  readonly drop: (connection: Connection) => Promise<void>;
  /** As {@link Way.drop}, of a connection that works: its agent is ended on purpose. */
  readonly reset: () => Promise<void>;
};

/** What is kept of the task while its requests are under way. */
export type RemoteTask = {
  readonly log: RunLog;
  /** The task's place in the journal. */
  readonly place: string;
  /** Begins the keys of its requests, where these have some. */
  readonly keyPrefix: string | undefined;
  /** Resolves when all before the task has ended, and ended well. */
  readonly turn: Promise<void>;
  readonly sleep: (ms: number) => Promise<void>;
  /** The end of its last request to a target that forgets: the next one begins only then. */
  last: Promise<unknown>;
};

export type RemoteOptions = {
  readonly way: Way;
  readonly modules: ModuleSource;
  readonly become: BecomeRequest | undefined;
  /** Where modules may put temporary files. */
  readonly remoteTmp: string;
  /** See {@link hasTerminal}. */
  readonly hasTerminal: boolean;
  /** See HostPorts. */
  readonly forgets: boolean;
  /** Of loops, and of actions with several requests: see RunRequest. */
  readonly group: number;
  readonly place: CallPlace;
  readonly task: RemoteTask;
  /** Of the way: the keys of requests that the task has made. */
  readonly keys: string[];
  /** The epoch that the task's own replies have brought; the host takes note of it when the task settles. */
  readonly seen: { epoch: number };
};

/** The remote of one call. */
export function createRemote(call: ActionCall, options: RemoteOptions): Remote {
  const { task, way } = options;
  let count = 0;
  const run = (module: string, args: Dict, extras: RequestExtras = {}): Promise<ActionReply> => {
    count += 1;
    const epoch = way.epoch();
    const { bundles, request } = moduleRequest(call, options, { module, args, extras, count });
    if (request.key !== undefined) options.keys.push(request.key);
    const send = (session: Session, begunAtMs?: number): Promise<ActionReply> => {
      if (!options.forgets) way.noteAgent();
      for (const bundle of bundles) session.load(bundle);
      const known = Math.max(Math.min(epoch, way.epoch()), options.seen.epoch);
      const begun = begunAtMs === undefined ? {} : { begunAtMs };
      return sendRequest(session, options.seen, { ...request, ...begun, epoch: known });
    };
    const attempt = async (begunAtMs?: number): Promise<ActionReply> => {
      const connection = way.connection();
      try {
        const ready = task.log.inTurn(way.key, connection.session());
        return await ready.then((session) => send(session, begunAtMs));
      } catch (error) {
        throw await lost(error, connection, options);
      }
    };
    const answered = options.forgets
      ? inAccount(attempt, call, { ...options, request, count })
      : againWhileUnknown(attempt, call, options);
    return task.log.during(
      answered
        .then((reply) =>
          options.hasTerminal && reply instanceof Map ? throughTerminal(reply, way.target) : reply,
        )
        .catch((error) => unreachable(error, call)),
    );
  };
  return {
    run,
    raw: (command) => task.log.during(runRaw(command, call, options)),
    reset: async () => {
      options.seen.epoch = 0;
      await way.reset();
    },
    probe: async () => {
      await task.log.during(way.connection().session());
      way.noteAgent();
    },
    sleep: task.sleep,
  };
}

type ModuleRun = {
  readonly module: string;
  readonly args: Dict;
  readonly extras: RequestExtras;
  /** Of the call's requests, from 1. */
  readonly count: number;
};

type ModuleRequest = {
  readonly bundles: ChosenModule['bundles'];
  readonly request: Omit<SessionRequest, 'epoch'>;
};

/** The request of a module, in a group with the others of its loop or action where there are some. */
function moduleRequest(call: ActionCall, options: RemoteOptions, run: ModuleRun): ModuleRequest {
  const { attempt, isLast, isLoop, item } = options.place;
  const { hasMore = false, ...extras } = run.extras;
  const { keyPrefix } = options.task;
  const asked = nameOf(run.module, call);
  const chosen = options.forgets ? { name: asked, bundles: [] } : options.modules.choose(asked, call);
  const internal = internalArguments(call, { asked, chosen, remoteTmp: options.remoteTmp });
  const args = [...run.args].map(([name, value]) => [name, plainValue(value)] as const);
  const isGrouped = isLoop || run.count > 1 || hasMore;
  const request = {
    module: chosen.name,
    args: new Map([...args, ...internal]),
    ...requestModes(call, options.become),
    ...extras,
    ...(keyPrefix === undefined || options.forgets
      ? {}
      : { key: `${keyPrefix}#${item}.${attempt}.${run.count}` }),
    ...(isGrouped ? { group: options.group, groupEnd: isLast && !hasMore } : {}),
  };
  return { bundles: chosen.bundles, request };
}

/** Sends the request again when the playbook allows it, once all before it has ended well. */
async function againWhileUnknown(
  attempt: () => Promise<ActionReply>,
  call: ActionCall,
  { task, way }: RemoteOptions,
): Promise<ActionReply> {
  for (let reruns = 0; ; reruns++) {
    try {
      return await attempt();
    } catch (error) {
      const isUnknown = error instanceof FailureError && error.failure.kind === 'outcome-unknown';
      if (!isUnknown || reruns >= limits.rerunsMax || !mayRerun(call)) throw error;
      await task.turn;
      task.log.agentEnded(way.key);
    }
  }
}

/** A task names its module itself; what an action asks for is Ansible's own, or the user's in its place. */
function nameOf(module: string, call: ActionCall): string {
  if (module === call.name && !hasOwnAction(call.name)) return call.action;
  return module.includes('.') ? module : `ansible.legacy.${module}`;
}

type Modes = Pick<SessionRequest, 'become' | 'check' | 'diff' | 'environment' | 'timeout' | 'tolerated'>;

function requestModes({ keywords, task }: ActionCall, become: BecomeRequest | undefined): Modes {
  return {
    ...(keywords.isCheckMode ? { check: true } : {}),
    ...(keywords.isDiff ? { diff: true } : {}),
    ...(keywords.ignoreErrors || isToleratedByCondition(task) ? { tolerated: true } : {}),
    ...(Object.keys(keywords.environment).length > 0 ? { environment: keywords.environment } : {}),
    ...(keywords.timeout > 0 ? { timeout: keywords.timeout } : {}),
    ...(become === undefined ? {} : { become }),
  };
}

async function sendRequest(
  session: Session,
  seen: RemoteOptions['seen'],
  request: SessionRequest,
): Promise<ActionReply> {
  const reply = await session.run(request);
  if (reply.kind !== 'discarded') seen.epoch = Math.max(seen.epoch, reply.epoch ?? 0);
  switch (reply.kind) {
    case 'discarded':
      return 'discarded';
    case 'result':
      return reply.result;
    case 'failed':
      throw new FailureError(reply.failure);
    default:
      return reply satisfies never;
  }
}

const WORLD_GONE = new Set([
  'agent-died',
  'auth-refused',
  'host-key-mismatch',
  'host-key-unknown',
  'outcome-unknown',
  'unreachable',
]);

/** Nothing that a host or a task has done: the run cannot go on here. */
const STORE_GONE = new Set(['store-conflict', 'store-failed']);

/** The error, once a connection on which the world has failed is closed. */
async function lost(
  error: unknown,
  connection: Connection,
  { way, seen }: Pick<RemoteOptions, 'seen' | 'way'>,
): Promise<unknown> {
  if (!(error instanceof FailureError) || !WORLD_GONE.has(error.failure.kind)) return error;
  seen.epoch = 0;
  await way.drop(connection);
  return error;
}

/** A failure of the world as a result: the host is unreachable, or the module failed. */
function unreachable(error: unknown, call: ActionCall): Dict {
  if (!(error instanceof FailureError) || STORE_GONE.has(error.failure.kind)) throw error;
  const { failure } = error;
  if (failure.kind === 'timed-out') throw new ActionFailure(timeoutMessage(call));
  if (!WORLD_GONE.has(failure.kind)) throw new ActionFailure(failure.message, detail(failure.detail));
  return new Map<Value, Value>([
    ['unreachable', true],
    ['changed', false],
    ['msg', failure.message],
  ]);
}

function timeoutMessage({ task, keywords }: ActionCall): string {
  return `The ${task.action} action failed to execute in the expected time frame (${keywords.timeout}) and was terminated`;
}

function detail(text: string | undefined): readonly (readonly [Value, Value])[] {
  return text === undefined ? [] : [['module_stderr', text]];
}

/** One after the other, so that the journal says of none that it was begun before it is. */
function inAccount(
  attempt: (begunAtMs: number) => Promise<ActionReply>,
  call: ActionCall,
  options: RemoteOptions & { readonly request: ModuleRequest['request']; readonly count: number },
): Promise<ActionReply> {
  const { count, place, request, task } = options;
  const account: Account<ActionReply> = {
    question: `request ${place.item}.${place.attempt}.${count}`,
    isRepeatable: isRepeatable(request.module, request.args, request.check === true),
    execute: attempt,
    format: (reply) => (reply === 'discarded' ? undefined : reply),
    parse: (known) => (known instanceof Map ? known : undefined),
  };
  const answered = task.last.then(() => accounted(account, call, task));
  task.last = answered.catch(() => undefined);
  return answered;
}

/** Runs a command line that no agent remembers. */
async function runRaw(
  command: string,
  call: ActionCall,
  { become, place, task, way }: RemoteOptions,
): Promise<Dict | RawResult> {
  const connection = way.connection();
  const account: Account<RawResult> = {
    question: `raw ${place.item}.${place.attempt}`,
    isRepeatable: false,
    execute: async () => {
      await task.log.inTurn(way.key, Promise.resolve());
      return connection.raw(command, become);
    },
    format: ({ exitCode, stderr, stdout }) => [exitCode, new PyBytes(stdout), new PyBytes(stderr)],
    parse: parseRaw,
  };
  try {
    return await accounted(account, call, task);
  } catch (error) {
    return unreachable(await lost(error, connection, { way, seen: { epoch: 0 } }), call);
  }
}

function parseRaw(known: Value): RawResult | undefined {
  if (!Array.isArray(known)) return undefined;
  const [exitCode, stdout, stderr] = known;
  return {
    exitCode: exitCode as number,
    stdout: (stdout as PyBytes).bytes,
    stderr: (stderr as PyBytes).bytes,
  };
}
