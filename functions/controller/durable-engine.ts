/**
 * The engine of the cloud: hosts run in functions of their own, stage by stage.
 *
 * It holds what the functions cannot know: which stage and batch of the run this is, what hosts must still be told, and
 * who has stopped where. All of it follows from the answers, which are taken in the order of the hosts; so the same
 * answers make the same operations, whatever the order in which they came.
 */

import { RunAbort } from '../../shared/base/abort.ts';
import { limits } from '../../shared/base/limits.ts';
import type { BatchWork } from '../../shared/plan/batch-work.ts';
import type { Project } from '../../shared/project/load-project.ts';
import type { RunStore } from '../../shared/store/run-store.ts';
import { putStageHosts, putStageWork, putTexts } from '../../shared/store/stage-blobs.ts';
import type { HostOutcome, Reach } from '../../shared/wire/host-outcome.ts';
import type { HostTally } from '../../shared/wire/recap.ts';
import type { OrderKey } from '../../shared/wire/run-event.ts';
import type {
  HostAnswer,
  HostChange,
  RunInvocation,
  StageAnswer,
  StageHosts,
  StageOrder,
  StageWork,
} from '../../shared/wire/stage.ts';
import { type AskDeps, askHosts, askShards } from './ask-hosts.ts';
import type { Engine, EngineEvents, TakeOutcome } from './engine.ts';
import type { RunRecords } from './run-records.ts';

export type DurableEngineDeps = AskDeps & {
  readonly store: Pick<RunStore, 'findRun' | 'putRecords'>;
  readonly invocation: Pick<RunInvocation, 'project' | 'request' | 'runId'>;
  readonly project: Pick<Project, 'playbooks'>;
  readonly isDiff: boolean;
  readonly verbosity: number;
  /** What the controller says in between; stored when a batch begins. */
  readonly records: RunRecords;
  /** How many hosts may run at a time. */
  readonly forks: number;
};

/** Somebody asked the run to stop. */
export class RunStopped extends Error {}

type Batch = {
  readonly number: number;
  readonly play: StageWork['play'];
  readonly hosts: StageHosts;
  work: BatchWork;
  /** The hosts' content hash, once they are stored. */
  stored: string | undefined;
  meeting: OrderKey | undefined;
};

type EngineState = {
  batch: Batch | undefined;
  batches: number;
  stages: number;
  orders: StageOrder[];
  lastOrder: number;
  /** Invocations of hosts by this execution itself. */
  direct: number;
  startAt: string | undefined;
  readonly changes: { readonly host: string; readonly result: StageWork['changes'][number]['result'] }[];
  readonly sheltered: Set<string>;
  lastRun: string | undefined;
};

/** An engine over durable operations. A stage rejects with RunAbort, RunStopped, or what the runner throws. */
export function createDurableEngine(deps: DurableEngineDeps, events: EngineEvents): Engine {
  const state: EngineState = {
    batch: undefined,
    batches: 0,
    stages: 0,
    orders: [],
    lastOrder: 0,
    direct: 0,
    startAt: deps.invocation.request.startAtTask,
    changes: [],
    sheltered: new Set(),
    lastRun: undefined,
  };
  const order = (hosts: readonly string[], change: HostChange): void => {
    if (hosts.length === 0) return;
    state.lastOrder += 1;
    state.orders.push({ id: state.lastOrder, hosts, change });
  };
  return {
    begin: (work, isFree) => {
      const { all, batch } = work.hosts;
      const number = state.batches;
      const play = placeOf(work, deps.project);
      state.batches += 1;
      state.batch = { number, play, hosts: { all, batch }, work, stored: undefined, meeting: undefined };
      deps.records.add({ kind: 'batch', batch: number, hosts: batch, isFree });
    },
    update: (work, { order: meeting }) => {
      Object.assign(currentBatch(state), { work, meeting });
    },
    run: async (hosts, reach, take) => {
      if (hosts.length === 0) return;
      const answers = await runStage(hosts, reach, { ...deps, state });
      takeAnswers({ hosts, answers, take }, state, { ...deps, events });
    },
    adopt: (hosts, end) => {
      order(hosts, { kind: 'adopt', end });
      // They stand where the one stood that ran the task for them, and go on as it does.
      for (const host of hosts) shelter(host, state.sheltered.has(state.lastRun ?? ''), state);
    },
    give: (gift) => order([gift.host], { kind: 'give', gift }),
    isSheltered: (host) => state.sheltered.has(host),
    end: (hosts) => {
      for (const host of hosts) shelter(host, false, state);
    },
    clearFacts: (hosts) => order(hosts, { kind: 'clear-facts' }),
    missingStart: () => state.startAt,
    close: () => Promise.resolve(),
  };
}

