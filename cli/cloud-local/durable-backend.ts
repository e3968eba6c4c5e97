/** Runs durable executions: invokes their functions, again after waits and crashes, until they end. */

import { randomUUID } from 'node:crypto';
import { AwsError, resourceNotFound } from './aws-error.ts';
import { awsLimits } from './aws-limits.ts';
import type { ExecutionEnd, ExecutionSummary, StatePage } from './durable-execution.ts';
import { type CheckpointAnswer, type CheckpointRequest, DurableExecution } from './durable-execution.ts';
import type { InvocationOutcome } from './environment-process.ts';
import { functionArn, LATEST } from './function-config.ts';
import { asText, describeOperation, type ErrorObject, type Operation } from './operation.ts';
import type { VirtualClock } from './virtual-clock.ts';

export type DurableFunction = { readonly name: string; readonly executionTimeoutMs: number };

export type BackendDeps = {
  readonly clock: VirtualClock;
  /** Runs one invocation of a function; `event` is JSON text. */
  readonly run: (functionName: string, event: string) => Promise<InvocationOutcome>;
  /** Runs a function that an execution has invoked; resolves with how that ended. */
  readonly runChained: (functionName: string, input: string) => Promise<ExecutionEnd>;
  /** Operations in the first part of an execution's state, and in each further one. */
  readonly pageOperations: number;
  /** Crashes in a row after which an execution is given up. */
  readonly crashesMax: number;
};

export type StartRequest = {
  readonly durable: DurableFunction;
  /** JSON text. */
  readonly input: string;
  /** Makes starting twice the same as starting once. */
  readonly name?: string;
};

/** A step of an execution and those who wait for its end. */
type Running = {
  readonly execution: DurableExecution;
  readonly ended: Promise<ExecutionSummary>;
  readonly end: (summary: ExecutionSummary) => void;
  /** Timers of this execution that have not fired. */
  readonly timers: Set<() => void>;
  crashes: number;
  isBackingOff: boolean;
};

/** The first pause after a crash, and the longest, in ms. */
const BACK_OFF_MS = 1_000;
const BACK_OFF_MAX_MS = 60_000;

export class DurableBackend {
  readonly #deps: BackendDeps;
  readonly #running = new Map<string, Running>();
  /** ARNs by function and execution name. */
  readonly #byName = new Map<string, string>();
  #isClosed = false;

  constructor(deps: BackendDeps) {
    this.#deps = deps;
  }

  /** Starts an execution, or finds the one that has this name and the same input. */
  start({ durable, input, name = randomUUID() }: StartRequest): ExecutionSummary {
    const key = JSON.stringify([durable.name, name]);
    const existing = this.#running.get(this.#byName.get(key) ?? '');
    if (existing !== undefined) return sameStart(existing.execution, input);
    const { clock } = this.#deps;
    const arn = `${functionArn(durable.name, LATEST)}/durable-execution/${name}/${randomUUID()}`;
    const startedAt = clock.now();
    const execution = new DurableExecution({ arn, name, functionName: durable.name, input, startedAt });
    const { promise, resolve } = Promise.withResolvers<ExecutionSummary>();
    const running: Running = {
      execution,
      ended: promise,
      end: resolve,
      timers: new Set(),
      crashes: 0,
      isBackingOff: false,
    };
    this.#running.set(arn, running);
    this.#byName.set(key, arn);
    this.#schedule(running, startedAt + durable.executionTimeoutMs, () => this.#timeOut(running));
    this.#wake(running);
    return execution.summary();
  }

  /** Resolves once the execution has ended. */
  ended(arn: string): Promise<ExecutionSummary> {
    return this.#find(arn).ended;
  }

  get(arn: string): ExecutionSummary {
    return this.#find(arn).execution.summary();
  }

  operations(arn: string): readonly Operation[] {
    return this.#find(arn).execution.operations();
  }

