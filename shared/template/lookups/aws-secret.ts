/** The lookup of secrets in AWS Secrets Manager: `amazon.aws.aws_secret`, by name, by path and of values inside. */

import type { AwsAccess, AwsFailure, AwsValues } from '../../base/aws-values.ts';
import { inParallel } from '../../base/in-parallel.ts';
import { limits } from '../../base/limits.ts';
import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { lookupError } from '../filter-error.ts';
import { pythonError, typeError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { PyBytes } from '../python/special.ts';
import { asText, force, isTrue } from '../python/values.ts';
import { ACCESS_OPTIONS, secretAccess } from './aws-access.ts';
import {
  botocoreError,
  clientErrorText,
  isDenied,
  parameterProblem,
  type Reaction,
  type RequestParameter,
  reactTo,
  refuseUnexpected,
  textReactionOption,
} from './aws-errors.ts';
import { answered, type Found } from './aws-found.ts';
import { insideSecret } from './aws-nested.ts';
import type { LookupOptions } from './options.ts';

/** The lookup, under its older and its newer name. */
export const secretLookups: readonly Lookup[] = [
  'aws_secret',
  'amazon.aws.aws_secret',
  'amazon.aws.secretsmanager_secret',
  'community.aws.aws_secret',
].map((name) => ({ name, call: findSecrets }));

const OPTIONS = [
  ...ACCESS_OPTIONS,
  'bypath',
  'join',
  'nested',
  'on_deleted',
  'on_denied',
  'on_missing',
  'version_id',
  'version_stage',
];

type Ask = {
  readonly aws: AwsValues;
  readonly access: AwsAccess;
  readonly onDeleted: Reaction;
  readonly onMissing: Reaction;
  readonly onDenied: Reaction;
  readonly options: LookupOptions;
  readonly isNested: boolean;
};

function findSecrets(env: Environment, terms: readonly Value[], options: LookupOptions): Value[] {
  refuseUnexpected(options, OPTIONS);
  const isOn = (name: string): boolean => isTrue(force(options.get(name) ?? false));
  const ask = {
    onDeleted: textReactionOption(options, 'on_deleted'),
    onMissing: textReactionOption(options, 'on_missing'),
    onDenied: textReactionOption(options, 'on_denied'),
    access: secretAccess(env, options),
    options,
    isNested: isOn('nested'),
  };
  const key = ['aws_secret', ...terms.map((term) => str(force(term)))].join(' ');
  if (isOn('bypath')) return answered(env, key, async (aws) => [await findByPath({ ...ask, aws }, terms)]);
  const found = answered(env, key, (aws) =>
    Promise.all(terms.map((term) => findOne({ ...ask, aws }, term))),
  ).filter(isTrue);
  return isOn('join') ? [joined(found)] : found;
}

async function findOne(ask: Ask, term: Value): Promise<Found> {
  const { access, aws, isNested, options } = ask;
  const version = (name: string): Value => force(options.get(name) ?? null);
  const name = str(force(term));
  const [id = '', ...keys] = isNested ? name.split('.') : [name];
  if (isNested && keys.length === 0) return { error: lookupError(NESTED_SYNTAX) };
  const wanted: RequestParameter[] = [
    { name: 'SecretId', value: isNested ? id : term, type: 'str', shortest: 1 },
    { name: 'VersionId', value: version('version_id'), type: 'str', shortest: VERSION_ID_LENGTH },
    { name: 'VersionStage', value: version('version_stage'), type: 'str', shortest: 1 },
  ];
  const parameters = wanted.filter(({ name: each, value }) => each === 'SecretId' || isTrue(value));
  const problem = parameterProblem(parameters);
  if (problem !== undefined) return { error: lookupError(`Failed to retrieve secret: ${problem}`) };
  const text = (each: string): string | undefined => asText(version(each)) || undefined;
  const answer = await aws.secret(
    { id, versionId: text('version_id'), versionStage: text('version_stage') },
    access,
  );
  if (answer.kind !== 'found') return missing(ask, name, answer);
  const { value } = answer;
  if (value === undefined) return { value: null };
  if (typeof value !== 'string') return { value: new PyBytes(value) };
  return { value: isNested ? insideSecret(value, keys) : value };
}

const NESTED_SYNTAX = 'Nested query must use the following syntax: `aws_secret_name.<key_name>.<key_name>';

/** Shortest that the service takes. */
const VERSION_ID_LENGTH = 32;

function missing({ onDeleted, onDenied, onMissing }: Ask, name: string, failure: AwsFailure): Found {
  if (failure.kind === 'unasked') return { error: unasked(failure) };
  if (failure.message.includes('marked for deletion')) {
    const error = `Failed to find secret ${name} (marked for deletion)`;
    return reactTo(
      onDeleted,
      { error, warning: `Skipping, did not find secret (marked for deletion) ${name}` },
      null,
    );
  }
  if (failure.code === 'ResourceNotFoundException') {
    const error = `Failed to find secret ${name} (ResourceNotFound)`;
    return reactTo(onMissing, { error, warning: `Skipping, did not find secret ${name}` }, null);
  }
  if (isDenied(failure)) {
    const error = `Failed to access secret ${name} (AccessDenied)`;
    return reactTo(onDenied, { error, warning: `Skipping, access denied for secret ${name}` }, null);
  }
  return { error: lookupError(`Failed to retrieve secret: ${clientErrorText(failure)}`) };
}

function unasked(failure: Extract<AwsFailure, { kind: 'unasked' }>): Error {
  switch (failure.why) {
    case 'NoRegionError':
      return botocoreError(failure.why, failure.message);
    case 'ProfileNotFound':
      return lookupError('Insufficient credentials found.');
    case 'EndpointConnectionError':
    case 'NoCredentialsError':
    case 'ReadTimeoutError':
      return lookupError(`Failed to retrieve secret: ${failure.message}`);
    default:
      throw failure.why satisfies never;
  }
}

/** One dict of all secrets whose names begin with the term. Of several terms, the plugin itself takes only the first. */
async function findByPath(ask: Ask, terms: readonly Value[]): Promise<Found> {
  const [start, ...others] = terms;
  if (others.length > 0) {
    return { error: pythonError('AttributeError', "'list' object has no attribute 'update'") };
  }
  if (start === undefined) return { value: new Map() };
  const problem = parameterProblem([{ name: 'Filters[0].Values[0]', value: start, type: 'str' }]);
  if (problem !== undefined) return { error: lookupError(`Failed to retrieve secret: ${problem}`) };
  const names = await ask.aws.secretNames(str(force(start)), ask.access);
  if (names.kind === 'unasked') return { error: unasked(names) };
  if (names.kind === 'refused') {
    return { error: lookupError(`Failed to retrieve secret: ${clientErrorText(names)}`) };
  }
  return gather(names.value, (name) =>
    findOne({ ...ask, onDeleted: 'skip', isNested: false, options: new Map() }, name),
  );
}

/** Values by name, a few at a time; the first error in the order of names counts. */
async function gather(names: readonly string[], find: (name: string) => Promise<Found>): Promise<Found> {
  const found = new Map<string, Found>();
  await inParallel(names, limits.lookupsAtOnce, async (name) => {
    found.set(name, await find(name));
  });
  const values = new Map<Value, Value>();
  const warnings: string[] = [];
  for (const name of names) {
    const each = found.get(name);
    if (each === undefined || 'error' in each) return each ?? { value: null };
    values.set(name, each.value);
    if (each.warnings !== undefined) warnings.push(...each.warnings);
  }
  return { value: values, warnings };
}

function joined(found: readonly Value[]): string {
  const texts = found.map((value, index) => {
    const text = asText(value);
    if (text !== undefined) return text;
    throw typeError(`sequence item ${index}: expected str instance, bytes found`);
  });
  return texts.join('');
}
