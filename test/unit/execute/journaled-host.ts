/** A host whose run may stop anywhere and go on in another process: a journal, and an agent that outlives both. */

import { decodeChanges, encodeChanges } from '../../../functions/host/execute/change-json.ts';
import type { HostJournal, StateChange } from '../../../functions/host/execute/host-journal.ts';
import { HostRun } from '../../../functions/host/execute/host-run.ts';
import { type HostVars, noVars } from '../../../functions/host/execute/host-state.ts';
import type { Connection, Reply, Session, SessionRequest } from '../../../functions/host/session/session.ts';
import type { Clock } from '../../../shared/base/clock.ts';
import type { Failure } from '../../../shared/base/failure.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { Suspension } from '../../../shared/template/template-error.ts';
import type { SharedEnd } from '../../../shared/wire/host-outcome.ts';
import type { HostEvent } from '../../../shared/wire/run-event.ts';
import type { HostAnswer } from '../../../shared/wire/stage.ts';
import { type FakeFiles, fakeContext } from './fake-context.ts';

/** A play, and what happens in it beside what its tasks say. */
export type Script = {
  readonly files: FakeFiles;
  /** What another host gives at tasks that one runs for all; without it this host runs them. */
  readonly adopts?: SharedEnd;
  /** No agent remembers what it has executed. */
  readonly forgets?: boolean;
  /** What other hosts have set. */
  readonly others?: HostVars;
};

/** A change that was stored, and what had been told by then since the one before. */
export type Entry = { readonly text: string; readonly told: readonly HostEvent[]; readonly at: number };

/** Something that left for the agent: `stored` and `noted` count the entries at that time. */
type Left = { readonly stored: number; readonly noted: number };
export type Executed = Left & { readonly key: string; readonly line: string };

/** The target: its agent remembers answers by their keys. */
export type Target = {
  readonly memory: Map<string, Reply>;
  readonly executed: Executed[];
  readonly forgotten: (Left & { readonly keys: readonly string[] })[];
  /** How often a line was executed. */
  readonly counts: Map<string, number>;
};

export function newTarget(): Target {
  return { memory: new Map(), executed: [], forgotten: [], counts: new Map() };
}

/** What one process did. */
export type Process = {
  readonly entries: readonly Entry[];
  readonly told: readonly HostEvent[];
  readonly vars: HostVars;
  /** What was set when it came to each place at which something was told, by this process or those before it. */
  readonly varsAlong: readonly HostVars[];
  readonly answer: HostAnswer;
};

export type ProcessOptions = {
  readonly target: Target;
  readonly past: readonly Entry[];
  /** Differs from process to process, so that what is asked twice is answered differently. */
  readonly seed: number;
};

/** Runs the host from where its journal ends to the end of its play, as a controller would have it. */
export async function runProcess(script: Script, { target, past, seed }: ProcessOptions): Promise<Process> {
  const clock = fakeClock(past.at(-1)?.at ?? 1_700_000_000_000, seed);
  const told: HostEvent[] = [];
  const entries: Entry[] = [];
  let sinceNote: HostEvent[] = [];
  let stored = past.length;
  const counted = (): Left => ({ stored, noted: past.length + entries.length });
  const journal: HostJournal = {
    note: (change) => {
      entries.push({ text: encodeChanges([change]), told: sinceNote, at: clock.now() });
      sinceNote = [];
    },
    secured: async () => {
      const { noted } = counted();
      await tick();
      stored = Math.max(stored, noted);
    },
  };
  const context = fakeContext(script.files, {
    now: clock.now,
    randomBytes: clock.randomBytes,
    varsOf: laterVars(script.others ?? noVars),
    decrypt: (ciphertext) => Buffer.from(ciphertext.split('\n')[1] ?? '', 'hex').toString(),
  });
  const local = { ...context.local, run: async () => ({ exitCode: 0, stdout: drawnText(clock) }) };
  const run = new HostRun('web', {
    connect: () => connectTo(target, counted),
    forgets: () => script.forgets === true,
    modules: { choose: (name) => ({ name, bundles: [] }) },
    emit: (event) => {
      told.push(event);
      sinceNote.push(event);
    },
    arrive: () => undefined,
    clock,
    factCache: { read: () => undefined, write: () => undefined },
    journal,
    keyPrefix: '0',
  });
  const changes = past.flatMap(({ text }) => decodeChanges(text));
  if (changes.length === 0) {
    const entered: StateChange = { kind: 'entered', work: '', vars: noVars, lastOrder: -1 };
    journal.note(entered);
    changes.push(entered);
  }
  await run.restore({ ...context, local }, changes);
  const answer = await runStages(run, { script, changes, journal });
  await run.leave();
  const places = [...past.flatMap((entry) => entry.told), ...told].map(({ order }) => order.join('.'));
  const varsAlong = [...new Set(places)].map((place) => run.varsAt((order) => order.join('.') === place));
  return { entries, told, vars: run.snapshot(), varsAlong, answer };
}

type Stages = {
  readonly script: Script;
  readonly changes: readonly StateChange[];
  readonly journal: HostJournal;
};

