/** The way from an action to its target: connections opened when first used, requests sent in order. */

import { FailureError } from '../../../shared/base/failure.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { plainValue } from '../../../shared/template/plain-value.ts';
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
import type { Connection, ConnectionTarget, RawResult, Session } from '../session/session.ts';
import { isToleratedByCondition } from './conclude-result.ts';
import { internalArguments } from './internal-arguments.ts';
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
  /** Closes the connection and forgets it, so that the next use opens a new one. */
  readonly drop: () => Promise<void>;
};

export type RemoteOptions = {
  readonly way: Way;
  readonly modules: ModuleSource;
  readonly become: BecomeRequest | undefined;
  /** Where modules may put temporary files. */
  readonly remoteTmp: string;
  /** See {@link hasTerminal}. */
  readonly hasTerminal: boolean;
  /** Of loops, and of actions with several requests: see RunRequest. */
  readonly group: number;
  readonly isLast: boolean;
  readonly isLoop: boolean;
  readonly sleep: (ms: number) => Promise<void>;
  /** The epoch that the task's own replies have brought; the host takes note of it when the task settles. */
  readonly seen: { epoch: number };
};

/** The remote of one call. */
export function createRemote(call: ActionCall, options: RemoteOptions): Remote {
  const { way } = options;
  let hasSent = false;
  const run = (module: string, args: Dict, extras: RequestExtras = {}): Promise<ActionReply> => {
    const isGrouped = options.isLoop || hasSent || extras.hasMore === true;
    hasSent = true;
    const epoch = way.epoch();
    const asked = nameOf(module, call);
    const chosen = options.modules.choose(asked, call);
    const internal = internalArguments(call, { asked, chosen, remoteTmp: options.remoteTmp });
    const send = (session: Session): Promise<ActionReply> => {
      for (const bundle of chosen.bundles) session.load(bundle);
      const { hasMore, ...rest } = extras;
      return sendRequest(session, options.seen, {
        epoch: Math.max(epoch, options.seen.epoch),
        module: chosen.name,
        args: new Map([...[...args].map(([name, value]) => [name, plainValue(value)] as const), ...internal]),
        ...requestModes(call, options.become),
        ...rest,
        ...(isGrouped ? { group: options.group, groupEnd: options.isLast && hasMore !== true } : {}),
      });
    };
    return way
      .connection()
      .session()
      .then(send)
      .then((reply) =>
        options.hasTerminal && reply instanceof Map ? throughTerminal(reply, way.target) : reply,
      )
      .catch((error) => unreachable(error, call, options));
  };
  return {
    run,
    raw: (command) => runRaw(way, command, options.become),
    reset: async () => {
      options.seen.epoch = 0;
      await way.drop();
    },
    probe: async () => {
      await way.connection().session();
    },
    sleep: options.sleep,
  };
}

/** A task names its module itself; what an action asks for is Ansible's own, or the user's in its place. */
function nameOf(module: string, call: ActionCall): string {
  if (module === call.name && !hasOwnAction(call.name)) return call.action;
  return module.includes('.') ? module : `ansible.legacy.${module}`;
}

type Modes = Pick<
  Parameters<Session['run']>[0],
  'become' | 'check' | 'diff' | 'environment' | 'timeout' | 'tolerated'
>;

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
  request: Parameters<Session['run']>[0],
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

/** A failure of the world as a result: the host is unreachable, or the module failed. */
async function unreachable(
  error: unknown,
  call: ActionCall,
  { way, seen }: Pick<RemoteOptions, 'seen' | 'way'>,
): Promise<Dict> {
  if (!(error instanceof FailureError)) throw error;
  const { failure } = error;
  if (failure.kind === 'timed-out') throw new ActionFailure(timeoutMessage(call));
  if (!WORLD_GONE.has(failure.kind)) throw new ActionFailure(failure.message, detail(failure.detail));
  seen.epoch = 0;
  await way.drop();
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

async function runRaw(way: Way, command: string, become: BecomeRequest | undefined): Promise<RawResult> {
  return way.connection().raw(command, become);
}
