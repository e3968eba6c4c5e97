/** What an operation becomes by an update from the function. */

import { type AwsError, invalidParameter } from './aws-error.ts';
import { awsLimits } from './aws-limits.ts';
import { isOver, type Operation } from './operation.ts';
import type { OperationAction, OperationUpdate } from './operation-update.ts';

const ACTIONS_BY_TYPE: Readonly<Record<Operation['type'], readonly OperationAction[]>> = {
  EXECUTION: ['SUCCEED', 'FAIL'],
  CONTEXT: ['START', 'SUCCEED', 'FAIL'],
  STEP: ['START', 'SUCCEED', 'FAIL', 'RETRY'],
  WAIT: ['START', 'CANCEL'],
  CHAINED_INVOKE: ['START'],
};

/** The operation after `update`; throws an {@link AwsError} where its state does not allow it. */
export function applyUpdate(current: Operation | undefined, update: OperationUpdate, now: number): Operation {
  check(current, update);
  const base: Operation = current ?? {
    id: update.Id,
    type: update.Type,
    status: 'STARTED',
    startedAt: now,
    ...(update.ParentId === undefined ? {} : { parentId: update.ParentId }),
    ...(update.Name === undefined ? {} : { name: update.Name }),
    ...(update.SubType === undefined ? {} : { subType: update.SubType }),
  };
  const result = update.Payload === undefined ? {} : { result: update.Payload };
  const error = update.Error === undefined ? {} : { error: update.Error };
  switch (update.Action) {
    case 'START':
      return start(base, update, now);
    case 'SUCCEED': {
      const replayChildren = update.ContextOptions?.ReplayChildren ?? false;
      return { ...base, status: 'SUCCEEDED', endedAt: now, ...result, replayChildren };
    }
    case 'FAIL':
      return { ...base, status: 'FAILED', endedAt: now, ...result, ...error };
    case 'RETRY': {
      const nextAttemptAt = now + (update.StepOptions?.NextAttemptDelaySeconds ?? 1) * 1000;
      const attempt = (base.attempt ?? 0) + 1;
      return { ...base, status: 'PENDING', attempt, nextAttemptAt, ...result, ...error };
    }
    case 'CANCEL':
      return { ...base, status: 'CANCELLED', endedAt: now };
    default:
      update.Action satisfies never;
      return base;
  }
}

function start(base: Operation, update: OperationUpdate, now: number): Operation {
  const started: Operation = { ...base, status: 'STARTED' };
  switch (update.Type) {
    case 'WAIT':
      return { ...started, endsAt: now + (update.WaitOptions?.WaitSeconds ?? 0) * 1000 };
    case 'CHAINED_INVOKE': {
      const functionName = update.ChainedInvokeOptions?.FunctionName;
      if (functionName === undefined) throw invalidParameter('A chained invoke needs a function name.');
      return { ...started, functionName, input: update.Payload ?? 'null' };
    }
    case 'EXECUTION':
    case 'CONTEXT':
    case 'STEP':
      return started;
    default:
      update.Type satisfies never;
      return started;
  }
}

function check(current: Operation | undefined, update: OperationUpdate): void {
  if (!ACTIONS_BY_TYPE[update.Type].includes(update.Action)) {
    throw invalidParameter(`Invalid action ${update.Action} for an operation of type ${update.Type}.`);
  }
  if (current !== undefined && current.type !== update.Type) {
    throw invalidParameter(`Operation ${update.Id} is a ${current.type}, not a ${update.Type}.`);
  }
  if (current !== undefined && (isOver(current) || isStartedTwice(current, update))) {
    throw refusal(current, update);
  }
  const bytes = Buffer.byteLength(update.Payload ?? '');
  // The result of a whole execution is the way around this limit, so it is not held to it.
  if (update.Type !== 'EXECUTION' && bytes > awsLimits.checkpointPayloadBytesMax) {
    throw invalidParameter(
      `${update.Type} payload size must be less than or equal to ${awsLimits.checkpointPayloadBytesMax} bytes, got ${bytes}.`,
    );
  }
}

function isStartedTwice(current: Operation, { Action }: OperationUpdate): boolean {
  return Action === 'START' && current.status !== 'READY';
}

function refusal(current: Operation, { Action, Id, Type }: OperationUpdate): AwsError {
  return invalidParameter(`Invalid current ${Type} state ${current.status} to ${Action} operation ${Id}.`);
}
