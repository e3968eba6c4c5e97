/** What `sortie doctor` says of machines and deployments that are as they should be but for one thing. */

import { describe, expect, test } from 'vitest';
import { checkCloud } from '../../../cli/doctor/cloud-checks.ts';
import type { CloudFacts } from '../../../cli/doctor/cloud-facts.ts';
import { type Finding, findingsJson, findingsText } from '../../../cli/doctor/finding.ts';
import type { AccountFacts, FunctionFacts } from '../../../cli/doctor/lambda-probe.ts';
import { checkLocal } from '../../../cli/doctor/local-checks.ts';
import type { LocalFacts } from '../../../cli/doctor/local-facts.ts';
import { limits } from '../../../shared/base/limits.ts';
import type { SeenSecret } from '../../../shared/secrets/probe.ts';
import type { BucketFacts, Probed, TableFacts } from '../../../shared/store/probe.ts';

const seen = <T>(value: T): { readonly kind: 'seen'; readonly value: T } => ({ kind: 'seen', value });
const unseen = (
  message: string,
): {
  readonly kind: 'unseen';
  readonly failure: { readonly kind: 'store-failed'; readonly message: string; readonly retryable: false };
} => ({
  kind: 'unseen',
  failure: { kind: 'store-failed', message, retryable: false },
});

const machine: LocalFacts = {
  sortie: '1.0.0',
  node: '24.1.0',
  python: '3.11.2',
  ansibleCore: '/usr/lib/ansible',
  keys: [{ path: '/home/me/.ssh/id_ed25519', isReadable: true, mode: 0o600 }],
  hasAgent: false,
  store: { directory: '/home/me/.sortie', isWritable: true },
};

const bad = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ status }) => status !== 'ok')
    .map(({ check, hint, message, status }) => `${status} ${check}: ${message} → ${hint}`);

describe('this machine', () => {
  test('as it should be', () => {
    expect(bad(checkLocal(machine))).toEqual([]);
    expect(checkLocal(machine).length).toBe(5);
  });

  const key = { path: '/home/me/.ssh/id_rsa', isReadable: true, mode: 0o644 };
  test.each<[Partial<LocalFacts>, string]>([
    [{ node: '20.1.0' }, 'problem node: Node 20.1.0 is too old → install Node 22.13'],
    [{ python: undefined }, 'warning python: there is no python3 on this machine → install'],
    [{ python: '2.7.18' }, 'warning python: Python 2.7.18 is too old → install Python 3.6'],
    [{ ansibleCore: undefined }, 'warning ansible: no ansible-core was found'],
    [{ keys: [] }, 'warning ssh keys: there is no private key in ~/.ssh, and no ssh agent → make one'],
    [
      { keys: [key] },
      'problem ssh keys: others may read /home/me/.ssh/id_rsa, so they are not used → chmod 600 /home',
    ],
    [
      { keys: [{ ...key, isReadable: false }] },
      'problem ssh keys: /home/me/.ssh/id_rsa cannot be read → give',
    ],
    [{ store: { directory: '/x', isWritable: false } }, 'problem store: /x cannot be written to → change'],
  ])('with %o', (change, expected) => {
    const findings = bad(checkLocal({ ...machine, ...change }));
    expect(findings.length).toBe(1);
    expect(findings[0]).toContain(expected);
  });

  test('with an agent needs no key file', () => {
    expect(bad(checkLocal({ ...machine, keys: [], hasAgent: true }))).toEqual([]);
  });
});

