/** Deploying, as far as that goes without an account: the package, the way to AWS's door, the store key, the settings. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cloudSettings } from '../../../cli/cloud/cloud-settings.ts';
import { deploy, finish, parseOutputs } from '../../../cli/cloud/deploy.ts';
import { type LocalCloud, startLocalCloud } from '../../../cli/cloud-local/local-cloud.ts';
import type { CommandDeps } from '../../../cli/command-deps.ts';
import { FailureError } from '../../../shared/base/failure.ts';

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({});
});
afterAll(() => cloud.close());

let directory = '';
const printed = { out: '', err: '' };
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-deploy-'));
  Object.assign(printed, { out: '', err: '' });
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function commandDeps(environment: CommandDeps['environment'] = {}): CommandDeps {
  return {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    columns: 0,
    isTerminal: false,
    environment: { PATH: '/usr/bin:/bin', HOME: directory, ...environment },
    homeDirectory: directory,
    workingDirectory: directory,
  };
}

const INFO = `service: sortie
stage: prod
region: eu-central-1
stack: sortie-prod
functions:
  controller: sortie-prod-controller (500 kB)
  host: sortie-prod-host (500 kB)

Stack Outputs:
  TableName: sortie-prod-RunTable-1A
  BucketName: sortie-prod-runbucket-2b
  HostFunction: arn:aws:lambda:eu-central-1:111122223333:function:sortie-prod-host:durable
  ControllerFunction: arn:aws:lambda:eu-central-1:111122223333:function:sortie-prod-controller:durable
  ParameterPrefix: /sortie/prod
  DeadLetterQueueUrl: https://sqs.eu-central-1.amazonaws.com/111122223333/q
`;

test('--package-only makes the template without network, credentials and home', async () => {
  writeFileSync(join(directory, 'mine.yml'), '[]\n');
  const words = [
    '--package-only',
    '--stage',
    'prod',
    '--region',
    'eu-central-1',
    '--param',
    'triggers=mine.yml',
  ];
  expect(await deploy(words, commandDeps())).toBe(0);
  const made = join(directory, '.sortie/deploy/prod/.serverless');
  expect(printed.out).toBe(`packaged in ${made}\n`);
  const template = JSON.parse(readFileSync(join(made, 'cloudformation-template-update-stack.json'), 'utf8'));
  expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(['TableName', 'ControllerFunction']));
});

test('a deployment goes as far as AWS, and what stops it there is explained', async () => {
  // A port that nobody listens on: so far everything was in order.
  const unreachable = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' };
  const credentials = { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };
  const trying = deploy(['--region', 'eu-central-1'], commandDeps({ ...unreachable, ...credentials }));
  await expect(trying).rejects.toThrow(/osls deploy failed: AWS cannot be reached/);
  expect(printed.err).toContain('ECONNREFUSED');
  const without = deploy(['--region', 'eu-central-1'], commandDeps({ AWS_EC2_METADATA_DISABLED: 'true' }));
  await expect(without).rejects.toThrow(/osls deploy failed: no AWS credentials were found/);
});

test('the store key is made once, and the names are there for the other commands', async () => {
  const deps = commandDeps();
  const settings = parseOutputs(INFO);
  await finish(settings, deps);
  expect(printed.out).toContain('store key     /sortie/prod/store-key (made now)\n');
  const first = await storeKey();
  expect(Buffer.from(first, 'base64').length).toBe(32);
  printed.out = '';
  await finish(settings, deps);
  expect(printed.out).toContain('(was there)');
  expect(await storeKey()).toBe(first);
  expect(printed.out + printed.err).not.toContain(first);
  expect(cloudSettings(deps)).toEqual({
    region: 'eu-central-1',
    table: 'sortie-prod-RunTable-1A',
    bucket: 'sortie-prod-runbucket-2b',
    controllerFunction: 'arn:aws:lambda:eu-central-1:111122223333:function:sortie-prod-controller:durable',
    hostFunction: 'arn:aws:lambda:eu-central-1:111122223333:function:sortie-prod-host:durable',
    parameterPrefix: '/sortie/prod',
  });
  expect(cloudSettings({ ...deps, environment: { SORTIE_TABLE: 'mine' } }).table).toBe('mine');
});

test('a stage whose secrets lie in Secrets Manager gets no parameter', async () => {
  await finish({ ...parseOutputs(INFO), parameterPrefix: 'secret:sortie/other/all' }, commandDeps());
  expect(printed.out).toContain('store key     sortie/other/all in Secrets Manager must hold store-key');
});

test('mistakes are named', async () => {
  expect(await deploy(['--stage', 'Prod'], commandDeps())).toBe(2);
  expect(printed.err).toContain('argument -s/--stage: small letters');
  const gone = deploy(['--package-only', '--param', 'triggers=gone.yml'], commandDeps());
  await expect(gone).rejects.toThrow(/There is no file \S+gone\.yml/);
  expect(() => parseOutputs('region: x\n')).toThrow(FailureError);
  writeFileSync(join(directory, 'cloud.json'), 'no');
  const broken = { ...commandDeps(), environment: { SORTIE_HOME: directory } };
  expect(() => cloudSettings(broken)).toThrow(/cloud\.json cannot be read/);
});

async function storeKey(): Promise<string> {
  const response = await fetch(cloud.environment.AWS_ENDPOINT_URL_SSM ?? '', {
    method: 'POST',
    headers: { 'x-amz-target': 'AmazonSSM.GetParameter', 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ Name: '/sortie/prod/store-key', WithDecryption: true }),
  });
  const { Parameter } = JSON.parse(await response.text());
  expect(Parameter.Type).toBe('SecureString');
  return Parameter.Value;
}