  list(functionName?: string): readonly ExecutionSummary[] {
    return [...this.#running.values()]
      .map(({ execution }) => execution.summary())
      .filter((summary) => functionName === undefined || summary.functionName === functionName);
  }

  /** Ends an execution from outside; the answer is when. */
  stop(arn: string, error?: ErrorObject): number {
    const running = this.#find(arn);
    this.#finish(running, { status: 'STOPPED', ...(error === undefined ? {} : { error }) });
    return running.execution.summary().endedAt ?? this.#deps.clock.now();
  }

  checkpoint(arn: string, request: CheckpointRequest): CheckpointAnswer {
    const running = this.#find(arn);
    const { execution } = running;
    const repeated = execution.repeated(request);
    if (repeated !== undefined) return repeated;
    const ids = new Set(request.updates.map(({ Id }) => Id));
    const before = new Map([...ids].map((id) => [id, execution.operation(id)]));
    const answer = execution.checkpoint(request, this.#deps.clock.now());
    for (const id of ids) this.#follow(running, id, before.get(id) !== undefined);
    return answer;
  }

  readState(arn: string, request: { token: string; marker: string; itemsMax?: number }): StatePage {
    const { itemsMax = this.#deps.pageOperations, marker, token } = request;
    return this.#find(arn).execution.readState(token, marker, itemsMax);
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Sees to it that an operation that has just started comes to its end. */
  #follow(running: Running, id: string, wasStarted: boolean): void {
    const operation = running.execution.operation(id);
    if (operation === undefined) return;
    switch (operation.type) {
      case 'STEP':
        if (operation.status === 'PENDING') {
          this.#settleAt(running, operation, operation.nextAttemptAt, { status: 'READY' });
        }
        return;
      case 'WAIT':
        if (!wasStarted) this.#settleAt(running, operation, operation.endsAt, { status: 'SUCCEEDED' });
        return;
      case 'CHAINED_INVOKE':
        if (!wasStarted) void this.#chain(running, operation);
        return;
      case 'EXECUTION':
        if (operation.status !== 'STARTED') this.#finish(running, endOf(operation));
        return;
      case 'CONTEXT':
        return;
      default:
        operation.type satisfies never;
    }
  }

  #settleAt(running: Running, { id }: Operation, at: number | undefined, change: Partial<Operation>): void {
    if (at === undefined) return;
    this.#schedule(running, at, () => {
      this.#settle(running, id, change.status === 'READY' ? change : { ...change, endedAt: at });
    });
  }