const account: AccountFacts = {
  region: 'eu-central-1',
  concurrency: 1_000,
  unreservedConcurrency: 1_000,
  clockSkewMs: -300,
};
const host: FunctionFacts = {
  state: 'Active',
  runtime: 'nodejs24.x',
  memoryMb: limits.hostFunctionMemoryMb,
  timeoutSeconds: limits.hostFunctionTimeoutSeconds,
  executionSeconds: limits.hostExecutionTimeoutSeconds,
  environment: { SORTIE_TABLE: 'T', SORTIE_BUCKET: 'B', SORTIE_PARAMETER_PREFIX: '/sortie/prod' },
  codeHash: 'host hash',
  subnets: [],
};
const controller: FunctionFacts = {
  ...host,
  memoryMb: limits.controllerFunctionMemoryMb,
  timeoutSeconds: limits.controllerFunctionTimeoutSeconds,
  executionSeconds: limits.controllerExecutionTimeoutSeconds,
  codeHash: 'controller hash',
};
const table: TableFacts = {
  status: 'ACTIVE',
  keys: ['pk HASH S', 'sk RANGE S'],
  expiryAttribute: seen('expires'),
  hasRecovery: seen(true),
};
const bucket: BucketFacts = { isPublicBlocked: seen(true) };
const secrets: readonly SeenSecret[] = [
  { name: 'store-key', isEncrypted: true },
  { name: 'ssh-key', isEncrypted: true },
];
const settings = { table: 'T', bucket: 'B', controllerFunction: 'c', parameterPrefix: '/sortie/prod' };
const deployment: CloudFacts = {
  settings,
  account: seen(account),
  controller: seen(controller),
  host: seen(host),
  table: seen(table),
  bucket: seen(bucket),
  secrets: seen(secrets),
  packages: { controller: 'controller hash', host: 'host hash' },
};

