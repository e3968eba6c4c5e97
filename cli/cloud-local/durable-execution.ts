/** The state of one durable execution: its operations, and who may write to it. */

import { randomUUID } from 'node:crypto';
import { applyUpdate } from './apply-update.ts';
import { type AwsError, invalidParameter } from './aws-error.ts';
import { awsLimits } from './aws-limits.ts';
import { type ErrorObject, endsByItself, isOver, type Operation } from './operation.ts';
import type { OperationUpdate } from './operation-update.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** What is known of an execution from outside. */
export type ExecutionSummary = {
  readonly arn: string;
  readonly name: string;
  readonly functionName: string;
  /** JSON text. */
  readonly input: string;
  readonly startedAt: number;
  readonly status: ExecutionStatus;
  readonly endedAt?: number;
  readonly result?: string;
  readonly error?: ErrorObject;
};

export type ExecutionEnd = {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly result?: string;
  readonly error?: ErrorObject;
};

/** A part of an execution's operations; `nextMarker` names the next part. */
export type StatePage = { readonly operations: readonly Operation[]; readonly nextMarker?: string };

export type CheckpointRequest = {
  readonly token: string;
  readonly clientToken?: string;
  readonly updates: readonly OperationUpdate[];
};

export type CheckpointAnswer = { readonly token: string; readonly operations: readonly Operation[] };

export type InvocationState = {
  readonly token: string;
  readonly page: StatePage;
  /** What changed since the previous invocation. */
  readonly updatedIds: readonly string[];
};

type Invocation = {
  token: string;
  /** The last checkpoint, which a client may ask for again when the answer was lost. */
  last: { readonly clientToken: string | undefined; readonly answer: CheckpointAnswer } | undefined;
  /** Something that was not the function's own doing has been told to it. */
  hasToldNews: boolean;
};

export class DurableExecution {
  readonly arn: string;
  readonly name: string;
  readonly functionName: string;
  readonly input: string;
  readonly startedAt: number;
  readonly #operations = new Map<string, Operation>();
  /** Operations that changed behind the function's back, and that it has not been told. */
  readonly #news = new Set<string>();
  #end: (ExecutionEnd & { readonly endedAt: number }) | undefined;
  #invocation: Invocation | undefined;
  #bytes: number;

  constructor(start: Pick<ExecutionSummary, 'arn' | 'name' | 'functionName' | 'input' | 'startedAt'>) {
    this.arn = start.arn;
    this.name = start.name;
    this.functionName = start.functionName;
    this.input = start.input;
    this.startedAt = start.startedAt;
    this.#bytes = Buffer.byteLength(start.input);
    const id = randomUUID();
    const { input, startedAt } = start;
    this.#operations.set(id, { id, type: 'EXECUTION', status: 'STARTED', startedAt, input });
  }

  get isRunning(): boolean {
    return this.#end === undefined;
  }

  get isInvoked(): boolean {
    return this.#invocation !== undefined;
  }

  get hasNews(): boolean {
    return this.#news.size > 0;
  }

  get operationCount(): number {
    return this.#operations.size;
  }

