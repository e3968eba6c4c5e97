/** One operation of a durable execution, and how it travels. */

/** Callbacks are left out: nothing of Sortie waits for one. */
export type OperationType = 'EXECUTION' | 'CONTEXT' | 'STEP' | 'WAIT' | 'CHAINED_INVOKE';

export type OperationStatus =
  | 'STARTED'
  | 'PENDING'
  | 'READY'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELLED'
  | 'TIMED_OUT'
  | 'STOPPED';

export type ErrorObject = {
  readonly ErrorMessage?: string;
  readonly ErrorType?: string;
  readonly ErrorData?: string;
  readonly StackTrace?: readonly string[];
};

/** All times are milliseconds since the epoch on the cloud's own clock. */
export type Operation = {
  readonly id: string;
  readonly type: OperationType;
  readonly status: OperationStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly parentId?: string;
  readonly name?: string;
  readonly subType?: string;
  readonly result?: string;
  readonly error?: ErrorObject;
  /** What an execution or a chained function was given. */
  readonly input?: string;
  /** How many attempts of a step have ended. */
  readonly attempt?: number;
  /** When a step is tried again. */
  readonly nextAttemptAt?: number;
  /** When a wait is over. */
  readonly endsAt?: number;
  readonly replayChildren?: boolean;
  readonly functionName?: string;
};

export function isOver({ status }: Operation): boolean {
  return status !== 'STARTED' && status !== 'PENDING' && status !== 'READY';
}

/** Whether the operation ends by itself, so that a suspended function need only wait. */
export function endsByItself(operation: Operation): boolean {
  switch (operation.type) {
    case 'STEP':
      return operation.status === 'PENDING';
    case 'WAIT':
    case 'CHAINED_INVOKE':
      return operation.status === 'STARTED';
    case 'EXECUTION':
    case 'CONTEXT':
      return false;
    default:
      operation.type satisfies never;
      return false;
  }
}

/** How a time is written: as text in an invocation's event, as seconds in an answer of the API. */
export type TimeFormat = (ms: number) => string | number;

export const asText: TimeFormat = (ms) => new Date(ms).toISOString();
export const asSeconds: TimeFormat = (ms) => ms / 1000;

/** The operation as AWS spells it. */
export function describeOperation(operation: Operation, time: TimeFormat): Record<string, unknown> {
  const { endedAt } = operation;
  return {
    Id: operation.id,
    Type: operation.type,
    Status: operation.status,
    StartTimestamp: time(operation.startedAt),
    ...(endedAt === undefined ? {} : { EndTimestamp: time(endedAt) }),
    ParentId: operation.parentId,
    Name: operation.name,
    SubType: operation.subType,
    ...describeDetails(operation, time),
  };
}

function describeDetails(operation: Operation, time: TimeFormat): Record<string, unknown> {
  const { endsAt, nextAttemptAt } = operation;
  const outcome = { Result: operation.result, Error: operation.error };
  switch (operation.type) {
    case 'EXECUTION':
      return { ExecutionDetails: { InputPayload: operation.input } };
    case 'CONTEXT':
      return { ContextDetails: { ReplayChildren: operation.replayChildren, ...outcome } };
    case 'STEP': {
      const NextAttemptTimestamp = nextAttemptAt === undefined ? undefined : time(nextAttemptAt);
      return { StepDetails: { Attempt: operation.attempt ?? 0, NextAttemptTimestamp, ...outcome } };
    }
    case 'WAIT':
      return { WaitDetails: { ScheduledEndTimestamp: endsAt === undefined ? undefined : time(endsAt) } };
    case 'CHAINED_INVOKE':
      return { ChainedInvokeDetails: { ...outcome } };
    default:
      operation.type satisfies never;
      return {};
  }
}
