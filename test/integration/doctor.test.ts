/** `sortie doctor` as a process, against a deployment that answers as AWS does. */

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limits } from '../../shared/base/limits.ts';
import {
  type AwsAnswer,
  type AwsCall,
  type AwsStub,
  startAwsStub,
  stubEnvironment,
} from './aws-json-stub.ts';

const main = new URL('../../cli/main.ts', import.meta.url).pathname;

let directory: string;
let stub: AwsStub;
let answers: Record<string, AwsAnswer>;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'sortie-doctor-'));
  mkdirSync(path.join(directory, '.ssh'));
  answers = deployment();
  stub = await startAwsStub(
    (call) => answers[actionOf(call)] ?? { status: 404, body: { __type: 'Unknown', message: call.action } },
  );
});
afterEach(async () => {
  await stub.stop();
  rmSync(directory, { recursive: true });
});

function actionOf({ action }: AwsCall): string {
  if (action.includes('/account-settings')) return 'account';
  if (action.includes('/functions/')) return action.includes('controller') ? 'controller' : 'host';
  if (action.startsWith('HEAD /runs')) return 'bucket';
  return action.includes('publicAccessBlock') ? 'block' : action;
}

/** What AWS answers about a deployment that is as it should be. */
function deployment(): Record<string, AwsAnswer> {
  return {
    ...functionAnswers(),
    ...tableAnswers(),
    ...bucketAnswers(),
    GetParameters: {
      body: {
        InvalidParameters: [],
        Parameters: ['store-key', 'ssh-key'].map((name) => ({
          Name: `/sortie/prod/${name}`,
          Type: 'SecureString',
          Value: 'AQICAHg-sealed',
        })),
      },
    },
  };
}

function functionAnswers(): Record<string, AwsAnswer> {
  const functionBody = (memory: number, executionTimeout: number): object => ({
    FunctionName: 'f',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    State: 'Active',
    MemorySize: memory,
    Timeout: 900,
    CodeSha256: 'YWJj',
    DurableConfig: { ExecutionTimeout: executionTimeout, RetentionPeriodInDays: 14 },
    Environment: {
      Variables: { SORTIE_TABLE: 'runs', SORTIE_BUCKET: 'runs', SORTIE_PARAMETER_PREFIX: '/sortie/prod' },
    },
  });
  return {
    account: {
      body: {
        AccountLimit: {
          ConcurrentExecutions: 1_000,
          UnreservedConcurrentExecutions: 900,
          TotalCodeSize: 80_530_636_800,
        },
        AccountUsage: { FunctionCount: 2, TotalCodeSize: 900_000 },
      },
    },
    controller: {
      body: functionBody(limits.controllerFunctionMemoryMb, limits.controllerExecutionTimeoutSeconds),
    },
    host: { body: functionBody(limits.hostFunctionMemoryMb, limits.hostExecutionTimeoutSeconds) },
  };
}

function tableAnswers(): Record<string, AwsAnswer> {
  return {
    DescribeTable: {
      body: {
        Table: {
          TableName: 'runs',
          TableStatus: 'ACTIVE',
          AttributeDefinitions: [
            { AttributeName: 'sk', AttributeType: 'S' },
            { AttributeName: 'pk', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
        },
      },
    },
    DescribeTimeToLive: {
      body: { TimeToLiveDescription: { AttributeName: 'expires', TimeToLiveStatus: 'ENABLED' } },
    },
    DescribeContinuousBackups: {
      body: {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
        },
      },
    },
  };
}

function bucketAnswers(): Record<string, AwsAnswer> {
  return {
    bucket: { body: '' },
    block: {
      body:
        '<?xml version="1.0"?><PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><BlockPublicAcls>true</BlockPublicAcls>' +
        '<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>',
    },
  };
}

type Ended = { readonly exitCode: number | null; readonly out: string; readonly err: string };

/** Runs the doctor; `extra` goes over the environment of somebody who has deployed. */
async function doctor(
  words: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'doctor', ...words], {
    cwd: directory,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: directory,
      AWS_EC2_METADATA_DISABLED: 'true',
      SORTIE_TABLE: 'runs',
      SORTIE_BUCKET: 'runs',
      SORTIE_CONTROLLER_FUNCTION: 'controller:durable',
      SORTIE_HOST_FUNCTION: 'host:durable',
      SORTIE_PARAMETER_PREFIX: '/sortie/prod',
      ...stubEnvironment(stub.url),
      ...extra,
    },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (piece) => {
    text.out += piece;
  });
  child.stderr.on('data', (piece) => {
    text.err += piece;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, ...text };
}

