/** Deployed functions and their invocation: what the Lambda API does, without HTTP. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError, invalidParameter, resourceNotFound } from './aws-error.ts';
import { awsLimits } from './aws-limits.ts';
import { DurableBackend, type DurableFunction } from './durable-backend.ts';
import type { ExecutionEnd, ExecutionSummary } from './durable-execution.ts';
import type { EnvironmentPool, PreparedFunction } from './environment-pool.ts';
import type { InvocationOutcome } from './environment-process.ts';
import type { DeliveryInfo, Faults } from './faults.ts';
import { type FunctionConfig, splitFunctionName } from './function-config.ts';
import type { ErrorObject } from './operation.ts';
import type { VirtualClock } from './virtual-clock.ts';

export type Deployed = {
  readonly config: FunctionConfig;
  readonly prepared: PreparedFunction;
  /** SHA-256 of what was deployed, in base64. */
  readonly codeHash: string;
};

export type LambdaDeps = {
  readonly clock: VirtualClock;
  readonly pool: EnvironmentPool;
  readonly faults: () => Faults;
  readonly pageOperations: number;
  readonly crashesMax: number;
};

export type InvokeRequest = {
  /** Name, `name:qualifier` or ARN. */
  readonly functionName: string;
  readonly qualifier?: string;
  /** `Event` returns at once. */
  readonly type: 'RequestResponse' | 'Event' | 'DryRun';
  /** JSON text. */
  readonly payload: string;
  readonly executionName?: string;
};

export type InvokeAnswer = {
  readonly status: 200 | 202 | 204;
  readonly payload?: string;
  readonly functionError?: 'Unhandled';
  readonly executionArn?: string;
};

export class LambdaService {
  readonly backend: DurableBackend;
  readonly #deps: LambdaDeps;
  readonly #functions = new Map<string, Deployed>();

  constructor(deps: LambdaDeps) {
    this.#deps = deps;
    this.backend = new DurableBackend({
      clock: deps.clock,
      pageOperations: deps.pageOperations,
      crashesMax: deps.crashesMax,
      run: (functionName, payload) => this.#deliver({ kind: 'invocation', functionName, payload }),
      runChained: (functionName, input) => this.#runChained(functionName, input),
    });
  }

  deploy(deployed: Deployed): void {
    this.#functions.set(deployed.config.name, deployed);
  }

  functions(): readonly FunctionConfig[] {
    return [...this.#functions.values()].map(({ config }) => config);
  }

  find(text: string): Deployed {
    const { name } = splitFunctionName(text);
    const deployed = this.#functions.get(name);
    if (deployed === undefined) throw resourceNotFound(`Function not found: ${text}`);
    return deployed;
  }

  async invoke(request: InvokeRequest): Promise<InvokeAnswer> {
    const { config } = this.find(request.functionName);
    checkPayload(request);
    if (request.type === 'DryRun') return { status: 204 };
    if (config.durable === undefined) return this.#invokePlain(config.name, request);
    const qualifier = request.qualifier ?? splitFunctionName(request.functionName).qualifier;
    return this.#invokeDurable(durableOf(config, qualifier), request);
  }

  async #invokePlain(functionName: string, { payload, type }: InvokeRequest): Promise<InvokeAnswer> {
    const delivery: DeliveryInfo = { kind: 'event', functionName, payload };
    if (type === 'Event') {
      for (let copies = this.#copiesOf(delivery); copies > 0; copies--) void this.#runEvent(delivery, 0);
      return { status: 202 };
    }
    const outcome = await this.#run(functionName, payload);
    if (outcome.kind === 'answered') return { status: 200, payload: outcome.payload };
    return { status: 200, payload: errorPayload(outcome.error), functionError: 'Unhandled' };
  }

  async #invokeDurable(durable: DurableFunction, request: InvokeRequest): Promise<InvokeAnswer> {
    const { executionName: name, payload: input, type } = request;
    const start = { durable, input, ...(name === undefined ? {} : { name }) };
    if (type === 'Event') {
      let first: ExecutionSummary | undefined;
      const delivery: DeliveryInfo = { kind: 'event', functionName: durable.name, payload: input };
      for (let copies = this.#copiesOf(delivery); copies > 0; copies--) {
        const started = this.backend.start(start);
        first ??= started;
      }
      return { status: 202, ...(first === undefined ? {} : { executionArn: first.arn }) };
    }
    if (durable.executionTimeoutMs > awsLimits.syncExecutionSecondsMax * 1000) {
      throw invalidParameter(
        'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
      );
    }
    const { arn: executionArn } = this.backend.start(start);
    const end = await this.backend.ended(executionArn);
    if (end.status === 'SUCCEEDED') return { status: 200, payload: end.result ?? 'null', executionArn };
    const payload = errorPayload(end.error ?? { ErrorMessage: end.status });
    return { status: 200, payload, functionError: 'Unhandled', executionArn };
  }

