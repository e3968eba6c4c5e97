/** Starts, watches and stops runs: executions of the durable controller function. */

import {
  GetDurableExecutionCommand,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { FailureError } from '../../shared/base/failure.ts';
import { limits } from '../../shared/base/limits.ts';
import type { RunInvocation } from '../../shared/wire/stage.ts';
import { formatWire } from '../../shared/wire/wire-json.ts';
import type { CloudSettings } from './cloud-settings.ts';

/** How an execution stands; `ended` with what AWS calls its end, and the error that ended it. */
export type ExecutionState =
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly how: string; readonly error?: string };

export type Controller = {
  /** Starts a run; the same invocation again starts nothing. Gives the name of its execution. */
  readonly start: (invocation: RunInvocation) => Promise<string>;
  /** The execution of a run; undefined when there is none (any more). */
  readonly find: (runId: string) => Promise<string | undefined>;
  readonly stateOf: (execution: string) => Promise<ExecutionState>;
  readonly stop: (execution: string) => Promise<void>;
  readonly close: () => void;
};

/** A client of the deployment's controller function. */
export function openController(settings: Pick<CloudSettings, 'controllerFunction' | 'region'>): Controller {
  const { controllerFunction, region } = settings;
  const client = new LambdaClient({
    maxAttempts: limits.storeAttemptsMax,
    ...(region === undefined ? {} : { region }),
  });
  return {
    start: (invocation) =>
      explained(async () => {
        const answer = await client.send(
          new InvokeCommand({
            FunctionName: controllerFunction,
            InvocationType: 'Event',
            DurableExecutionName: invocation.runId,
            Payload: Buffer.from(formatWire(invocation), 'utf8'),
          }),
        );
        if (answer.DurableExecutionArn === undefined)
          throw failure(`${controllerFunction} is no durable function: deploy it with \`sortie deploy\``);
        return answer.DurableExecutionArn;
      }),
    find: (runId) =>
      explained(async () => {
        const { DurableExecutions: [first] = [] } = await client.send(
          new ListDurableExecutionsByFunctionCommand({
            FunctionName: controllerFunction,
            DurableExecutionName: runId,
          }),
        );
        return first?.DurableExecutionArn;
      }),
    stateOf: (execution) =>
      explained(async () => {
        const answer = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn: execution }));
        if (answer.Status === undefined || answer.Status === 'RUNNING') return { kind: 'running' };
        const error = answer.Error?.ErrorMessage;
        return { kind: 'ended', how: answer.Status, ...(error === undefined ? {} : { error }) };
      }),
    stop: (execution) =>
      explained(async () => {
        await client.send(
          new StopDurableExecutionCommand({
            DurableExecutionArn: execution,
            Error: { ErrorType: 'Stopped', ErrorMessage: 'sortie stop' },
          }),
        );
      }),
    close: () => client.destroy(),
  };
}

/** The SDK's errors in words that say what to do. */
async function explained<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof FailureError || !(error instanceof Error)) throw error;
    throw failure(`Lambda says: ${error.message || error.name}${adviceFor(error)}`);
  }
}

function adviceFor({ message, name }: Error): string {
  if (message === 'Region is missing') return ': set AWS_REGION';
  switch (name) {
    case 'CredentialsProviderError':
      return '. No AWS credentials were found: log in (`aws sso login`), or set AWS_PROFILE';
    case 'ExpiredTokenException':
    case 'UnrecognizedClientException':
      return '. The AWS credentials are not valid (any more): log in again';
    case 'AccessDeniedException':
      return '. docs/cloud/permissions.md lists what whoever runs playbooks needs';
    case 'ResourceNotFoundException':
      return '. Is it deployed in this account and region? `sortie doctor` says more';
    default:
      return '';
  }
}

function failure(message: string): FailureError {
  return new FailureError({ kind: 'store-failed', message, retryable: false });
}
