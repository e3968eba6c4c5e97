/**
 * The cloud around the controller's real code, in memory: durable operations that are remembered and counted as the SDK
 * counts them, a store that counts what is written, and hosts that go through plays without doing anything.
 */

import { createHash } from 'node:crypto';
import { type AskDeps, runShard } from '../../../functions/controller/ask-hosts.ts';
import {
  type CloudRunDeps,
  type ControlledProject,
  runInCloud,
} from '../../../functions/controller/cloud-run.ts';
import type { CallEnd, FunctionCall, StageRunner } from '../../../functions/controller/stage-runner.ts';
import { systemClock } from '../../../shared/base/clock.ts';
import { loadConfig } from '../../../shared/project/config/load-config.ts';
import { loadProject } from '../../../shared/project/load-project.ts';
import { blobHash } from '../../../shared/store/blob-hash.ts';
import type { RunSummary } from '../../../shared/store/run-store.ts';
import { createSealer, type Sealer } from '../../../shared/store/seal.ts';
import {
  packAnswers,
  readStageHosts,
  readStageWork,
  type StageBlobDeps,
} from '../../../shared/store/stage-blobs.ts';
import { specialForms } from '../../../shared/template/special-json.ts';
import type { RunRecord } from '../../../shared/wire/host-journal.ts';
import type { RunRequest } from '../../../shared/wire/run-request.ts';
import type {
  ControllerInvocation,
  HostInvocation,
  RunInvocation,
  StageAnswer,
  StageHosts,
  StageWork,
} from '../../../shared/wire/stage.ts';
import { loadDeps } from '../project/load-deps.ts';
import { memoryFiles } from '../project/memory-files.ts';

/** What a host does with its part of a stage. */
export type SimulatedHost = (host: string, work: StageWork, hosts: StageHosts) => StageAnswer | 'crashes';

/** One execution of the controller function, as its history shows it. */
export type Execution = {
  readonly event: ControllerInvocation;
  /** Results by position: texts of steps, ends of calls. */
  readonly done: (string | readonly CallEnd[])[];
  /** What was done, in order. */
  readonly trace: string[];
  operations: number;
  bytes: number;
};

export type SimulatedStore = {
  readonly records: Map<number, RunRecord>;
  readonly blobs: Map<string, Uint8Array>;
  run: RunSummary | undefined;
  writes: number;
  bytes: number;
};

export type Simulation = {
  readonly files: Readonly<Record<string, string>>;
  readonly request?: Partial<RunRequest>;
  readonly host: SimulatedHost;
  /** Cuts an invocation of the controller off after so many operations that are not in its history. */
  readonly operationsPerInvocation?: number;
  /** In which order calls are made; by default in theirs. */
  readonly shuffle?: (count: number) => readonly number[];
  readonly stopAfterStage?: number;
  /** Why the project cannot be loaded. */
  readonly loadFailure?: Error;
  /** Instead of a real one, which takes most of the time. */
  readonly sealer?: Sealer;
};

export type Simulated = {
  readonly exitCode: number;
  readonly store: SimulatedStore;
  /** The run's own first, then in the order in which they were started. */
  readonly executions: readonly Execution[];
  readonly invocations: number;
  /** In the order of their numbers. */
  readonly records: readonly RunRecord[];
  readonly stages: readonly StageWork[];
};

class CutOff extends Error {}

/** What runs around the controller: its store, its project and its hosts. */
export type World = {
  readonly simulation: Simulation;
  readonly store: SimulatedStore;
  readonly blobs: StageBlobDeps;
  readonly runDeps: Omit<CloudRunDeps, 'blobs' | 'runner'>;
  readonly event: RunInvocation;
  /** The stages of which hosts have run their part, by number. */
  readonly stages: Map<number, StageWork>;
};

type Executing = World & { readonly executions: Execution[]; invocations: number };

