/** What is said when the cloud's store cannot be used: the thing, and the way out. */

import { expect, test } from 'vitest';
import { storeFailure } from '../../../shared/store/store-failure.ts';

type Case = {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  readonly status?: number;
  readonly says: RegExp;
  readonly retryable: boolean;
};

const CASES: readonly Case[] = [
  { name: 'ResourceNotFoundException', status: 400, says: /does not exist.*sortie deploy/, retryable: false },
  { name: 'NoSuchBucket', status: 404, says: /does not exist/, retryable: false },
  {
    name: 'AccessDeniedException',
    status: 400,
    says: /needs dynamodb:PutItem on table runs/,
    retryable: false,
  },
  { name: 'Unknown', status: 403, says: /not allowed/, retryable: false },
  { name: 'ExpiredTokenException', status: 400, says: /expired: sign in again/, retryable: false },
  { name: 'ExpiredToken', status: 400, says: /expired/, retryable: false },
  {
    name: 'UnrecognizedClientException',
    status: 400,
    says: /no AWS credentials that work/,
    retryable: false,
  },
  { name: 'CredentialsProviderError', says: /sign in, or set AWS_PROFILE/, retryable: false },
  { name: 'Error', message: 'Region is missing', says: /set AWS_REGION/, retryable: false },
  { name: 'ProvisionedThroughputExceededException', status: 400, says: /too many requests/, retryable: true },
  { name: 'ThrottlingException', status: 400, says: /too many requests/, retryable: true },
  { name: 'SlowDown', status: 503, says: /too many requests/, retryable: true },
  { name: 'InternalServerError', status: 500, says: /status 500/, retryable: true },
  { name: 'TimeoutError', says: /cannot be reached/, retryable: true },
  { name: 'Error', code: 'ECONNREFUSED', says: /cannot be reached/, retryable: true },
  {
    name: 'ValidationException',
    status: 400,
    message: 'odd',
    says: /ValidationException: odd/,
    retryable: false,
  },
];

test.each(CASES)('$name $code $status $message', ({ name, code, message = 'm', status, says, retryable }) => {
  const error = Object.assign(new Error(message), { name, code, $metadata: { httpStatusCode: status } });
  const { failure } = storeFailure(error, { action: 'dynamodb:PutItem', resource: 'table runs' });
  expect(failure).toMatchObject({ kind: 'store-failed', retryable });
  expect(failure.message).toMatch(/^dynamodb:PutItem on table runs failed: /);
  expect(failure.message).toMatch(says);
});

test('an object that may be missing is no matter of rights alone', () => {
  const error = Object.assign(new Error('UnknownError'), { name: '403', $metadata: { httpStatusCode: 403 } });
  const { failure } = storeFailure(error, { action: 's3:GetObject', resource: 'runs/12 in bucket b' });
  expect(failure.message).toMatch(/needs s3:GetObject on runs\/12 in bucket b; or it is not there/);
});