/** Stage after stage, each with an answer in the journal; those that have one are over. */
async function runStages(run: HostRun, { script, changes, journal }: Stages): Promise<HostAnswer> {
  const answers = changes.filter((change) => change.kind === 'answer');
  let last = answers.at(-1)?.answer;
  const lastAnswer = changes.findLastIndex((change) => change.kind === 'answer');
  let hasAdopted = changes.slice(lastAnswer + 1).some((change) => change.kind === 'changed');
  for (let stage = answers.length; ; stage++) {
    const outcome = last?.outcome;
    if (last !== undefined && hasEnded(last)) return last;
    const { adopts } = script;
    const isAdopting = outcome?.kind === 'waiting' && outcome.isOnce && adopts !== undefined;
    if (isAdopting && !hasAdopted) {
      const change = { kind: 'adopt', end: adopts } as const;
      run.change(change);
      journal.note({ kind: 'changed', order: stage, change });
    }
    hasAdopted = false;
    const met = await run.run(outcome?.kind === 'waiting' && !isAdopting ? 'one' : 'ahead');
    last = { outcome: met, isSheltered: run.isSheltered(), hasStarted: true };
    journal.note({ kind: 'answer', stage, work: '', answer: last });
  }
}

function hasEnded({ outcome }: HostAnswer): boolean {
  return outcome.kind === 'ended' || (outcome.kind === 'paused' && outcome.met.ended !== undefined);
}

/** Time goes on with each pause; no two processes draw the same. */
function fakeClock(start: number, seed: number): Clock {
  let now = start;
  let draws = seed * 1000;
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      await tick();
      signal?.throwIfAborted();
      now += ms;
    },
    randomBytes: (length) => {
      draws += 1;
      return Uint8Array.from({ length }, (_, index) => (draws * 31 + index * 7) % 256);
    },
  };
}

function drawnText(clock: Clock): Uint8Array {
  return Buffer.from(`1${Buffer.from(clock.randomBytes(8)).readBigUInt64BE()}`);
}

/** Read from elsewhere: there at the second time of asking. */
function laterVars(vars: HostVars): (host: string) => HostVars {
  let isThere = false;
  return () => {
    if (isThere) return vars;
    throw new Suspension(
      tick().then(() => {
        isThere = true;
      }),
      'what other hosts have set',
    );
  };
}

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A connection to the agent: requests in order, epochs and groups as the agent counts them. */
function connectTo(target: Target, counted: () => Left): Connection {
  const failedGroups = new Set<number>();
  let epoch = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const count = (request: SessionRequest, hasFailed: boolean): number => {
    let isFatal = hasFailed && request.tolerated !== true;
    const { group } = request;
    if (group !== undefined) {
      if (isFatal) failedGroups.add(group);
      if (request.groupEnd !== true) return epoch;
      isFatal = failedGroups.delete(group);
    }
    if (isFatal) epoch += 1;
    return epoch;
  };
  const answer = async (request: SessionRequest, sentIn: number): Promise<Reply> => {
    await tick();
    if (sentIn < epoch) return { kind: 'discarded' };
    if (String(request.args.get('_raw_params')).startsWith('unreachable')) return { kind: 'failed', failure };
    const { key } = request;
    const known = target.memory.get(key ?? '') ?? execute(target, request, counted());
    if (key !== undefined) target.memory.set(key, known);
    const reply = structuredReply(known);
    if (reply.kind !== 'result') return reply;
    return { ...reply, epoch: count(request, reply.result.get('failed') === true) };
  };
  const session: Session = {
    python: '3.11.2',
    executable: '/usr/bin/python3',
    ended: new Promise(() => undefined),
    kept: Promise.resolve(undefined),
    run: (request) => {
      const sentIn = request.epoch ?? epoch;
      const reply = turn.then(() => answer(request, sentIn));
      turn = reply;
      return reply;
    },
    load: () => undefined,
    forget: (keys) => {
      target.forgotten.push({ keys, ...counted() });
    },
    cancel: () => undefined,
    close: async () => undefined,
    detach: async () => undefined,
  };
  return {
    raw: async (command) => {
      await tick();
      target.executed.push({ key: `raw ${command}`, line: command, ...counted() });
      return { exitCode: 0, stdout: Buffer.from(`said ${command}`), stderr: Buffer.from('') };
    },
    session: async () => session,
    close: async () => undefined,
    detach: async () => undefined,
  };
}

const failure: Failure = { kind: 'unreachable', message: 'nobody is there', retryable: true };

function structuredReply(reply: Reply): Reply {
  return reply.kind === 'result' ? { ...reply, result: new Map(reply.result) } : reply;
}

/** Lines say what becomes of them: `fail …` fails, `unreachable …` breaks the connection, `skip …` is skipped, `flaky …` fails twice and then does well. */
function execute(target: Target, request: SessionRequest, left: Left): Reply {
  const line = String(request.args.get('_raw_params') ?? request.module);
  const job = request.args.get('jid') ?? request.job?.id;
  target.executed.push({ key: request.key ?? '', line, ...left });
  const count = (target.counts.get(line) ?? 0) + 1;
  target.counts.set(line, count);
  const failed = line.startsWith('fail') || (line.startsWith('flaky') && count < 3);
  const result: Dict = new Map<Value, Value>([['changed', true]]);
  if (job !== undefined) {
    result.set('ansible_job_id', job).set('started', 1);
    return { kind: 'result', result: result.set('finished', count < 3 ? 0 : 1) };
  }
  if (line.startsWith('skip')) return { kind: 'result', result: result.set('skipped', true) };
  result
    .set('stdout', `said ${line}`)
    .set('stderr', '')
    .set('rc', failed ? 1 : 0);
  if (failed) result.set('failed', true).set('msg', 'non-zero return code');
  if (line === 'setup') result.set('ansible_facts', new Map<Value, Value>([['ansible_kernel', 'Linux']]));
  return { kind: 'result', result };
}
