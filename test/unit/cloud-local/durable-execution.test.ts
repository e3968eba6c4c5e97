/** Who may write to a durable execution, and what its operations become. */

import { expect, test } from 'vitest';
import { DurableExecution } from '../../../cli/cloud-local/durable-execution.ts';
import { asSeconds, asText, describeOperation } from '../../../cli/cloud-local/operation.ts';
import { type OperationUpdate, parseUpdates } from '../../../cli/cloud-local/operation-update.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function begin(): DurableExecution {
  return new DurableExecution({ arn: 'arn', name: 'n', functionName: 'f', input: '{}', startedAt: NOW });
}

const step = (Action: OperationUpdate['Action'], more: Partial<OperationUpdate> = {}): OperationUpdate => ({
  Id: 's',
  Type: 'STEP',
  Action,
  ...more,
});

test('each checkpoint gives the token of the next, and older ones are stale', () => {
  const execution = begin();
  const { token } = execution.beginInvocation(10);
  const first = execution.checkpoint({ token, updates: [step('START')] }, NOW);
  expect(() => execution.checkpoint({ token, updates: [] }, NOW)).toThrow('Invalid Checkpoint Token');
  execution.endInvocation();
  expect(() => execution.checkpoint({ token: first.token, updates: [] }, NOW)).toThrow(
    'Invalid Checkpoint Token',
  );
  const again = execution.beginInvocation(10);
  expect(() => execution.readState(first.token, '0', 10)).toThrow('Invalid Checkpoint Token');
  expect(again.page.operations.map(({ type }) => type)).toEqual(['EXECUTION', 'STEP']);
});

test('a checkpoint whose answer was lost is answered again, and written once', () => {
  const execution = begin();
  const { token } = execution.beginInvocation(10);
  const request = { token, clientToken: 'c', updates: [step('START')] };
  expect(execution.repeated(request)).toBeUndefined();
  const answer = execution.checkpoint(request, NOW);
  expect(execution.repeated(request)).toBe(answer);
  expect(execution.repeated({ ...request, clientToken: 'other' })).toBeUndefined();
});

test('a checkpoint is written whole or not at all', () => {
  const execution = begin();
  const { token } = execution.beginInvocation(10);
  const updates = [step('START'), { ...step('START'), Id: 'w', Type: 'WAIT', Action: 'FAIL' } as const];
  expect(() => execution.checkpoint({ token, updates }, NOW)).toThrow('Invalid action FAIL');
  expect(execution.operationCount).toBe(1);
  expect(execution.checkpoint({ token, updates: [step('START')] }, NOW).operations).toHaveLength(1);
});

test('a step that is over takes no further update', () => {
  const execution = begin();
  const { token } = execution.beginInvocation(10);
  const updates = [step('START'), step('SUCCEED', { Payload: '1' })];
  const answer = execution.checkpoint({ token, updates }, NOW);
  expect(() => execution.checkpoint({ token: answer.token, updates: [step('FAIL')] }, NOW)).toThrow(
    'Invalid current STEP state SUCCEEDED to FAIL',
  );
});

test('a step that is tried again counts its attempts, and waits', () => {
  const execution = begin();
  const { token } = execution.beginInvocation(10);
  const retry = step('RETRY', {
    StepOptions: { NextAttemptDelaySeconds: 90 },
    Error: { ErrorMessage: 'e' },
  });
  const { operations } = execution.checkpoint({ token, updates: [step('START'), retry] }, NOW);
  const [operation] = operations;
  expect(operation && describeOperation(operation, asText)).toMatchObject({
    Status: 'PENDING',
    StartTimestamp: '2026-01-01T00:00:00.000Z',
    StepDetails: {
      Attempt: 1,
      NextAttemptTimestamp: '2026-01-01T00:01:30.000Z',
      Error: { ErrorMessage: 'e' },
    },
  });
  expect(operation && describeOperation(operation, asSeconds)).toMatchObject({ StartTimestamp: NOW / 1000 });
  expect(execution.isWaiting).toBe(true);
});

test('what changes by itself is told in the next checkpoint, or to the next invocation', () => {
  const execution = begin();
  const { token } = execution.beginInvocation(10);
  const wait = { Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 1 } } as const;
  const first = execution.checkpoint({ token, updates: [wait] }, NOW);
  execution.settle('w', { status: 'SUCCEEDED', endedAt: NOW });
  expect(execution.hasNews).toBe(true);
  const { operations } = execution.checkpoint({ token: first.token, updates: [] }, NOW);
  expect(operations).toMatchObject([{ id: 'w', status: 'SUCCEEDED' }]);
  execution.settle('w', { status: 'FAILED' });
  expect(execution.operation('w')?.status).toBe('SUCCEEDED');
  expect(execution.endInvocation()).toEqual({ wasToldNews: true });
  expect(execution.beginInvocation(10).updatedIds).toEqual([]);
});

test('state is read in parts', () => {
  const execution = begin();
  const { token } = execution.beginInvocation(10);
  const updates = Array.from({ length: 4 }, (_, index) => ({ ...step('START'), Id: `s${index}` }));
  execution.checkpoint({ token, updates }, NOW);
  execution.endInvocation();
  const { page, token: next } = execution.beginInvocation(2);
  expect(page).toMatchObject({ operations: [{ type: 'EXECUTION' }, { id: 's0' }], nextMarker: '2' });
  expect(execution.readState(next, '2', 2)).toMatchObject({ operations: [{ id: 's1' }, { id: 's2' }] });
  expect(execution.readState(next, '4', 2)).toEqual({ operations: [expect.objectContaining({ id: 's3' })] });
});

test('updates that are none are refused', () => {
  expect(parseUpdates(undefined)).toEqual([]);
  expect(() => parseUpdates('x')).toThrow('no list');
  expect(() => parseUpdates([{ Id: 'a', Type: 'NONE', Action: 'START' }])).toThrow('a Type');
  expect(() => parseUpdates([{ Id: 'a', Type: 'STEP', Action: 'NONE' }])).toThrow('an Action');
  expect(() => parseUpdates([null])).toThrow('an Id');
});
