import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFunctions, type FunctionPackage } from '../../scripts/function-bundles.ts';
import { limits } from '../../shared/base/limits.ts';
import { at, jsonText, list } from './packaging-json.ts';
import * as rules from './packaging-rules.ts';
import { deploymentCopy, packageDeployment, type Template, withoutNetwork } from './packaging-template.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/0a1b2c';

const LOOKUPS = [
  'arn:aws:ssm:eu-central-1:111122223333:parameter/app/prod/*',
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:app/prod/*',
];

let functions: string;
let packages: readonly FunctionPackage[];
let copy: string;
let template: Template;

beforeAll(async () => {
  functions = mkdtempSync(join(tmpdir(), 'sortie-functions-'));
  packages = await buildFunctions(functions);
  copy = deploymentCopy(functions);
  template = packageDeployment(copy);
});

/** Each rule, and the change to the template that it must not let pass: from, to, as JSON text. */
const RULES: readonly (readonly [rule: rules.Rule, from: string, to: string])[] = [
  [rules.onlyKnownTypes, 'AWS::SQS::Queue"', 'AWS::SNS::Topic"'],
  [rules.tableIsSafe, '"SSEEnabled":true,"SSEType":"KMS"}]', '"SSEEnabled":false}]'],
  [rules.tableIsSafe, '"PointInTimeRecoveryEnabled":true', '"PointInTimeRecoveryEnabled":false'],
  [rules.tableIsSafe, '"AttributeName":"expires"', '"AttributeName":"ttl"'],
  [rules.tableIsSafe, '["IsProtected",true,false]', '["IsProtected",false,false]'],
  [rules.tableIsSafe, 'AWS::DynamoDB::Table","DeletionPolicy":"Retain"', 'AWS::DynamoDB::Table"'],
  [rules.bucketsAreSafe, '"BlockPublicPolicy":true', '"BlockPublicPolicy":false'],
  [rules.bucketsAreSafe, '"SSEAlgorithm":"aws:kms"', '"SSEAlgorithm":"none"'],
  [rules.bucketsAreSafe, '"Bucket":{"Ref":"RunBucket"}', '"Bucket":{"Ref":"OtherBucket"}'],
  [rules.bucketsAreSafe, '"Sid":"OnlyTls","Effect":"Deny"', '"Sid":"OnlyTls","Effect":"Allow"'],
  [rules.bucketsAreSafe, '"Prefix":"runs/"', '"Prefix":"run/"'],
  [rules.queuesAreSafe, '{"Ref":"AWS::NoValue"},true]', '{"Ref":"AWS::NoValue"},false]'],
  [rules.queuesAreSafe, '"Action":"sqs:*"', '"Effect":"Allow","Action":"sqs:*"'],
  [rules.logsAreKept, '"RetentionInDays":30', '"RetentionInDays":31'],
  [rules.logsAreKept, '/aws/lambda/sortie-prod-host"', '/aws/lambda/other"'],
  [rules.functionsAreAsDesigned, '"Timeout":900', '"Timeout":899'],
  [rules.functionsAreAsDesigned, '"MemorySize":512', '"MemorySize":256'],
  [rules.functionsAreAsDesigned, '"DurableConfig"', '"Durable"'],
  [rules.functionsAreAsDesigned, '"SORTIE_TABLE"', '"SORTIE_PASSWORD"'],
  [rules.functionsAreAsDesigned, 'sortie-prod-host:durable"}', 'sortie-prod-host"}'],
  [rules.functionsAreAsDesigned, 'AWS::Lambda::Alias', 'AWS::Lambda::Url'],
  [rules.rolesAreOwn, '["HostRole","Arn"]', '["ControllerRole","Arn"]'],
  [rules.rolesAreOwn, 'lambda.amazonaws.com', 'ec2.amazonaws.com'],
  [rules.rolesAreNarrow, '"dynamodb:PutItem"', '"dynamodb:*"'],
  [rules.rolesAreNarrow, '"Fn::GetAtt":["RunTable","Arn"]', '"Ref":"AWS::NoValue"'],
  [rules.rolesAreNarrow, 'parameter/sortie/prod/*', 'parameter/*'],
  [rules.rolesAreNarrow, 'parameter/app/prod/*', 'parameter/*'],
  [rules.rolesAreNarrow, 'secret:app/prod/*', '*'],
  [rules.rolesAreNarrow, '"Effect":"Deny","Action":["ec2:', '"Effect":"Allow","Action":["ec2:'],
  [rules.dutiesAreApart, '["s3:GetObject"]', '["s3:GetObject","s3:PutObject"]'],
  [rules.dutiesAreApart, 'sortie-prod-host:durable"},{', 'sortie-prod-other:durable"},{'],
  [rules.alarmsAreSet, '"MetricName":"Throttles"', '"MetricName":"Invocations"'],
  [rules.alarmsAreSet, '"Threshold":895000', '"Threshold":1000000'],
];

describe('packaging without network and credentials', () => {
  test('really was without network where this user may cut it off', () => {
    expect(withoutNetwork().length > 0 || process.getuid?.() !== 0).toBe(true);
  });

  test.each([...new Set(RULES.map(([rule]) => rule))])('holds: %o', (rule) => {
    expect(rule(template.Resources)).toEqual([]);
    expect(rule(withEverything().Resources)).toEqual([]);
  });

  test.each(RULES)('%o does not pass %s as %s', (rule, from, to) => {
    const text = jsonText(withEverything());
    expect(text).toContain(from);
    const changed: unknown = JSON.parse(text.replace(from, to));
    expect(rule(parseTemplate(changed).Resources)).not.toEqual([]);
  });

  test('nothing in the template looks like a secret or names an account', () => {
    expect(jsonText(template)).not.toMatch(/AKIA|ASIA[A-Z0-9]{12}|PRIVATE KEY|password|\b\d{12}\b/i);
  });

  test('the host function stands in the subnets that a stage names, and in none without', () => {
    expect(at(template.Resources.HostLambdaFunction, 'Properties', 'VpcConfig')).toBeUndefined();
    expect(at(withEverything().Resources.HostLambdaFunction, 'Properties', 'VpcConfig')).toEqual({
      SubnetIds: { 'Fn::Split': [',', 'subnet-1,subnet-2'] },
      SecurityGroupIds: { 'Fn::Split': [',', 'sg-1'] },
    });
  });

  test('a change of configuration makes a new version, the same packages make the same one', () => {
    expect(versions(packageDeployment(copy))).toEqual(versions(template));
    expect(versions(withEverything())).not.toEqual(versions(template));
  });
});

/** Calls whose permission has another name than the call. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  Invoke: 'InvokeFunction',
};

/** What the function's code never calls by name: the durable SDK and Lambda itself do. */
const NOT_BY_CODE = [
  'AssignPrivateIpAddresses',
  'CheckpointDurableExecution',
  'CreateLogStream',
  'CreateNetworkInterface',
  'Decrypt',
  'DeleteNetworkInterface',
  'DescribeNetworkInterfaces',
  'DescribeSubnets',
  'GenerateDataKey',
  'GetDurableExecutionState',
  'InvokeFunction',
  'PutLogEvents',
  'SendMessage',
  'UnassignPrivateIpAddresses',
];

/** Only the host function renders lookups, as far as a stage allows them; and AWS lets list all secrets, or none. */
const LOOKUP_CALLS: Readonly<Record<string, readonly string[]>> = {
  controller: ['GetParameter', 'GetParametersByPath', 'ListSecrets'],
  host: ['ListSecrets'],
};

test.each([
  ['controller', 'ControllerRole'],
  ['host', 'HostRole'],
])('the %s function may call what it calls, and no more', (name, role) => {
  const sources = packages
    .filter((built) => built.name === name)
    .flatMap(({ inputs }) => inputs)
    .filter((input) => /^(functions|shared)\//.test(input))
    .map((input) => readFileSync(input, 'utf8'));
  const called = sources
    .flatMap((source) => [...source.matchAll(/\bnew (?:\w+\.)?(\w+)Command\(/g)])
    .map(([, call = '']) => PERMISSIONS[call] ?? call)
    .filter((call) => LOOKUP_CALLS[name]?.includes(call) !== true);
  const allowed = rules
    .statementsOf(template.Resources[role]?.Properties)
    .flatMap(({ statement }) => (at(statement, 'Effect') === 'Allow' ? list(at(statement, 'Action')) : []))
    .map((action) => String(action).replace(/^.*:/, ''))
    .filter((action) => !NOT_BY_CODE.includes(action));
  expect([...new Set(allowed)].sort()).toEqual([...new Set(called)].sort());
});

describe('the packages', () => {
  test('stay within their budget', () => {
    for (const { name } of packages) {
      expect(statSync(join(functions, `${name}.zip`)).size, name).toBeLessThanOrEqual(
        limits.functionPackageBytesMax,
      );
    }
  });

  test('hold a function that loads with nothing beside it', () => {
    for (const { name } of packages) {
      const alone = mkdtempSync(join(tmpdir(), 'sortie-alone-'));
      run('/usr/bin/python3', ['-m', 'zipfile', '-e', join(functions, `${name}.zip`), alone]);
      const handler = run(process.execPath, ['-p', `typeof require('${alone}/${name}.cjs').handler`]);
      expect(handler.trim(), name).toBe('function');
    }
  });

  test('are the same when built again', async () => {
    const sums = async (): Promise<readonly string[]> => {
      const target = mkdtempSync(join(tmpdir(), 'sortie-functions-'));
      const built = await buildFunctions(target);
      return built.map(({ name }) => sum(join(target, `${name}.zip`)));
    };
    expect(await sums()).toEqual(await sums());
  });
});

let everything: Template | undefined;

/** Packaged with every parameter set. */
function withEverything(): Template {
  everything ??= packageDeployment(copy, [
    `kmsKey=${KEY}`,
    'alarmTopic=arn:aws:sns:eu-central-1:111122223333:operations',
    'secret=sortie/prod/all',
    `lookups=${LOOKUPS.join(',')}`,
    `lookupKeys=${KEY}`,
    'network=vpc',
    'subnets=subnet-1,subnet-2',
    'securityGroups=sg-1',
    'hostConcurrency=500',
    'controllerConcurrency=20',
  ]);
  return everything;
}

function run(command: string, parts: readonly string[]): string {
  return execFileSync(command, parts, { cwd: '/', env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' });
}

function versions({ Resources }: Template): readonly string[] {
  return Object.keys(Resources).filter((name) => name.includes('LambdaVersion'));
}

function parseTemplate(value: unknown): Template {
  return value as Template;
}

function sum(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