/** Runs `/project/site.yml` over the inventory `/project/hosts`. */
export async function simulate(simulation: Simulation): Promise<Simulated> {
  const world: Executing = { ...openWorld(simulation), executions: [], invocations: 0 };
  const exitCode = Number(await execute(world.event, world));
  const { executions, invocations, stages, store } = world;
  const records = recordsOf(store);
  return { exitCode, store, executions, invocations, records, stages: [...stages.values()] };
}

/** What the store holds, in the order of the numbers. */
export function recordsOf({ records }: SimulatedStore): readonly RunRecord[] {
  return [...records].toSorted(([a], [b]) => a - b).map(([, record]) => record);
}

/** A world in which nothing has run yet. */
export function openWorld(simulation: Simulation): World {
  const store: SimulatedStore = { records: new Map(), blobs: new Map(), run: undefined, writes: 0, bytes: 0 };
  const stages = new Map<number, StageWork>();
  const loaded = load(simulation);
  const { loadFailure } = simulation;
  const isStopped = (): boolean => stages.size > (simulation.stopAfterStage ?? Infinity);
  return {
    simulation,
    store,
    stages,
    blobs: {
      store: blobPort(store),
      sealer:
        simulation.sealer ?? createSealer(new Uint8Array(32).fill(7), (length) => new Uint8Array(length)),
      forms: specialForms,
    },
    runDeps: {
      store: runPort(store, isStopped),
      clock: systemClock,
      loadProject: () => (loadFailure === undefined ? Promise.resolve(loaded) : Promise.reject(loadFailure)),
    },
    event: {
      kind: 'run',
      runId: 'run1',
      project: 'p',
      request: requestOf(simulation),
      command: ['run', 'site.yml'],
    },
  };
}

/** Invokes the controller function until its execution ends. */
async function execute(event: ControllerInvocation, world: Executing): Promise<string> {
  const execution: Execution = { event, done: [], trace: [], operations: 0, bytes: 0 };
  world.executions.push(execution);
  for (;;) {
    world.invocations += 1;
    const deps: AskDeps = { runner: simulatedRunner(execution, world), blobs: world.blobs };
    try {
      if (event.kind === 'shard') return await runShard(event, deps);
      return String(await runInCloud(event, { ...world.runDeps, ...deps }));
    } catch (error) {
      if (!(error instanceof CutOff)) throw error;
    }
  }
}

function fail(): never {
  throw new Error('the run was not started');
}

function runPort(store: SimulatedStore, isStopped: () => boolean): CloudRunDeps['store'] {
  const started = (): RunSummary => store.run ?? fail();
  return {
    startRun: async (run) => {
      store.run ??= run;
    },
    findRun: async () => ({ ...started(), ...(isStopped() ? { stopRequestedAt: 1 } : {}) }),
    putRecords: async (_run, first, records) => {
      for (const [index, record] of records.entries()) {
        if (store.records.has(first + index)) continue;
        store.records.set(first + index, record);
        store.writes += 1;
        store.bytes += JSON.stringify(record).length;
      }
    },
    finishRun: async (_run, end) => {
      store.run = { ...started(), ...end };
    },
  };
}

function simulatedRunner(execution: Execution, world: Executing): StageRunner {
  let position = 0;
  let news = 0;
  const once = async <T extends string | readonly CallEnd[]>(
    name: string,
    isIt: (known: string | readonly CallEnd[]) => known is T,
    work: () => Promise<T>,
  ): Promise<T> => {
    const at = position;
    position += 1;
    const known = execution.done[at];
    if (known !== undefined) {
      if (execution.trace[at] !== name || !isIt(known)) throw new Error(`replay differs at ${name}`);
      return known;
    }
    if (news >= (world.simulation.operationsPerInvocation ?? Infinity)) throw new CutOff();
    news += 1;
    const done = await work();
    execution.done.push(done);
    execution.trace.push(name);
    return done;
  };
  return {
    step: (name, work) =>
      once(`step ${name}`, isText, async () => {
        const text = await work();
        execution.operations += 1;
        execution.bytes += text.length;
        return text;
      }),
    call: (name, calls, width) =>
      once(`${name}: ${calls.map((call) => call.name).join(' ')}`, isEnds, async () => {
        const ends: CallEnd[] = [];
        const order = world.simulation.shuffle?.(calls.length) ?? calls.keys();
        for (const index of order) {
          const call = calls[index];
          if (call !== undefined) ends[index] = await callFunction(call, world);
        }
        execution.operations += calls.length + (calls.length > 1 ? 1 : 0);
        // A map keeps its results once more.
        const copies = calls.length > 1 ? 2 : 1;
        for (const [index, call] of calls.entries())
          execution.bytes += JSON.stringify(call.event).length + copies * JSON.stringify(ends[index]).length;
        if (width < 1) throw new Error('nothing may run');
        return ends;
      }),
  };
}

