/** Rounds of invocations that come when the host has gone on without them. */

import { expect, test } from 'vitest';
import { encodeChanges } from '../../../functions/host/execute/change-json.ts';
import type { StateChange } from '../../../functions/host/execute/host-journal.ts';
import { noVars } from '../../../functions/host/execute/host-state.ts';
import type { HostStage } from '../../../functions/host/host-stage.ts';
import { runRound } from '../../../functions/host/run.ts';
import type { HostEntry } from '../../../shared/wire/host-journal.ts';
import type { HostAnswer } from '../../../shared/wire/stage.ts';

const options = { name: 'late', remainingMs: () => 900_000, quietSince: undefined };
const answer: HostAnswer = {
  outcome: { kind: 'ended', how: 'done', isFatalForAll: false },
  isSheltered: false,
  hasStarted: true,
};
const entered: StateChange = { kind: 'entered', work: 'hash', vars: noVars, lastOrder: -1 };
const answered: StateChange = { kind: 'answer', stage: 3, work: 'hash', answer };

/** A stage of batch `batch` over a stream that holds one entry of batch 1; nothing else of it may be asked for. */
function stageOf(batch: number, stage: number, changes: readonly StateChange[]): HostStage {
  const sealed = Buffer.from(encodeChanges(changes));
  const entry: HostEntry = { writer: 'other', batch: 1, start: 4, said: [], sealed };
  const refuse = (): never => {
    throw new Error('a late invocation does nothing');
  };
  return {
    host: 'web1',
    hash: 'hash',
    work: { runId: 'run', batch, stage },
    stream: {
      store: {
        appendEntry: refuse,
        lastEntry: () => Promise.resolve({ sequence: 4, entry }),
        async *readEntries() {
          yield { sequence: 4, entry };
        },
      },
      sealer: { seal: refuse, open: (bytes: Uint8Array) => bytes },
    },
    isStopRequested: refuse,
    context: refuse,
    varsLeft: refuse,
  } as unknown as HostStage;
}

test('an invocation of an earlier batch does not enter its play again', async () => {
  const round = await runRound(stageOf(0, 2, [entered]), options);
  expect(round).toEqual({ kind: 'answered', answer: { lost: expect.stringContaining('late') } });
});

test('an invocation that was answered before gets the same answer', async () => {
  const round = await runRound(stageOf(1, 3, [entered, answered]), options);
  expect(round).toEqual({ kind: 'answered', answer });
});
