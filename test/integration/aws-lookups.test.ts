/** Lookups of AWS must give what Ansible's gave when test/record/aws.py ran, through the real clients over HTTP. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../shared/base/clock.ts';
import { limits } from '../../shared/base/limits.ts';
import { Secret } from '../../shared/base/secret.ts';
import type { Value } from '../../shared/base/value.ts';
import { openAwsValues } from '../../shared/secrets/aws-values.ts';
import type { Environment } from '../../shared/template/environment.ts';
import { Suspension } from '../../shared/template/template-error.ts';
import { evaluateRaw, makeCaseEnvironment, toCaseJson } from '../unit/template/filter-cases.ts';
import { settle } from '../unit/template/settle.ts';
import { AWS_CASES, type AwsAccount, startAwsAccount } from './aws-account.ts';

type Case = {
  readonly expression: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Null takes a variable away. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly warnings?: readonly string[];
  readonly value?: unknown;
  readonly error?: unknown;
};

const cases = parseCases(readFileSync(join(AWS_CASES, 'lookups.json'), 'utf8'));
const before = { ...process.env };
let account: AwsAccount;

beforeAll(async () => {
  account = await startAwsAccount();
});
afterAll(() => account.stop());
afterEach(() => {
  for (const name of Object.keys(process.env)) if (/^(AWS|EC2)_/.test(name)) delete process.env[name];
  Object.assign(process.env, before);
});

function parseCases(text: string): readonly Case[] {
  return JSON.parse(text) as readonly Case[];
}

type Told = { readonly outcome: unknown; readonly warnings: readonly string[] };

async function evaluate({ environment = {}, expression, variables = {} }: Case, own?: string): Promise<Told> {
  const warnings: string[] = [];
  Object.assign(process.env, account.environment);
  for (const [name, value] of Object.entries(environment)) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
  const plain = makeCaseEnvironment('/play', new Map(Object.entries(variables)));
  const aws = openAwsValues({ clock: quick(), own });
  const env: Environment = {
    ...plain,
    local: { ...plain.local, environment: (name) => process.env[name], aws: () => aws },
    memory: makeMemory(),
    warn: (text) => {
      if (!warnings.includes(text)) warnings.push(text);
    },
  };
  const text = expression.replace('{endpoint}', account.url);
  const outcome = await settle(() => toCaseJson(evaluateRaw(text, env), '/play'));
  return { outcome, warnings };
}

/** A clock on which waits between tries are over at once. */
function quick(): Clock {
  let skipped = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + skipped,
    sleep: (ms, signal) => {
      if (ms >= limits.lookupDeadlineMs) return systemClock.sleep(ms, signal);
      skipped += ms;
      return Promise.resolve();
    },
  };
}

/** Remembers answers, and errors, by question. */
function makeMemory(): Environment['memory'] {
  const answers = new Map<string, () => Value>();
  return {
    once: (_key, ask) => ask(),
    later: (key, ask) => {
      const known = answers.get(key);
      if (known !== undefined) return known();
      const arrived = ask().then(
        (value) => answers.set(key, () => value),
        (error: unknown) =>
          answers.set(key, () => {
            throw error;
          }),
      );
      throw new Suspension(arrived, key);
    },
  };
}

describe('as recorded', () => {
  test.each(
    cases.map(
      (each, index) =>
        [index, JSON.stringify([each.expression, each.variables, each.environment]), each] as const,
    ),
  )('%i: %s', async (_index, _title, each) => {
    const { outcome, warnings } = await evaluate(each);
    const { error, value, warnings: expected = [] } = each;
    expect({
      outcome: JSON.parse(JSON.stringify(outcome).replaceAll(account.url, '{endpoint}')),
      warnings,
    }).toEqual({
      outcome: error === undefined ? { value } : { error },
      warnings: expected,
    });
  });
});