  /** How often an asynchronous event arrives. */
  #copiesOf(delivery: DeliveryInfo): number {
    const fault = this.#deps.faults().delivery?.(delivery);
    if (fault?.kind === 'drop') return 0;
    return fault?.kind === 'duplicate' ? fault.copies : 1;
  }

  /** An asynchronous event of a plain function is tried again after a minute, and after two more. */
  async #runEvent(delivery: DeliveryInfo, tries: number): Promise<void> {
    const outcome = await this.#run(delivery.functionName, delivery.payload);
    const delayMs = awsLimits.asyncRetryDelaysMs[tries];
    if (outcome.kind === 'answered' || delayMs === undefined) return;
    const { clock } = this.#deps;
    clock.schedule(clock.now() + delayMs, () => void this.#runEvent(delivery, tries + 1));
  }

  async #runChained(text: string, input: string): Promise<ExecutionEnd> {
    try {
      const { config } = this.find(text);
      if (config.durable === undefined) return endOf(await this.#run(config.name, input));
      const durable = durableOf(config, splitFunctionName(text).qualifier);
      return chainedEnd(await this.backend.ended(this.backend.start({ durable, input }).arn));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { status: 'FAILED', error: { ErrorType: error.code, ErrorMessage: error.message } };
    }
  }

  /** One invocation of a durable execution, with what tests make of it. */
  async #deliver(delivery: DeliveryInfo): Promise<InvocationOutcome> {
    const { clock, faults } = this.#deps;
    const { functionName, payload } = delivery;
    const fault = faults().delivery?.(delivery);
    switch (fault?.kind) {
      case 'drop':
        return { kind: 'died', error: { ErrorType: 'Runtime.Lost', ErrorMessage: 'Invocation lost' } };
      case 'duplicate':
        return this.#runCopies(delivery, fault.copies);
      case 'delay': {
        const release = clock.hold();
        await sleep(fault.ms);
        const outcome = this.#run(functionName, payload);
        release();
        return outcome;
      }
      case undefined:
        return this.#run(functionName, payload);
      default:
        fault satisfies never;
        return this.#run(functionName, payload);
    }
  }

  /** Runs the same invocation several times at once; the first answer counts. */
  async #runCopies(delivery: DeliveryInfo, copies: number): Promise<InvocationOutcome> {
    const requestId = randomUUID();
    const runs = Array.from({ length: copies }, () =>
      this.#run(delivery.functionName, delivery.payload, requestId),
    );
    const answers = runs.map(async (run) => {
      const outcome = await run;
      if (outcome.kind !== 'answered') throw new Error('no answer');
      return outcome;
    });
    try {
      return await Promise.any(answers);
    } catch {
      const [first] = await Promise.all(runs);
      return first ?? { kind: 'died', error: {} };
    }
  }

  #run(functionName: string, payload: string, requestId?: string): Promise<InvocationOutcome> {
    return this.#deps.pool.run(this.find(functionName).prepared, payload, requestId);
  }
}

/** A durable function must be named with a version, an alias or $LATEST, or AWS refuses to run it. */
function durableOf({ durable, name }: FunctionConfig, qualifier: string | undefined): DurableFunction {
  if (qualifier === undefined) {
    throw invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
  }
  return { name, executionTimeoutMs: (durable?.executionTimeoutSeconds ?? 0) * 1000 };
}

function checkPayload({ payload, type }: InvokeRequest): void {
  const bytes = Buffer.byteLength(payload);
  const max = type === 'Event' ? awsLimits.asyncPayloadBytesMax : awsLimits.syncPayloadBytesMax;
  if (bytes > max) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${max} bytes for the Invoke operation`,
      413,
    );
  }
  try {
    JSON.parse(payload);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
  }
}

function chainedEnd({ error, result, status }: ExecutionSummary): ExecutionEnd {
  if (status === 'RUNNING') throw new Error('an execution that has ended still runs');
  return {
    status,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
  };
}

function endOf(outcome: InvocationOutcome): ExecutionEnd {
  return outcome.kind === 'answered'
    ? { status: 'SUCCEEDED', result: outcome.payload }
    : { status: 'FAILED', error: outcome.error };
}

function errorPayload({ ErrorMessage, ErrorType, StackTrace }: ErrorObject): string {
  return JSON.stringify({ errorMessage: ErrorMessage, errorType: ErrorType, trace: StackTrace });
}