const isText = (known: string | readonly CallEnd[]): known is string => typeof known === 'string';
const isEnds = (known: string | readonly CallEnd[]): known is readonly CallEnd[] => typeof known !== 'string';

async function callFunction(call: FunctionCall, world: Executing): Promise<CallEnd> {
  if (call.to === 'controller') return { kind: 'returned', text: await execute(call.event, world) };
  return runHost(call.event, world);
}

/** What the host function makes of its event. */
export async function runHost(event: HostInvocation, world: World): Promise<CallEnd> {
  const { blobs, simulation, stages } = world;
  const work = await remembered(event.stage, world);
  stages.set(work.stage, work);
  const hosts = await rememberedHosts(work.hosts, world);
  const answer = simulation.host(event.host, work, hosts);
  if (answer === 'crashes') return { kind: 'failed', message: 'it ran out of memory' };
  return { kind: 'returned', text: await packAnswers([answer], blobs) };
}

const works = new Map<string, StageWork>();
const hostLists = new Map<string, StageHosts>();

async function remembered(hash: string, { blobs }: World): Promise<StageWork> {
  const work = works.get(hash) ?? (await readStageWork(hash, blobs));
  works.set(hash, work);
  return work;
}

async function rememberedHosts(hash: string, { blobs }: World): Promise<StageHosts> {
  const hosts = hostLists.get(hash) ?? (await readStageHosts(hash, blobs));
  hostLists.set(hash, hosts);
  return hosts;
}

function blobPort(store: SimulatedStore): StageBlobDeps['store'] {
  return {
    putBlob: async (bytes) => {
      const hash = blobHash(bytes);
      store.blobs.set(hash, bytes);
      store.writes += 1;
      store.bytes += bytes.length;
      return hash;
    },
    getBlob: async (hash) => store.blobs.get(hash) ?? fail(),
  };
}

function load(simulation: Simulation): ControlledProject {
  const files = memoryFiles({ texts: simulation.files });
  const { diagnostics: ofConfig, value: config } = loadConfig(files);
  const { inventory, limit, extraVars, playbooks } = requestOf(simulation);
  let random = 0;
  const { diagnostics, value: project } = loadProject(
    { playbooks, inventory, limit, extraVars },
    {
      config,
      secrets: [],
      files,
      local: loadDeps('/project').environment.local,
      now: systemClock.now,
      randomBytes: (length) => {
        random += 1;
        return createHash('sha512').update(String(random)).digest().subarray(0, length);
      },
    },
  );
  return { project, diagnostics: [...ofConfig, ...diagnostics], config, files };
}

function requestOf({ request }: Simulation): RunRequest {
  return {
    playbooks: ['/project/site.yml'],
    inventory: ['/project/hosts'],
    extraVars: [],
    tags: [],
    skipTags: [],
    isCheckMode: false,
    verbosity: 0,
    flushCache: false,
    isStep: false,
    modulePaths: [],
    listing: { hosts: false, tasks: false, tags: false, syntaxCheck: false },
    connection: { askPassword: false },
    become: { askPassword: false },
    vault: { ids: [], passwordFiles: [], askPassword: false },
    ...request,
  };
}