function placeOf({ play }: BatchWork, { playbooks }: Pick<Project, 'playbooks'>): StageWork['play'] {
  const playbook = playbooks.findIndex(({ plays }) => plays.includes(play));
  return { playbook, play: playbooks[playbook]?.plays.indexOf(play) ?? -1 };
}

function currentBatch({ batch }: EngineState): Batch {
  if (batch === undefined) throw new Error('hosts run outside a batch');
  return batch;
}

function shelter(host: string, isSheltered: boolean, { sheltered }: EngineState): void {
  if (isSheltered) sheltered.add(host);
  else sheltered.delete(host);
}

type StageDeps = DurableEngineDeps & { readonly state: EngineState };

/** Stores the stage's record, and has the hosts run it. */
async function runStage(
  hosts: readonly string[],
  reach: Reach,
  deps: StageDeps,
): Promise<readonly StageAnswer[]> {
  const { state } = deps;
  const isDirect =
    hosts.length <= limits.hostsInvokedDirectlyMax &&
    state.direct + hosts.length <= limits.directInvocationsMax;
  const name = `stage ${state.stages}`;
  const stored = await storeStage(name, { reach, asked: isDirect ? [] : hosts }, deps);
  state.stages += 1;
  const { runId } = deps.invocation;
  const { stage } = stored;
  if (isDirect) {
    state.direct += hosts.length;
    return askHosts({ runId, stage, name: `hosts of ${name}`, hosts, width: deps.forks }, deps);
  }
  const shard = { runId, stage, hosts: stored.asked, from: 0, to: hosts.length, width: deps.forks };
  return askShards({ name: `shards of ${name}`, shards: [{ kind: 'shard', ...shard }], width: 1 }, deps);
}

type StageParts = { readonly reach: Reach; readonly asked: readonly string[] };

/** What a step that stores a stage leaves behind: content hashes, and whether the run shall stop. */
type StoredStage = {
  readonly stage: string;
  readonly hosts: string;
  readonly asked: string;
  readonly isStopped: boolean;
};

async function storeStage(name: string, { asked, reach }: StageParts, deps: StageDeps): Promise<StoredStage> {
  const { blobs, invocation, records, runner, state, store } = deps;
  const batch = currentBatch(state);
  const isFirst = batch.stored === undefined;
  const orders = [...state.orders];
  const changes = [...state.changes];
  // Readers take what follows a batch's record for what came after the batch: so nothing is stored while it goes on.
  const taken = isFirst ? records.take() : undefined;
  const text = await runner.step(name, async () => {
    if (taken !== undefined) await store.putRecords(invocation.runId, taken.first, taken.records);
    const hosts = batch.stored ?? (await putStageHosts(batch.hosts, blobs));
    const work = stageWork({ batch, hosts, reach, isFirst, orders, changes }, deps);
    const stage = await putStageWork(work, blobs);
    const names = asked.length === 0 ? '' : await putTexts(asked, blobs);
    const run = await store.findRun(invocation.runId);
    const stored: StoredStage = { stage, hosts, asked: names, isStopped: run?.stopRequestedAt !== undefined };
    return JSON.stringify(stored);
  });
  const stored = parseStoredStage(text);
  if (stored.isStopped) throw new RunStopped('the run was asked to stop');
  batch.stored = stored.hosts;
  return stored;
}

