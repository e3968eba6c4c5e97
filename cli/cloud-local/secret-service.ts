/** Secrets Manager: the calls by which secrets are written and read, in memory. */

import { createHash, randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { AwsError } from './aws-error.ts';
import { localAccount, localRegion } from './function-config.ts';
import { type JsonArguments, requiredText, serveJson, textOf, textsOf } from './json-service.ts';
import { type KeptMap, openKeptMap } from './kept-map.ts';

type Secret = {
  readonly arn: string;
  readonly name: string;
  readonly text: string | undefined;
  /** Base64, as it travels. */
  readonly binary: string | undefined;
  readonly versionId: string;
  readonly createdAt: number;
};

/** Secrets in one BatchGetSecretValue. */
const BATCH_MAX = 20;

/** Secrets in memory, and in `file` if there is one. */
export function serveSecrets(now: () => number, file: string | undefined): RequestListener {
  const kept = openKeptMap<Secret>(file);
  const secrets = kept.entries;
  return serveJson(
    new Map([
      ['GetSecretValue', (given: JsonArguments) => describe(find(secrets, requiredText(given, 'SecretId')))],
      ['BatchGetSecretValue', (given: JsonArguments) => batchGet(secrets, given)],
      ['CreateSecret', (given: JsonArguments) => create(kept, given, now())],
      ['PutSecretValue', (given: JsonArguments) => put(kept, given, now())],
      ['DeleteSecret', (given: JsonArguments) => remove(kept, given, now())],
    ]),
  );
}

function batchGet(secrets: ReadonlyMap<string, Secret>, given: JsonArguments): unknown {
  const ids = textsOf(given, 'SecretIdList');
  if (ids.length > BATCH_MAX) {
    throw new AwsError('InvalidParameterException', `At most ${BATCH_MAX} secrets can be read at once.`);
  }
  const found = ids.map((id) => ({ id, secret: lookUp(secrets, id) }));
  return {
    SecretValues: found.flatMap(({ secret }) => (secret === undefined ? [] : [describe(secret)])),
    Errors: found
      .filter(({ secret }) => secret === undefined)
      .map(({ id }) => ({ SecretId: id, ErrorCode: 'ResourceNotFoundException', Message: NOT_FOUND })),
  };
}

function create(kept: KeptMap<Secret>, given: JsonArguments, now: number): unknown {
  const name = requiredText(given, 'Name');
  if (kept.entries.has(name)) {
    throw new AwsError('ResourceExistsException', `The secret ${name} already exists.`);
  }
  return write(kept, secretOf(name, given, now));
}

function put(kept: KeptMap<Secret>, given: JsonArguments, now: number): unknown {
  const { name } = find(kept.entries, requiredText(given, 'SecretId'));
  return write(kept, secretOf(name, given, now));
}

function remove(kept: KeptMap<Secret>, given: JsonArguments, now: number): unknown {
  const { arn, name } = find(kept.entries, requiredText(given, 'SecretId'));
  kept.delete(name);
  return { ARN: arn, Name: name, DeletionDate: now / 1000 };
}

function write(kept: KeptMap<Secret>, secret: Secret): unknown {
  kept.set(secret.name, secret);
  return { ARN: secret.arn, Name: secret.name, VersionId: secret.versionId };
}

function secretOf(name: string, given: JsonArguments, now: number): Secret {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return {
    arn: `arn:aws:secretsmanager:${localRegion}:${localAccount}:secret:${name}-${suffix}`,
    name,
    text: textOf(given, 'SecretString'),
    binary: textOf(given, 'SecretBinary'),
    versionId: textOf(given, 'ClientRequestToken') ?? randomUUID(),
    createdAt: now,
  };
}

const NOT_FOUND = "Secrets Manager can't find the specified secret.";

function find(secrets: ReadonlyMap<string, Secret>, id: string): Secret {
  const secret = lookUp(secrets, id);
  if (secret === undefined) throw new AwsError('ResourceNotFoundException', NOT_FOUND);
  return secret;
}

function lookUp(secrets: ReadonlyMap<string, Secret>, id: string): Secret | undefined {
  return secrets.get(id) ?? [...secrets.values()].find(({ arn }) => arn === id);
}

function describe({ arn, binary, createdAt, name, text, versionId }: Secret): unknown {
  return {
    ARN: arn,
    Name: name,
    VersionId: versionId,
    ...(text === undefined ? {} : { SecretString: text }),
    ...(binary === undefined ? {} : { SecretBinary: binary }),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: createdAt / 1000,
  };
}