describe('calls', () => {
  const asked = async (expression: string): Promise<readonly string[]> => {
    await account.calls();
    await evaluate({ expression });
    const calls = await account.calls();
    return calls.map(
      ({ action, input }) => `${action} ${Array.isArray(input.Names) ? input.Names.length : 1}`,
    );
  };

  test('for many names carry ten each', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `'/many/a${String(index + 1).padStart(2, '0')}'`);
    // Both are on their way at a time: either may arrive first.
    const calls = await asked(`query('aws_ssm', ${names.join(', ')})`);
    expect(calls.toSorted()).toEqual(['GetParameters 10', 'GetParameters 2']);
  });

  test('for one name need no other right than in Ansible', async () => {
    expect(await asked("lookup('aws_ssm', 'Hello')")).toEqual(['GetParameter 1']);
    expect(await asked("query('aws_ssm', 'Hello', 'Hello')")).toEqual(['GetParameter 1']);
  });

  test('that fail for one name are made for each', async () => {
    const calls = await asked("query('aws_ssm', 'Hello', '/denied/a', on_denied='skip')");
    expect(calls).toEqual(['GetParameters 2', 'GetParameter 1', 'GetParameter 1']);
  });

  test('for a path read all pages', async () => {
    expect(await asked("lookup('aws_ssm', '/many', bypath=true)")).toEqual([
      'GetParametersByPath 1',
      'GetParametersByPath 1',
    ]);
    const calls = await asked("lookup('aws_secret', '/path', bypath=true)");
    expect(calls.filter((call) => call.startsWith('ListSecrets'))).toHaveLength(2);
  });

  test('of a busy service are made again', async () => {
    const port = await startAwsAccount();
    try {
      const aws = openAwsValues({ clock: quick(), own: undefined });
      const access = {
        region: 'eu-central-1',
        endpoint: port.url,
        profile: undefined,
        keys: { id: 'AKIAMAIN', secret: new Secret('x'), token: new Secret('a token') },
      };
      expect(await aws.parameter({ name: '/busy/one', isDecrypted: true }, access)).toEqual({
        kind: 'found',
        value: 'at last',
      });
      const calls = await port.calls();
      expect(calls.map(({ token }) => token)).toEqual(['a token', 'a token', 'a token']);
    } finally {
      await port.stop();
    }
  });
});

describe('in a function', () => {
  const DENIED = 'AccessDenied';
  const told = async (expression: string, own: string): Promise<string> =>
    JSON.stringify((await evaluate({ expression }, own)).outcome);

  test.each([
    "lookup('aws_ssm', '/app/password')",
    "lookup('aws_ssm', '/app/password:1')",
    "lookup('aws_ssm', 'arn:aws:ssm:eu-central-1:111122223333:parameter/app/password')",
    "query('aws_ssm', 'Hello', '/app/password')",
    "lookup('aws_ssm', '/app', bypath=true)",
    "lookup('aws_ssm', '/', bypath=true, recursive=true)",
  ])('%s gives nothing of the deployment itself', async (expression) => {
    expect(await told(expression, '/app')).toContain(DENIED);
    expect(await told(expression, '/elsewhere')).not.toContain(DENIED);
  });

  test.each([
    "lookup('aws_secret', 'plain')",
    "lookup('aws_secret', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:plain-AbCdEf')",
    "lookup('aws_secret', 'plain', version_stage='AWSPREVIOUS')",
    "lookup('aws_secret', 'pl', bypath=true)",
  ])('%s does not give the secret of the deployment', async (expression) => {
    expect(await told(expression, 'secret:plain')).toContain(DENIED);
    expect(await told(expression, 'secret:plai')).not.toContain(DENIED);
  });

  test('other parameters are there', async () => {
    expect(await told("lookup('aws_ssm', '/other/db/user')", '/app')).toBe('{"value":"somebody"}');
  });

  test('there are no profiles', async () => {
    const outcome = await told("lookup('aws_ssm', 'Hello', aws_profile='profiled')", '/app');
    expect(outcome).toContain('The config profile (profiled) could not be found');
  });
});

test('a service that is silent is given up on', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  try {
    const { outcome } = await evaluate({ expression: `lookup('aws_ssm', 'Hello', endpoint='${url}')` });
    expect(JSON.stringify(outcome)).toContain(`Read timeout on endpoint URL: \\"${url}/\\"`);
  } finally {
    silent.close();
  }
}, 30_000);