type StageNow = {
  readonly batch: Batch;
  readonly hosts: string;
  readonly reach: Reach;
  readonly isFirst: boolean;
  readonly orders: readonly StageOrder[];
  readonly changes: StageWork['changes'];
};

function stageWork({ batch, ...now }: StageNow, deps: StageDeps): StageWork {
  const { work } = batch;
  const { startAt } = deps.state;
  const active = new Set(work.hosts.active);
  return {
    ...deps.invocation,
    ...now,
    stage: deps.state.stages,
    batch: batch.number,
    play: batch.play,
    ...(startAt === undefined ? {} : { startAtTask: startAt }),
    isDiff: deps.isDiff,
    verbosity: deps.verbosity,
    gathersFacts: work.gathersFacts,
    isLockStep: work.isLockStep,
    promptVars: work.promptVars,
    lost: batch.hosts.all.filter((host) => !active.has(host)),
    batchSize: work.batchSize,
    ...(work.maxFailPercentage === undefined ? {} : { maxFailPercentage: work.maxFailPercentage }),
    ...(batch.meeting === undefined ? {} : { meeting: batch.meeting }),
  };
}

/** A step's text is what {@link storeStage} made of it. */
function parseStoredStage(text: string): StoredStage {
  return JSON.parse(text) as StoredStage;
}

type Answered = {
  readonly hosts: readonly string[];
  readonly answers: readonly StageAnswer[];
  readonly take: TakeOutcome;
};

type TakeDeps = Pick<DurableEngineDeps, 'records'> & { readonly events: EngineEvents };

/** Notes what the answers say, all of them, before the first is taken. */
function takeAnswers({ answers, hosts, take }: Answered, state: EngineState, deps: TakeDeps): void {
  const aborted = answers.find((answer) => 'abort' in answer);
  if (aborted !== undefined) throw new RunAbort(aborted.abort, { isParserError: aborted.isParserError });
  if (answers.some((answer) => 'stopped' in answer)) throw new RunStopped('the run was asked to stop');
  const ran = new Set(hosts);
  state.orders = state.orders.flatMap((order) => remaining(order, ran));
  const taken = hosts.map((host, index) => ({ host, answer: answerOf(host, answers[index], deps) }));
  for (const { answer, host } of taken) {
    shelter(host, answer.isSheltered, state);
    if (answer.hasStarted) state.startAt = undefined;
    if (answer.outcome.kind !== 'paused') continue;
    for (const result of answer.outcome.met.changes) state.changes.push({ host, result });
  }
  state.lastRun = hosts.at(-1);
  deps.events.tally(taken.map(({ answer }) => answer));
  for (const { answer, host } of taken) take(host, answer.outcome);
}

/** The order for those of its hosts that have not run since. */
function remaining(order: StageOrder, ran: ReadonlySet<string>): readonly StageOrder[] {
  const hosts = order.hosts.filter((host) => !ran.has(host));
  if (hosts.length === order.hosts.length) return [order];
  return hosts.length === 0 ? [] : [{ ...order, hosts }];
}

/** A host whose function came to no end cannot be reached; why stands beside it. */
function answerOf(host: string, answer: StageAnswer | undefined, deps: TakeDeps): HostAnswer {
  if (answer !== undefined && 'outcome' in answer) return answer;
  const why = answer !== undefined && 'lost' in answer ? answer.lost : 'it gave no answer';
  const text = `The function of ${host} could not be brought to an end, so the host counts as unreachable: ${why}`;
  deps.records.add({ kind: 'message', level: 'error', text });
  const outcome: HostOutcome = { kind: 'ended', how: 'unreachable', isFatalForAll: false };
  const recap: HostTally['recap'] = {
    host,
    ok: 0,
    changed: 0,
    unreachable: 1,
    failed: 0,
    skipped: 0,
    rescued: 0,
    ignored: 0,
  };
  return { outcome, recap, isSheltered: false, hasStarted: false };
}