type Findings = {
  readonly ok: boolean;
  readonly findings: readonly { check: string; status: string; message: string }[];
};

function parseFindings(text: string): Findings {
  return JSON.parse(text) as Findings;
}

test('finds a deployment in order, without opening a secret', async () => {
  const { exitCode, out, err } = await doctor(['--on', 'aws', '--json']);
  expect(err).toBe('');
  const { findings, ok } = parseFindings(out);
  const cloud = findings.filter(
    ({ check, status }) => status !== 'ok' && !['ansible', 'python', 'ssh keys'].includes(check),
  );
  // The packages of this version may be built here or not: neither has the stub's hash.
  expect(cloud.map(({ check }) => check)).toEqual(['controller code', 'host code']);
  expect(ok).toBe(true);
  expect(exitCode).toBe(0);
  expect(out).not.toContain('sealed');
  expect(stub.calls.find(({ action }) => action === 'GetParameters')?.input).not.toHaveProperty(
    'WithDecryption',
    true,
  );
});

test('says what to do about each problem, and ends with 1', async () => {
  answers.GetParameters = { body: { Parameters: [] } };
  answers.DescribeTimeToLive = {
    status: 400,
    body: { __type: 'AccessDeniedException', message: 'not authorized' },
  };
  answers.host = {
    status: 404,
    body: { Type: 'User', Message: 'Function not found: host:durable', __type: 'ResourceNotFoundException' },
  };
  const { exitCode, out } = await doctor(['--on', 'aws']);
  expect(exitCode).toBe(1);
  expect(out).toMatch(
    /^problem {2}store key +there is no \/sortie\/prod\/store-key\n +→ aws ssm put-parameter/m,
  );
  expect(out).toMatch(
    /^warning {2}expiry +could not be looked at: dynamodb:DescribeTimeToLive on table runs failed: not allowed/m,
  );
  expect(out).toMatch(
    /^problem {2}host +lambda:GetFunctionConfiguration on function host:durable failed: it does not exist/m,
  );
});

test('says where no deployment is known', async () => {
  const { exitCode, out } = await doctor(['--on', 'aws'], { SORTIE_TABLE: '' });
  expect(exitCode).toBe(1);
  expect(out).toContain('SORTIE_TABLE is not set');
});

test('says when nobody answers', async () => {
  const { exitCode, out } = await doctor(['--on', 'aws'], { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
  expect(exitCode).toBe(1);
  expect(out).toMatch(
    /^problem {2}aws +lambda:GetAccountSettings on the account failed: it cannot be reached/m,
  );
});

test('looks at the keys of this machine only, when nothing else is asked for', async () => {
  const key = path.join(directory, '.ssh', 'id_ed25519');
  writeFileSync(key, 'not looked into');
  chmodSync(key, 0o644);
  const { exitCode, out } = await doctor([]);
  expect(exitCode).toBe(1);
  expect(out).toContain(`others may read ${key}, so they are not used`);
  expect(stub.calls).toEqual([]);
});

test('takes no other cloud', async () => {
  const { exitCode, err } = await doctor(['--on', 'mars']);
  expect(exitCode).toBe(2);
  expect(err).toContain("argument --on: invalid choice: 'mars' (choose from 'aws')");
});
