/** Secrets through the real AWS clients, over HTTP, in the shapes in which AWS answers. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCloudSecrets } from '../../shared/secrets/cloud-secrets.ts';
import { openSecretSource } from '../../shared/secrets/secret-source.ts';
import { type AwsAnswer, type AwsStub, startAwsStub, stubEnvironment } from './aws-json-stub.ts';

const STORE_KEY = Buffer.alloc(32, 9).toString('base64');
const BUSY: AwsAnswer = { status: 400, body: { __type: 'ThrottlingException', message: 'Rate exceeded' } };

let values: Record<string, string>;
let queue: AwsAnswer[];
let stub: AwsStub;

beforeEach(async () => {
  values = { 'store-key': STORE_KEY, 'ssh-key': 'a key' };
  queue = [];
  stub = await startAwsStub(
    ({ action, input }) => queue.shift() ?? (action === 'GetParameters' ? parameters(input) : secret(input)),
  );
  Object.assign(process.env, stubEnvironment(stub.url));
});
afterEach(async () => {
  for (const name of Object.keys(stubEnvironment(''))) delete process.env[name];
  await stub.stop();
});

function parameters(input: Readonly<Record<string, unknown>>): AwsAnswer {
  const names = parseNames(input.Names);
  const known = (name: string): string | undefined => values[name.replace('/sortie/prod/', '')];
  return {
    body: {
      InvalidParameters: names.filter((name) => known(name) === undefined),
      Parameters: names.flatMap((name) => {
        const arn = `arn:aws:ssm:eu-central-1:111122223333:parameter${name}`;
        const value = known(name);
        const more = { ARN: arn, DataType: 'text', LastModifiedDate: 1_790_000_000.5, Version: 1 };
        return value === undefined ? [] : [{ ...more, Name: name, Type: 'SecureString', Value: value }];
      }),
    },
  };
}

function secret(input: Readonly<Record<string, unknown>>): AwsAnswer {
  if (input.SecretId !== 'sortie/prod/all') {
    const message = "Secrets Manager can't find the specified secret.";
    return { status: 400, body: { __type: 'ResourceNotFoundException', Message: message } };
  }
  return {
    body: {
      ARN: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:sortie/prod/all-AbCdEf',
      CreatedDate: 1_790_000_000.5,
      Name: 'sortie/prod/all',
      SecretString: values.raw ?? JSON.stringify(values),
      VersionId: '11111111-2222-3333-4444-555555555555',
      VersionStages: ['AWSCURRENT'],
    },
  };
}

function parseNames(names: unknown): readonly string[] {
  return names as readonly string[];
}

describe('Parameter Store', () => {
  test('is asked once, decrypted, by full name', async () => {
    const secrets = await loadCloudSecrets(openSecretSource({ prefix: '/sortie/prod/' }));
    expect(secrets.identities.get('ssm:ssh-key')?.key.reveal()).toBe('a key');
    expect(stub.calls.length).toBe(1);
    expect(stub.calls[0]?.input).toMatchObject({ WithDecryption: true });
    expect(stub.calls[0]?.input.Names).toContain('/sortie/prod/store-key');
  });

  test('is asked ten names at a time', async () => {
    const names = Array.from({ length: 21 }, (_, index) => `n${index}`);
    for (const name of names) values[name] = `value of ${name}`;
    const found = await openSecretSource({ prefix: '/sortie/prod' }).read(names);
    expect([...found].map(([name, { reveal }]) => [name, typeof reveal])).toEqual(
      names.map((name) => [name, 'function']),
    );
    expect(stub.calls.map(({ input }) => parseNames(input.Names).length)).toEqual([10, 10, 1]);
  });

  test('is asked again when it is busy', async () => {
    queue.push(BUSY, { status: 500, body: { __type: 'InternalServerError', message: 'oops' } });
    const found = await openSecretSource({ prefix: '/sortie/prod' }).read(['store-key']);
    expect(found.get('store-key')?.reveal()).toBe(STORE_KEY);
    expect(stub.calls.length).toBe(3);
  });

  test('that may not be read says which permission is missing', async () => {
    const message =
      'User: arn:aws:sts::111122223333:assumed-role/r/f is not authorized to perform: ssm:GetParameters';
    queue.push({ status: 400, body: { __type: 'AccessDeniedException', Message: message } });
    await expect(openSecretSource({ prefix: '/sortie/prod' }).find(['a'])).rejects.toMatchObject({
      failure: { kind: 'store-failed', retryable: false },
      message: `/sortie/prod/* may not be read: ssm:GetParameters is needed. ${message}`,
    });
  });

  test('says how to put there what is missing', async () => {
    values = {};
    await expect(loadCloudSecrets(openSecretSource({ prefix: '/sortie/prod' }))).rejects.toThrow(
      'aws ssm put-parameter --type SecureString --name /sortie/prod/store-key --value "$(openssl rand -base64 32)"',
    );
  });
});

describe('Secrets Manager', () => {
  test('holds everything in one secret, which is read in one call', async () => {
    values.index = 'vault-ids/dev';
    values['vault-ids/dev'] = 'open';
    const source = openSecretSource({ prefix: 'secret:sortie/prod/all' });
    const { identities, vaultSecrets } = await loadCloudSecrets(source);
    expect(identities.size).toBe(1);
    expect(vaultSecrets.map(({ id }) => id)).toEqual(['dev']);
    expect(stub.calls.map(({ action }) => action)).toEqual(['GetSecretValue']);
  });

  test('without the secret says what is missing', async () => {
    const source = openSecretSource({ prefix: 'secret:elsewhere' });
    await expect(loadCloudSecrets(source)).rejects.toThrow(
      'aws secretsmanager put-secret-value --secret-id elsewhere',
    );
  });

  test.each(['{"a": 1}', '[]', 'plain s3cret', '{"pw": "s3cret"'])(
    'with %s is refused without showing it',
    async (raw) => {
      values = { raw };
      const found = openSecretSource({ prefix: 'secret:sortie/prod/all' }).find(['a']);
      await expect(found).rejects.toThrow(
        'The secret sortie/prod/all is not a JSON object whose values are all texts',
      );
      await expect(found).rejects.not.toThrow('s3cret');
    },
  );
});