  #settle(running: Running, id: string, change: Partial<Operation>): void {
    running.execution.settle(id, change);
    this.#wake(running);
  }

  async #chain(running: Running, { functionName = '', id, input = 'null' }: Operation): Promise<void> {
    const { error, result, status } = await this.#deps.runChained(functionName, input);
    this.#settle(running, id, {
      status,
      endedAt: this.#deps.clock.now(),
      ...(result === undefined ? {} : { result }),
      ...(error === undefined ? {} : { error }),
    });
  }

  /** Invokes the function unless it runs already, or has just crashed. */
  #wake(running: Running): void {
    const { execution, isBackingOff } = running;
    if (this.#isClosed || isBackingOff || execution.isInvoked || !execution.isRunning) return;
    void this.#invoke(running);
  }

  async #invoke(running: Running): Promise<void> {
    const { execution } = running;
    const { page, token, updatedIds } = execution.beginInvocation(this.#deps.pageOperations);
    const event = JSON.stringify({
      DurableExecutionArn: execution.arn,
      CheckpointToken: token,
      InitialExecutionState: {
        Operations: page.operations.map((operation) => describeOperation(operation, asText)),
        NextMarker: page.nextMarker ?? '',
      },
      UpdatedOperationIds: updatedIds,
    });
    const outcome = await this.#deps.run(execution.functionName, event);
    if (!execution.isRunning || this.#isClosed) return;
    const { wasToldNews } = execution.endInvocation();
    const answer = outcome.kind === 'answered' ? parseAnswer(outcome.payload) : undefined;
    if (answer === undefined) this.#backOff(running, outcome);
    else this.#take(running, answer, wasToldNews);
  }

  #take(running: Running, answer: FunctionAnswer, wasToldNews: boolean): void {
    const { execution } = running;
    running.crashes = 0;
    switch (answer.Status) {
      case 'SUCCEEDED':
        this.#finish(running, { status: 'SUCCEEDED', result: answer.Result ?? 'null' });
        return;
      case 'FAILED':
        this.#finish(running, { status: 'FAILED', error: answer.Error ?? {} });
        return;
      case 'PENDING':
        // News told in the invocation's last moments may have been overlooked: better once too often than never.
        if (execution.hasNews || (wasToldNews && !execution.isWaiting)) this.#wake(running);
        else if (!execution.isWaiting) this.#finish(running, pendingForNothing);
        return;
      default:
        answer.Status satisfies never;
    }
  }

  /**
   * Invokes again later. AWS does so after crashes, time-outs and errors outside of steps, until the execution's own
   * time-out, and counts none of it as an attempt of a step (aws-durable-execution-docs, issue 281).
   */
  #backOff(running: Running, outcome: InvocationOutcome): void {
    running.crashes++;
    const error = outcome.kind === 'answered' ? { ErrorMessage: 'Invalid response' } : outcome.error;
    if (running.crashes >= this.#deps.crashesMax) {
      this.#finish(running, { status: 'FAILED', error });
      return;
    }
    const pauseMs = Math.min(BACK_OFF_MS * 2 ** (running.crashes - 1), BACK_OFF_MAX_MS);
    running.isBackingOff = true;
    this.#schedule(running, this.#deps.clock.now() + pauseMs, () => {
      running.isBackingOff = false;
      this.#wake(running);
    });
  }

  #timeOut(running: Running): void {
    this.#finish(running, { status: 'TIMED_OUT', error: { ErrorMessage: 'Execution timed out' } });
  }

  #finish(running: Running, end: ExecutionEnd): void {
    const { execution, timers } = running;
    if (!execution.isRunning) return;
    execution.finish(end, this.#deps.clock.now());
    for (const cancel of timers) cancel();
    timers.clear();
    running.end(execution.summary());
  }

  #schedule(running: Running, at: number, fire: () => void): void {
    const cancel = this.#deps.clock.schedule(at, () => {
      running.timers.delete(cancel);
      fire();
    });
    running.timers.add(cancel);
  }

  #find(arn: string): Running {
    const running = this.#running.get(arn);
    if (running === undefined) throw resourceNotFound(`Durable execution not found: ${arn}`);
    return running;
  }
}

type FunctionAnswer = {
  readonly Status: 'SUCCEEDED' | 'FAILED' | 'PENDING';
  readonly Result?: string;
  readonly Error?: ErrorObject;
};

const pendingForNothing: ExecutionEnd = {
  status: 'FAILED',
  error: { ErrorMessage: 'Cannot return PENDING status with no pending operations.' },
};

/** What a durable function answered; undefined for anything else, which counts as a crash. */
function parseAnswer(payload: string): FunctionAnswer | undefined {
  if (Buffer.byteLength(payload) > awsLimits.syncPayloadBytesMax) return undefined;
  const answer = JSON.parse(payload) as FunctionAnswer | null;
  const isKnown = ['SUCCEEDED', 'FAILED', 'PENDING'].includes(answer?.Status ?? '');
  return isKnown && answer !== null ? answer : undefined;
}

function sameStart(execution: DurableExecution, input: string): ExecutionSummary {
  if (execution.input !== input) {
    throw new AwsError(
      'DurableExecutionAlreadyStartedException',
      `A durable execution named ${execution.name} was started with another payload.`,
      409,
    );
  }
  return execution.summary();
}

function endOf({ error, result, status }: Operation): ExecutionEnd {
  return status === 'SUCCEEDED'
    ? { status: 'SUCCEEDED', result: result ?? 'null' }
    : { status: 'FAILED', error: error ?? {} };
}
