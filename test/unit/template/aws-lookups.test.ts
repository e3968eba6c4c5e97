/** What lookups of AWS ask for and remember. What they give is compared with Ansible in test/integration. */

import { expect, test } from 'vitest';
import type { AwsAccess, AwsValues } from '../../../shared/base/aws-values.ts';
import type { Value } from '../../../shared/base/value.ts';
import { lookupTable } from '../../../shared/template/lookups/table.ts';
import { asTemplate } from '../../../shared/template/python/special.ts';
import { Suspension } from '../../../shared/template/template-error.ts';
import { makeCaseEnvironment } from './filter-cases.ts';

type Asked = { readonly access: AwsAccess; readonly key: string; readonly warnings: readonly string[] };

/** Renders until the answer is there. */
async function ask(
  name: string,
  term: string,
  given: Readonly<Record<string, Value>>,
  written: ReadonlyMap<string, Value> = new Map(),
): Promise<Asked> {
  const accesses: AwsAccess[] = [];
  const found = { kind: 'found', value: 'value' } as const;
  const aws: AwsValues = {
    parameter: async (_question, access) => {
      accesses.push(access);
      return found;
    },
    parametersBelow: async () => ({ kind: 'found', value: [] }),
    secret: async (_question, access) => {
      accesses.push(access);
      return found;
    },
    secretNames: async () => ({ kind: 'found', value: [] }),
  };
  const plain = makeCaseEnvironment('/play', new Map());
  const scope = { ...plain.scope, raw: (variable: string) => written.get(variable) };
  const warnings: string[] = [];
  const answers = new Map<string, Value>();
  const env = {
    ...plain,
    scope,
    local: { ...plain.local, aws: () => aws },
    warn: (text: string) => warnings.push(text),
    memory: {
      once: plain.memory.once,
      later: (key: string, answer: () => Promise<Value>): Value => {
        const known = answers.get(key);
        if (known !== undefined) return known;
        throw new Suspension(
          answer().then((value) => answers.set(key, value)),
          key,
        );
      },
    },
  };
  const call = (): Value[] | undefined =>
    lookupTable.get(name)?.call(env, [term], new Map(Object.entries(given)));
  try {
    call();
  } catch (error) {
    if (!(error instanceof Suspension)) throw error;
    await error.until;
  }
  call();
  const [access] = accesses;
  if (access === undefined || accesses.length > 1) throw new Error(`asked ${accesses.length} times`);
  return { access, key: [...answers.keys()].join(), warnings };
}

const NAMES = {
  ssm: ['aws_ssm', 'amazon.aws.aws_ssm', 'amazon.aws.ssm_parameter', 'community.aws.aws_ssm'],
  secret: [
    'aws_secret',
    'amazon.aws.aws_secret',
    'amazon.aws.secretsmanager_secret',
    'community.aws.aws_secret',
  ],
};

test.each([...NAMES.ssm, ...NAMES.secret])('%s asks once, and as whom it is told', async (name) => {
  const older = {
    region: 'r',
    aws_access_key: 'AKIA',
    aws_secret_key: 'S3CRET',
    aws_security_token: 'T0KEN',
  };
  const newer = { region: 'r', access_key: 'AKIA', secret_key: 'S3CRET', session_token: 'T0KEN' };
  for (const options of [older, newer]) {
    const { access, key } = await ask(name, 'a', options);
    expect([
      access.region,
      access.keys?.id,
      access.keys?.secret.reveal(),
      access.keys?.token?.reveal(),
    ]).toEqual(['r', 'AKIA', 'S3CRET', 'T0KEN']);
    expect(key).not.toMatch(/S3CRET|T0KEN/);
  }
});

test.each(['aws_ssm', 'aws_secret'])(
  '%s takes profiles and endpoints under all of their names',
  async (name) => {
    for (const profile of ['profile', 'aws_profile', 'boto_profile'])
      expect((await ask(name, 'a', { [profile]: 'p' })).access.profile).toBe('p');
    for (const endpoint of ['endpoint', 'endpoint_url', 'aws_endpoint_url'])
      expect((await ask(name, 'a', { [endpoint]: 'http://e' })).access.endpoint).toBe('http://e');
  },
);

test('half a key is a mistake of aws_ssm', async () => {
  await expect(ask('aws_ssm', 'a', { aws_access_key: 'AKIA' })).rejects.toThrow(
    'Partial credentials found in explicit, missing: aws_secret_access_key',
  );
});

test('variables of the play count for aws_ssm where they are no templates, which may look up themselves', async () => {
  const plain = new Map<string, Value>([['region', 'eu-west-3']]);
  expect((await ask('aws_ssm', 'a', {}, plain)).access.region).toBe('eu-west-3');
  expect((await ask('aws_secret', 'a', {}, plain)).access.region).toBeUndefined();
  const looked = new Map<string, Value>([['region', asTemplate("{{ lookup('aws_ssm', 'region') }}")]]);
  expect((await ask('aws_ssm', 'a', {}, looked)).access.region).toBeUndefined();
});
