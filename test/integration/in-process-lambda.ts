/** The controller function under the real durable SDK, in this process: AWS's side is the local cloud's backend. */

import {
  type DurableExecutionClient,
  type DurableExecutionHandler,
  withDurableExecution,
} from '@aws/durable-execution-sdk-js';
import { DurableBackend } from '../../cli/cloud-local/durable-backend.ts';
import type { ExecutionEnd, ExecutionSummary } from '../../cli/cloud-local/durable-execution.ts';
import type { InvocationOutcome } from '../../cli/cloud-local/environment-process.ts';
import { asText, describeOperation, type Operation } from '../../cli/cloud-local/operation.ts';
import { parseUpdates } from '../../cli/cloud-local/operation-update.ts';
import { VirtualClock } from '../../cli/cloud-local/virtual-clock.ts';
import { runShard } from '../../functions/controller/ask-hosts.ts';
import { runInCloud } from '../../functions/controller/cloud-run.ts';
import { createDurableStageRunner } from '../../functions/controller/durable-stage-runner.ts';
import type { ControllerInvocation, HostInvocation } from '../../shared/wire/stage.ts';
import {
  openWorld,
  recordsOf,
  runHost,
  type Simulation,
  type World,
} from '../unit/controller/simulated-cloud.ts';

export type InProcessRun = {
  readonly world: World;
  readonly end: ExecutionSummary;
  readonly records: ReturnType<typeof recordsOf>;
  readonly invocations: number;
  /** Operations of each execution of the controller function, the run's own first; without the execution's own. */
  readonly operations: readonly (readonly Operation[])[];
};

export type InProcessOptions = {
  /** Fails calls of host functions, before they run. */
  readonly failing?: (host: string, calls: number) => string | undefined;
  /** Kills the invocation that makes a checkpoint, by its number, before or after it is written. */
  readonly kills?: (checkpoint: number) => 'after' | 'before' | undefined;
};

/** Runs the simulation's playbook to its end. */
export async function runInProcess(
  simulation: Simulation,
  options: InProcessOptions = {},
): Promise<InProcessRun> {
  const world = openWorld(simulation);
  const clock = new VirtualClock({ idleSpeed: Infinity });
  const calls = new Map<string, number>();
  const killers = new Map<string, () => void>();
  let invocations = 0;
  const handler = withDurableExecution(controllerOf(world), {
    durableExecutionClient: clientOf(() => backend, killers, options),
  });
  const start = (input: string): ExecutionSummary =>
    backend.start({ durable: { name: 'controller', executionTimeoutMs: 1e9 }, input });
  const backend: DurableBackend = new DurableBackend({
    clock,
    pageOperations: 100,
    crashesMax: 1_000,
    run: async (_name, event) => {
      const release = clock.hold();
      invocations += 1;
      const { promise: killed, resolve } = Promise.withResolvers<InvocationOutcome>();
      const died: InvocationOutcome = { kind: 'died', error: { ErrorMessage: 'killed' } };
      killers.set(JSON.parse(event).DurableExecutionArn, () => resolve(died));
      const outcome = await Promise.race([invoke(handler, event), killed]);
      release();
      return outcome;
    },
    runChained: async (name, input): Promise<ExecutionEnd> => {
      if (name === 'controller:live') return ended(await backend.ended(start(input).arn));
      const event: HostInvocation = JSON.parse(input);
      const count = (calls.get(event.host) ?? 0) + 1;
      calls.set(event.host, count);
      const failure = options.failing?.(event.host, count);
      if (failure !== undefined) return { status: 'FAILED', error: { ErrorMessage: failure } };
      const done = await runHost(event, world);
      if (done.kind === 'failed') return { status: 'FAILED', error: { ErrorMessage: done.message } };
      return { status: 'SUCCEEDED', result: JSON.stringify(done.text) };
    },
  });
  const end = await backend.ended(start(JSON.stringify(world.event)).arn);
  const operations = backend
    .list()
    .map(({ arn }) => backend.operations(arn).filter(({ type }) => type !== 'EXECUTION'));
  clock.close();
  return { world, end, records: recordsOf(world.store), invocations, operations };
}

function controllerOf(world: World): DurableExecutionHandler<ControllerInvocation, number | string> {
  return async (event, context) => {
    const functions = { hostFunction: 'host:live', controllerFunction: 'controller:live' };
    const deps = { runner: createDurableStageRunner(context, functions), blobs: world.blobs };
    return event.kind === 'shard' ? runShard(event, deps) : runInCloud(event, { ...world.runDeps, ...deps });
  };
}

type Handler = ReturnType<typeof withDurableExecution>;

async function invoke(handler: Handler, event: string): Promise<InvocationOutcome> {
  const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 900_000 };
  try {
    const answer = await handler(JSON.parse(event), context as Parameters<Handler>[1]);
    return { kind: 'answered', payload: JSON.stringify(answer) };
  } catch (error) {
    return { kind: 'threw', error: { ErrorMessage: String(error) } };
  }
}

function ended({ error, result, status }: ExecutionSummary): ExecutionEnd {
  if (status === 'RUNNING') throw new Error('an execution that has ended still runs');
  return { status, ...(result === undefined ? {} : { result }), ...(error === undefined ? {} : { error }) };
}

function clientOf(
  backend: () => DurableBackend,
  killers: ReadonlyMap<string, () => void>,
  { kills }: InProcessOptions,
): DurableExecutionClient {
  const described = (operations: readonly Operation[]): never =>
    operations.map((operation) => describeOperation(operation, asText)) as never;
  let checkpoints = 0;
  return {
    checkpoint: async ({ CheckpointToken, ClientToken, DurableExecutionArn = '', Updates }) => {
      checkpoints += 1;
      const kill = kills?.(checkpoints);
      const dies = (): Promise<never> => {
        killers.get(DurableExecutionArn)?.();
        return new Promise(() => undefined);
      };
      if (kill === 'before') return dies();
      const { operations, token } = backend().checkpoint(DurableExecutionArn, {
        token: CheckpointToken ?? '',
        updates: parseUpdates(Updates),
        ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
      });
      if (kill === 'after') return dies();
      return { CheckpointToken: token, NewExecutionState: { Operations: described(operations) } };
    },
    getExecutionState: async ({ CheckpointToken, DurableExecutionArn = '', Marker }) => {
      const { nextMarker, operations } = backend().readState(DurableExecutionArn, {
        token: CheckpointToken ?? '',
        marker: Marker ?? '0',
      });
      return {
        Operations: described(operations),
        ...(nextMarker === undefined ? {} : { NextMarker: nextMarker }),
      };
    },
  };
}
