/** What a function asks to write in a checkpoint, read from the body of the request. */

import { invalidParameter } from './aws-error.ts';
import type { ErrorObject, OperationType } from './operation.ts';

export type OperationAction = 'START' | 'SUCCEED' | 'FAIL' | 'RETRY' | 'CANCEL';

export type OperationUpdate = {
  readonly Id: string;
  readonly Type: OperationType;
  readonly Action: OperationAction;
  readonly ParentId?: string;
  readonly Name?: string;
  readonly SubType?: string;
  readonly Payload?: string;
  readonly Error?: ErrorObject;
  readonly ContextOptions?: { readonly ReplayChildren?: boolean };
  readonly StepOptions?: { readonly NextAttemptDelaySeconds?: number };
  readonly WaitOptions?: { readonly WaitSeconds?: number };
  readonly ChainedInvokeOptions?: { readonly FunctionName: string };
};

const TYPES: readonly unknown[] = ['EXECUTION', 'CONTEXT', 'STEP', 'WAIT', 'CHAINED_INVOKE'];
const ACTIONS: readonly unknown[] = ['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL'];

/** The updates of a checkpoint's body; none where the body has none. */
export function parseUpdates(value: unknown): readonly OperationUpdate[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidParameter('Updates is no list.');
  return value.map(parseUpdate);
}

function parseUpdate(value: unknown): OperationUpdate {
  const update = value as Record<string, unknown> | null;
  if (update?.Type === 'CALLBACK') throw invalidParameter('The local cloud knows no callbacks.');
  if (typeof update?.Id !== 'string' || !TYPES.includes(update.Type)) {
    throw invalidParameter('An update needs an Id and a Type.');
  }
  if (!ACTIONS.includes(update.Action)) throw invalidParameter('An update needs an Action.');
  return update as OperationUpdate;
}