  /** Whether a suspended function has something to wait for. */
  get isWaiting(): boolean {
    for (const operation of this.#operations.values()) if (endsByItself(operation)) return true;
    return false;
  }

  operations(): readonly Operation[] {
    return [...this.#operations.values()];
  }

  operation(id: string): Operation | undefined {
    return this.#operations.get(id);
  }

  summary(): ExecutionSummary {
    const { arn, functionName, input, name, startedAt } = this;
    return { arn, name, functionName, input, startedAt, status: 'RUNNING', ...this.#end };
  }

  /** Begins an invocation: from now on only its token is good. */
  beginInvocation(pageOperations: number): InvocationState {
    const token = randomUUID();
    this.#invocation = { token, last: undefined, hasToldNews: false };
    const updatedIds = [...this.#news];
    this.#news.clear();
    return { token, page: this.#page(0, pageOperations), updatedIds };
  }

  /** Ends the invocation; whether it was told of changes that it may have overlooked. */
  endInvocation(): { readonly wasToldNews: boolean } {
    const wasToldNews = this.#invocation?.hasToldNews ?? false;
    this.#invocation = undefined;
    return { wasToldNews };
  }

  /** Writes updates, all or none, and tells what else has changed. */
  checkpoint(request: CheckpointRequest, now: number): CheckpointAnswer {
    const invocation = this.#invocation;
    if (invocation === undefined || !this.isRunning) throw staleToken();
    if (invocation.token !== request.token) throw staleToken();
    const written = this.#write(request.updates, now);
    const ids = new Set([...written, ...this.#news]);
    invocation.hasToldNews ||= this.hasNews;
    this.#news.clear();
    invocation.token = randomUUID();
    const operations = [...ids].flatMap((id) => this.#operations.get(id) ?? []);
    const answer = { token: invocation.token, operations };
    invocation.last = { clientToken: request.clientToken, answer };
    return answer;
  }

  /** The answer to a checkpoint that has been written already, and is asked for again because the answer was lost. */
  repeated({ clientToken }: CheckpointRequest): CheckpointAnswer | undefined {
    const last = this.#invocation?.last;
    return clientToken !== undefined && last?.clientToken === clientToken ? last.answer : undefined;
  }

  /** A later part of the operations that the invocation began with. */
  readState(token: string, marker: string, itemsMax: number): StatePage {
    if (!this.isRunning || this.#invocation?.token !== token) throw staleToken();
    return this.#page(Number(marker), itemsMax);
  }

  /** Changes an operation without the function's doing: a timer fired, a chained function ended. */
  settle(id: string, change: Partial<Operation>): void {
    const operation = this.#operations.get(id);
    if (operation === undefined || isOver(operation) || !this.isRunning) return;
    this.#operations.set(id, { ...operation, ...change });
    this.#bytes += Buffer.byteLength(change.result ?? '');
    this.#news.add(id);
  }

  finish(end: ExecutionEnd, endedAt: number): void {
    this.#end ??= { ...end, endedAt };
    this.#invocation = undefined;
  }

  #page(from: number, itemsMax: number): StatePage {
    const rest = [...this.#operations.values()].slice(from, from + itemsMax);
    let bytes = 0;
    const operations = rest.filter(({ input = '', result = '' }, index) => {
      bytes += Buffer.byteLength(input) + Buffer.byteLength(result);
      return index === 0 || bytes <= PAGE_BYTES_MAX;
    });
    const next = from + operations.length;
    return next < this.#operations.size ? { operations, nextMarker: String(next) } : { operations };
  }

  #write(updates: readonly OperationUpdate[], now: number): readonly string[] {
    const written = new Map<string, Operation>();
    let bytes = this.#bytes;
    for (const update of updates) {
      const current = written.get(update.Id) ?? this.#operations.get(update.Id);
      written.set(update.Id, applyUpdate(current, update, now));
      bytes +=
        Buffer.byteLength(update.Payload ?? '') + Buffer.byteLength(JSON.stringify(update.Error ?? ''));
    }
    const added = [...written.keys()].filter((id) => !this.#operations.has(id)).length;
    if (this.#operations.size + added > awsLimits.operationsPerExecutionMax) {
      throw invalidParameter(
        `A durable execution may have ${awsLimits.operationsPerExecutionMax} operations at most.`,
      );
    }
    if (bytes > awsLimits.executionBytesMax) {
      throw invalidParameter(`A durable execution may write ${awsLimits.executionBytesMax} bytes at most.`);
    }
    this.#bytes = bytes;
    for (const [id, operation] of written) this.#operations.set(id, operation);
    return [...written.keys()];
  }
}

/** Inputs and results in one part of the state, in bytes: an invocation's event must stay below AWS's 6 MB. */
const PAGE_BYTES_MAX = 1_048_576;

/** The SDK knows it by these words: the invocation is over, the execution is not. */
function staleToken(): AwsError {
  return invalidParameter('Invalid Checkpoint Token');
}