describe('a deployment', () => {
  test('as it should be', () => {
    expect(bad(checkCloud(deployment))).toEqual([]);
    expect(checkCloud(deployment).map(({ check }) => check)).toEqual([
      'account',
      'clock',
      'quota',
      'controller',
      'controller code',
      'host',
      'host code',
      'network',
      'table',
      'expiry',
      'recovery',
      'bucket',
      'store key',
      'ssh key',
    ]);
  });

  const changedHost = (change: Partial<FunctionFacts>): Partial<CloudFacts> => ({
    host: seen({ ...host, ...change }),
  });
  const changedTable = (change: Partial<TableFacts>): Partial<CloudFacts> => ({
    table: seen({ ...table, ...change }),
  });
  const { SORTIE_TABLE: _table, ...withoutTable } = host.environment;
  const denied = unseen(
    'dynamodb:DescribeTimeToLive on table T failed: not allowed: the role or user needs …',
  );

  test.each<[string, Partial<CloudFacts>, string]>([
    [
      'a clock that is late',
      { account: seen({ ...account, clockSkewMs: 90_000 }) },
      'warning clock: this machine is 90 s behind AWS',
    ],
    [
      'a clock that is early',
      { account: seen({ ...account, clockSkewMs: -90_000 }) },
      'this machine is 90 s ahead of AWS',
    ],
    [
      'a small account',
      { account: seen({ ...account, concurrency: 10, unreservedConcurrency: 10 }) },
      `warning quota: 10 functions may run at a time, 10 of them unreserved; a run works on up to ${limits.cloudForks} hosts`,
    ],
    [
      'an account that may not be seen',
      { account: unseen('lambda:GetAccountSettings on the account failed: not allowed: …') },
      'warning account: could not be looked at',
    ],
    [
      'no host function',
      { host: unseen('it does not exist in this region and account') },
      'problem host: it does not exist',
    ],
    [
      'an unknown host function',
      { host: undefined },
      'warning host: nobody says what the host function is called → set SORTIE_HOST_FUNCTION',
    ],
    [
      'a plain function',
      changedHost({ executionSeconds: undefined }),
      'problem host: the function is not durable, which can only be chosen when it is made → remove the host function',
    ],
    [
      'a function that fell asleep',
      changedHost({ state: 'Inactive' }),
      'problem host: the function is Inactive → invoke it once',
    ],
    [
      'an old runtime',
      changedHost({ runtime: 'nodejs20.x' }),
      'nodejs20.x, 512 MB, 900 s, durable for 7 days; expected: nodejs24.x → deploy again',
    ],
    ['little memory', changedHost({ memoryMb: 128 }), 'expected: 512 MB'],
    ['another time-out', changedHost({ timeoutSeconds: 6 }), 'expected: 900 s'],
    [
      'shorter executions',
      changedHost({ executionSeconds: 864 }),
      'durable for 0 days; expected: durable for 7 days',
    ],
    [
      'other code',
      changedHost({ codeHash: 'old' }),
      'warning host code: the deployed code is of another version',
    ],
    [
      'no packages here',
      { packages: { controller: 'controller hash', host: undefined } },
      'warning host code: the packages of this version are not here',
    ],
    [
      'another table',
      changedHost({ environment: { ...host.environment, SORTIE_TABLE: 'U' } }),
      "problem host: the function's SORTIE_TABLE is U, and this command line's is T",
    ],
    ['no table at all', changedHost({ environment: withoutTable }), "the function's SORTIE_TABLE is not set"],
    [
      'a strange table',
      changedTable({ keys: ['id HASH S'] }),
      "problem table: the table's key is id HASH S and should be pk HASH S, sk RANGE S",
    ],
    ['a table in the making', changedTable({ status: 'CREATING' }), 'problem table: the table is CREATING'],
    [
      'no expiry',
      changedTable({ expiryAttribute: seen(undefined) }),
      'warning expiry: old runs never expire → switch time to live on',
    ],
    [
      'another expiry',
      changedTable({ expiryAttribute: seen('ttl') }),
      'warning expiry: items expire by ttl instead of expires',
    ],
    [
      'an expiry that may not be seen',
      changedTable({ expiryAttribute: denied }),
      'warning expiry: could not be looked at: dynamodb:DescribeTimeToLive',
    ],
    [
      'no recovery',
      changedTable({ hasRecovery: seen(false) }),
      'warning recovery: point-in-time recovery is off',
    ],
    [
      'an open bucket',
      { bucket: seen({ isPublicBlocked: seen(false) }) },
      'problem bucket: objects of the bucket can be made public → aws s3api put-public-access-block --bucket B',
    ],
    [
      'no store key',
      { secrets: seen(secrets.slice(1)) },
      'problem store key: there is no /sortie/prod/store-key → aws ssm put-parameter --type SecureString --name /sortie/prod/store-key --value "$(openssl rand -base64 32)"',
    ],
    [
      'no ssh key',
      { secrets: seen(secrets.slice(0, 1)) },
      'warning ssh key: there is neither /sortie/prod/ssh-key nor another way to log in',
    ],
    [
      'a plain parameter',
      { secrets: seen([...secrets, { name: 'become-password', isEncrypted: false }]) },
      'problem secrets: /sortie/prod/become-password is not encrypted → store it as a SecureString',
    ],
    ['no place for secrets', { secrets: undefined }, 'warning secrets: nobody says where the secrets lie'],
  ])('with %s', (_name, change, expected) => {
    const findings = bad(checkCloud({ ...deployment, ...change }));
    expect(findings.length).toBe(1);
    expect(findings[0]).toContain(expected);
  });

  test('that lets nobody in says only that', () => {
    const account: Probed<AccountFacts> = unseen('there are no AWS credentials that work (…): sign in');
    expect(bad(checkCloud({ ...deployment, account }))).toEqual([
      'problem aws: there are no AWS credentials that work (…): sign in → the rest of the deployment was not looked at',
    ]);
  });

  test('with one secret for everything says so', () => {
    const place = { ...settings, parameterPrefix: 'secret:sortie/prod/all' };
    const environment = { ...host.environment, SORTIE_PARAMETER_PREFIX: 'secret:sortie/prod/all' };
    const findings = checkCloud({
      ...deployment,
      settings: place,
      host: seen({ ...host, environment }),
      controller: seen({ ...controller, environment }),
      secrets: seen(secrets.slice(1)),
    });
    expect(bad(findings)).toEqual([
      'problem store key: there is no store-key in sortie/prod/all → add it to the JSON object: aws secretsmanager put-secret-value --secret-id sortie/prod/all …',
    ]);
    expect(findings.find(({ check }) => check === 'ssh key')?.hint).toBeUndefined();
  });

  test('in a VPC hears what it needs there', () => {
    const findings = checkCloud({ ...deployment, ...changedHost({ subnets: ['subnet-1'] }) });
    expect(findings.find(({ check }) => check === 'network')?.hint).toContain('NAT gateway or endpoints');
  });
});

describe('the findings', () => {
  const findings: readonly Finding[] = [
    { check: 'node', status: 'ok', message: 'fine' },
    { check: 'ssh keys', status: 'problem', message: 'open', hint: 'close them' },
  ];

  test('for people', () => {
    expect(findingsText(findings)).toBe(
      'ok       node      fine\nproblem  ssh keys  open\n                   → close them\n\n1 problem\n',
    );
    expect(findingsText(findings.slice(0, 1))).toContain('Everything is as it should be.');
  });

  test('for programs', () => {
    expect(JSON.parse(findingsJson(findings))).toEqual({ ok: false, findings });
  });
});
