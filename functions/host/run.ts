/**
 * One round of a host's part of a stage: takes up the journal, runs until the host has an answer for its controller,
 * or until the function should not wait any longer; then another round goes on.
 */

import { RunAbort } from '../../shared/base/abort.ts';
import { limits } from '../../shared/base/limits.ts';
import type { HostOutcome } from '../../shared/wire/host-outcome.ts';
import type { HostAnswer, StageAnswer } from '../../shared/wire/stage.ts';
import { untilThere } from './execute/call-run.ts';
import type { StateChange } from './execute/host-journal.ts';
import { HostRun } from './execute/host-run.ts';
import type { HostStage } from './host-stage.ts';
import { type HostPast, type HostWriter, openWriter, readPast } from './host-stream.ts';
import { lastOrder, openOrders } from './other-hosts.ts';
import { type Later, waitPatiently } from './patience.ts';
import { roundPorts } from './round-ports.ts';

/** What a round came to. */
export type Round = Later | { readonly kind: 'answered'; readonly answer: StageAnswer };

export type RoundOptions = {
  /** Who goes the round: unique for this try. */
  readonly name: string;
  /** What is left of the function's time, in ms. */
  readonly remainingMs: () => number;
  /** See {@link Later}. */
  readonly quietSince: number | undefined;
};

/** Goes one round. Throws when the store fails, and Replaced when another invocation has taken over. */
export async function runRound(stage: HostStage, options: RoundOptions): Promise<Round> {
  const { host, stream, work } = stage;
  const place = { runId: work.runId, host };
  const past = await readPast(place, stream);
  const answered = past.changes.findLast((change) => change.kind === 'answer');
  if (answered !== undefined && answered.stage >= work.stage)
    return { kind: 'answered', answer: answered.answer };
  if (past.batch !== undefined && past.batch > work.batch) return late;
  if (await stage.isStopRequested()) return stopped;
  const writer = openWriter(
    { place, past, batch: work.batch, writer: options.name, delayMs: limits.journalDelayMs },
    stream,
  );
  try {
    return await goOn({ ...options, stage, past, writer });
  } finally {
    writer.stop();
  }
}

/** An invocation of long ago: the run has its answer, and has gone on. */
const late: Round = {
  kind: 'answered',
  answer: { lost: 'it came late: the host has gone on to a later part of the run' },
};

/** What is on its way to the agent and not begun is not begun any more once its connection is left. */
const stopped: Round = { kind: 'answered', answer: { stopped: true } };

type GoingOn = RoundOptions & {
  readonly stage: HostStage;
  readonly past: HostPast;
  readonly writer: HostWriter;
};

async function goOn(deps: GoingOn): Promise<Round> {
  const { past, quietSince, remainingMs, stage, writer } = deps;
  const ports = roundPorts(stage, { past, writer });
  const run = new HostRun(stage.host, ports.host);
  try {
    const hasStarted = await takeUp(run, deps);
    const { clock, isStopRequested } = stage;
    const patience = { clock, isStopRequested, remainingMs, quietSince, ...ports.activity };
    const waited = await waitPatiently(run, stage.work.reach, patience);
    if (waited.kind === 'later') return waited;
    if (waited.kind === 'stopped') return stopped;
    const answer: HostAnswer = {
      outcome: waited.outcome,
      isSheltered: run.isSheltered(),
      hasStarted,
      ...ports.tally(),
    };
    // At no place: it says nothing more in this batch.
    if (run.state.ended !== undefined) writer.say({ order: [] });
    writer.note({
      kind: 'answer',
      stage: stage.work.stage,
      work: stage.hash,
      answer,
      ...leftBy(run, waited.outcome),
    });
    return { kind: 'answered', answer };
  } catch (error) {
    if (!(error instanceof RunAbort)) throw error;
    return { kind: 'answered', answer: { abort: error.message, isParserError: error.isParserError } };
  } finally {
    await Promise.all([writer.flush(), run.leave()]);
  }
}

/** Enters the play, or plays the journal back. False when the play lacks the task to start at. */
async function takeUp(run: HostRun, { past, stage, writer }: GoingOn): Promise<boolean> {
  const { host, work } = stage;
  const context = await stage.context();
  if (past.batch !== work.batch) {
    const entered: StateChange = {
      kind: 'entered',
      work: stage.hash,
      vars: await stage.varsLeft(past),
      lastOrder: work.orders.reduce((last, { id }) => Math.max(last, id), lastOrder(past.changes)),
      ...(work.startAtTask === undefined ? {} : { startAt: work.startAtTask }),
    };
    writer.note(entered);
    await run.restore(context, [entered]);
    return run.state.ended === undefined;
  }
  await run.restore(context, past.changes);
  for (const { change, id } of openOrders(work.orders, host, past.changes)) {
    await untilThere(() => run.change(change));
    writer.note({ kind: 'changed', order: id, change });
  }
  return past.changes.length > 1 || run.state.ended === undefined;
}

function leftBy(run: HostRun, outcome: HostOutcome): { readonly left?: ReturnType<HostRun['snapshot']> } {
  const hasEnded = outcome.kind === 'ended' || (outcome.kind === 'paused' && outcome.met.ended !== undefined);
  return hasEnded ? { left: run.snapshot() } : {};
}
