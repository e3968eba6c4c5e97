import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

type Statement = {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  /** A list that is a parameter of the stage is split by CloudFormation. */
  readonly Resource: readonly unknown[] | { readonly 'Fn::Split': readonly [comma: string, list: string] };
};

type Either<T> =
  | T
  | { readonly 'Fn::If': readonly [condition: string, ...ways: (T | { readonly Ref: string })[]] };

type Policy = { readonly PolicyDocument: { readonly Statement: readonly Either<Statement>[] } };

/** Without the blanks that align its tables. */
const page = readFileSync('docs/cloud/permissions.md', 'utf8').replaceAll(/ +\|/g, ' |');

test.each(['controller', 'host'])('docs/cloud/permissions.md says what the %s function may do', (name) => {
  const section = page.split(`## The ${name} function`)[1]?.split('\n## ')[0] ?? '';
  const shown = section.split('\n').filter((line) => /^\| `/.test(line));
  expect(shown).toEqual(rowsOf(name));
});

test('docs/cloud/permissions.md lets a deployer create every type of resource', () => {
  const needed = [
    'dynamodb:CreateTable',
    's3:CreateBucket',
    'sqs:CreateQueue',
    'iam:CreateRole',
    'iam:PassRole',
  ];
  const more = [
    'lambda:CreateFunction',
    'lambda:CreateAlias',
    'lambda:PublishVersion',
    'logs:CreateLogGroup',
  ];
  for (const action of [...needed, ...more, 'cloudwatch:PutMetricAlarm', 'cloudformation:CreateStack'])
    expect(page).toContain(`"${action}"`);
});

/** Calls whose permission has another name than the call. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  Invoke: 'InvokeFunction',
};

test('docs/cloud/permissions.md lets users do what the command line calls', () => {
  const section = page.split('## Whoever runs playbooks')[1] ?? '';
  const calls = globSync(['cli/**/*.ts', 'shared/**/*.ts'])
    .filter((file) => !file.startsWith('cli/cloud-local/'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bnew (?:\w+\.)?(\w+)Command\(/g)])
    .map(([, call = '']) => PERMISSIONS[call] ?? call);
  expect(calls).toContain('InvokeFunction');
  expect(calls.filter((call) => !section.includes(`:${call}\``))).toEqual([]);
});

function rowsOf(name: string): readonly string[] {
  const text = readFileSync(`infra/${name}-role.yml`, 'utf8');
  return parsePolicies(parse(text), `${name === 'host' ? 'Host' : 'Controller'}Role`).flatMap((policy) =>
    policy.PolicyDocument.Statement.flatMap(ways)
      .filter(({ Effect }) => Effect === 'Allow')
      .map(rowOf),
  );
}

function rowOf({ Sid, Action, Resource }: Statement): string {
  const actions = Action.map((action) => `\`${action}\``).join(', ');
  const targets = 'Fn::Split' in Resource ? [Resource['Fn::Split'][1]] : Resource;
  return `| \`${Sid}\` | ${actions} | ${targets.map((resource) => `\`${named(resource)}\``).join(', ')} |`;
}

/** Without what is the same everywhere: partition, region, account. */
function named(resource: unknown): string {
  return JSON.stringify(resource)
    .replace(/^"|"$/g, '')
    .replace(/\{"Fn::(?:Sub|GetAtt)":(.*)\}/, '$1')
    .replace(/\["(\w+)","Arn"\]/, '$1')
    .replace(/^"|"$/g, '')
    .replaceAll('.Arn}', '}')
    .replace(/arn:\$\{AWS::Partition\}:(\w+):\$\{AWS::Region\}:\$\{AWS::AccountId\}:/, '$1 ')
    .replace(/\$\{(?:self:custom\.|param:)?(\w+)\}/g, '<$1>');
}

/** All ways of a condition that lead to something. */
function ways<T extends object>(either: Either<T>): readonly T[] {
  if (!('Fn::If' in either)) return [either];
  const [, ...found] = either['Fn::If'];
  return found.filter((way): way is T => !('Ref' in way));
}

function parsePolicies(document: unknown, role: string): readonly Policy[] {
  const { Resources } = document as {
    Resources: Record<string, { Properties: { Policies: readonly Either<Policy>[] } }>;
  };
  return (Resources[role]?.Properties.Policies ?? []).flatMap(ways);
}
