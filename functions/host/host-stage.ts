/** One host's part of a stage, with all that its rounds need: the stage's record, the play's context, the ways out. */

import type { Clock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import type { Dict } from '../../shared/base/value.ts';
import type { Config } from '../../shared/project/config/load-config.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import { createOrderBook } from '../../shared/wire/order-book.ts';
import type { OrderKey } from '../../shared/wire/run-event.ts';
import type { HostInvocation, StageWork } from '../../shared/wire/stage.ts';
import { type CloudProject, loadCloudProject } from './cloud-project.ts';
import type { FactCache, HostPorts } from './execute/host-ports.ts';
import type { HostVars } from './execute/host-state.ts';
import type { PlayContext } from './execute/play-context.ts';
import type { ModuleSource } from './execute/remote.ts';
import { wayKey } from './execute/ways.ts';
import type { FunctionEnvironment } from './function-environment.ts';
import { type HostPast, readPast, type StreamDeps } from './host-stream.ts';
import { type OtherHostsDeps, otherHosts, varsLeft } from './other-hosts.ts';
import { playContexts } from './play-contexts.ts';
import type { Connection, ConnectionTarget, KeptAgent } from './session/session.ts';
import { batchWorkOf } from './stage-context.ts';

export type HostStage = {
  readonly host: string;
  readonly work: StageWork;
  /** The record's content hash. */
  readonly hash: string;
  readonly clock: Clock;
  readonly context: () => Promise<PlayContext>;
  /** What the host brings into the play. */
  readonly varsLeft: (past: HostPast) => Promise<HostVars>;
  readonly modules: ModuleSource;
  readonly factCache: FactCache;
  readonly stream: StreamDeps;
  /** Whether somebody wants the run to end. Never rejects. */
  readonly isStopRequested: () => Promise<boolean>;
  /** Opens a connection whose agent outlives it. */
  readonly connect: (target: ConnectionTarget, keep: AgentKeeping) => Connection;
};

export type AgentKeeping = {
  /** Asked before the agent is given work; see KeepOptions. */
  readonly admit: (kept: KeptAgent) => Promise<number>;
  readonly warn: (text: string) => void;
};

/** Reads the stage's record and loads its project. */
export async function openHostStage(
  { host, stage: hash }: HostInvocation,
  environment: FunctionEnvironment,
): Promise<HostStage> {
  const { clock, store } = environment;
  const work = await environment.readStage(hash);
  const loaded = await loadCloudProject(work, environment.projects);
  const { config, local, modules, project } = loaded;
  const contexts = playContexts({
    request: work.request,
    project,
    local,
    clock,
    passwords: environment.secrets.passwords,
    isDiff: work.isDiff,
    verbosity: work.verbosity,
  });
  const contextOf = async (name: string): Promise<PlayContext> => {
    const stage = await environment.readStage(name);
    const hosts = await environment.readStageHosts(stage.hosts);
    return contexts(batchWorkOf(stage, hosts, project), varsOf);
  };
  const readFacts = factReader(config, environment);
  const others: OtherHostsDeps = {
    stage: work,
    read: (other) => readPast({ runId: work.runId, host: other }, environment),
    peers: async () => (await environment.readStageHosts(work.hosts)).all,
    contextOf,
    readFacts,
    isReached: reachedFrom(work.meeting),
    silent: { ...silentPorts, clock, modules },
  };
  const varsOf = otherHosts(others);
  const facts = await readFacts(host);
  return {
    host,
    work,
    hash,
    clock,
    modules,
    context: () => contextOf(hash),
    varsLeft: (past) => varsLeft(host, past, others),
    factCache: {
      read: () => facts,
      write: (name, found) => {
        // A cache: what cannot be kept is gathered again.
        store.putFacts(name, found, clock.now()).catch(() => undefined);
      },
    },
    stream: environment,
    isStopRequested: () => isStopRequested(work.runId, store),
    connect: keepingConnect({ work, host }, environment, loaded),
  };
}

/** Opens connections whose agents are found again by whoever goes on with the host's part of the run. */
function keepingConnect(
  { host, work }: Pick<HostStage, 'host' | 'work'>,
  { agentName, connect }: FunctionEnvironment,
  { environment }: CloudProject,
): HostStage['connect'] {
  const { agentBusySeconds: busySeconds, agentIdleSeconds: idleSeconds } = limits;
  return (target, { admit, warn }) => {
    const name = agentName(`${work.runId}/${host}/${wayKey(target)}`);
    const keep = { name, idleSeconds, busySeconds, admit };
    return connect({ ...target, keep }, { warn, environment });
  };
}

/** A store that cannot say has said nothing: it is asked again. */
async function isStopRequested(runId: string, store: Pick<RunStore, 'findRun'>): Promise<boolean> {
  const run = await store.findRun(runId).catch(() => undefined);
  return run?.stopRequestedAt !== undefined;
}

/** Whether a place is the meeting's or behind it; before the first meeting every place is. */
function reachedFrom(meeting: OrderKey | undefined): (order: OrderKey) => boolean {
  const { compare } = createOrderBook();
  return (order) => meeting === undefined || compare(order, meeting) >= 0;
}

/** Facts of earlier runs, when the configuration wants them kept. */
function factReader(
  config: Config,
  { clock, store }: FunctionEnvironment,
): (host: string) => Promise<Dict | undefined> {
  const plugin = config.text('CACHE_PLUGIN')?.replace(/^ansible\.(builtin|legacy)\./, '');
  if (plugin === undefined || plugin === 'memory') return () => Promise.resolve(undefined);
  const lifetimeMs = (config.number('CACHE_PLUGIN_TIMEOUT') ?? 0) * 1000;
  return (host) => store.readFacts(host, lifetimeMs === 0 ? 0 : clock.now() - lifetimeMs);
}

const silentPorts = {
  connect: () => {
    throw new Error('a journal that is played back opens no connection');
  },
  emit: () => undefined,
  arrive: () => undefined,
  factCache: { read: () => undefined, write: () => undefined },
} satisfies Partial<HostPorts>;
