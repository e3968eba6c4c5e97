/** Which account a lookup of AWS asks: from its options, from variables and from the environment. */

import type { AwsAccess, AwsKeys } from '../../base/aws-values.ts';
import { Secret } from '../../base/secret.ts';
import type { Value } from '../../base/value.ts';
import type { Environment } from '../environment.ts';
import { str } from '../python/repr.ts';
import { Template } from '../python/special.ts';
import { force, isTrue } from '../python/values.ts';
import { botocoreError } from './aws-errors.ts';
import type { LookupOptions } from './options.ts';

/** Options that say as whom and where to ask: of the older collections, and what the newer ones call them. */
export const ACCESS_OPTIONS: readonly string[] = [
  'aws_access_key',
  'aws_profile',
  'aws_secret_key',
  'aws_security_token',
  'boto_profile',
  'endpoint',
  'region',
  ...['access_key', 'aws_access_key_id', 'aws_endpoint_url', 'aws_secret_access_key', 'aws_session_token'],
  ...['endpoint_url', 'profile', 'secret_key', 'session_token'],
];

type GivenKeys = {
  readonly id: string | undefined;
  readonly secret: string | undefined;
  readonly token: string | undefined;
};

type Given = GivenKeys & {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly profile: string | undefined;
};

const NO_KEYS: GivenKeys = { id: undefined, secret: undefined, token: undefined };

/** For `aws_secret`: keys count only as a pair, a profile only without one. */
export function secretAccess(env: Environment, options: LookupOptions): AwsAccess {
  const given = givenAccess(options);
  const isPair = given.id !== undefined && given.secret !== undefined;
  const keys = isPair ? keysOf(given) : undefined;
  return {
    region: given.region ?? env.local.environment('AWS_DEFAULT_REGION'),
    endpoint: given.endpoint,
    profile: keys === undefined ? (given.profile ?? environmentProfile(env)) : undefined,
    keys,
  };
}

/**
 * For `aws_ssm`, which looks at variables of the play, too. Keys of the environment are used even with a profile among the
 * options, but not with one that a variable or the environment names.
 */
export function parameterAccess(env: Environment, options: LookupOptions): AwsAccess {
  const given = givenAccess(options);
  const variable = (name: string): string | undefined => ofPlayVariable(env, name);
  const ofPlay = {
    id: variable('access_key'),
    secret: variable('secret_key'),
    token: variable('session_token'),
  };
  const isKeyed = ofPlay.id !== undefined || ofPlay.secret !== undefined;
  const profile = variable('profile') ?? (isKeyed ? undefined : environmentProfile(env));
  const around = profile === undefined ? withEnvironmentKeys(env, ofPlay) : NO_KEYS;
  const keys = keysOf({
    id: given.id ?? around.id,
    secret: given.secret ?? around.secret,
    token: given.token ?? (given.id === undefined ? around.token : undefined),
  });
  return {
    region: given.region ?? variable('region') ?? env.local.environment('AWS_DEFAULT_REGION'),
    endpoint: given.endpoint ?? variable('endpoint_url'),
    profile: given.profile ?? profile,
    keys,
  };
}

/** A variable of the play as it is written: a template is none, for it may well be the lookup itself. */
function ofPlayVariable({ scope }: Environment, name: string): string | undefined {
  const written = (scope.raw ?? scope.resolve)(name);
  return written instanceof Template ? undefined : filled(written);
}

function givenAccess(options: LookupOptions): Given {
  const first = (...names: readonly string[]): string | undefined =>
    names.map((name) => filled(options.get(name))).find((value) => value !== undefined);
  return {
    region: first('region'),
    endpoint: first('endpoint', 'endpoint_url', 'aws_endpoint_url'),
    profile: first('aws_profile', 'boto_profile', 'profile'),
    id: first('aws_access_key', 'aws_access_key_id', 'access_key'),
    secret: first('aws_secret_key', 'aws_secret_access_key', 'secret_key'),
    token: first('aws_security_token', 'aws_session_token', 'session_token'),
  };
}

/** A text; what counts as false in Python is none. */
function filled(value: Value | undefined): string | undefined {
  const settled = force(value ?? null);
  return isTrue(settled) ? str(settled) : undefined;
}

function environmentProfile({ local }: Environment): string | undefined {
  return local.environment('AWS_DEFAULT_PROFILE') || local.environment('AWS_PROFILE') || undefined;
}

function withEnvironmentKeys({ local }: Environment, given: GivenKeys): GivenKeys {
  const first = (...names: readonly string[]): string | undefined =>
    names.map((name) => local.environment(name)).find((value) => value !== undefined && value !== '');
  return {
    id: given.id ?? first('AWS_ACCESS_KEY_ID', 'AWS_ACCESS_KEY', 'EC2_ACCESS_KEY'),
    secret: given.secret ?? first('AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY', 'EC2_SECRET_KEY'),
    token: given.token ?? first('AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN', 'EC2_SECURITY_TOKEN'),
  };
}

function keysOf({ id, secret, token }: GivenKeys): AwsKeys | undefined {
  if (id === undefined && secret === undefined) return undefined;
  if (id === undefined || secret === undefined) {
    const missing = id === undefined ? 'aws_access_key_id' : 'aws_secret_access_key';
    throw botocoreError(
      'PartialCredentialsError',
      `Partial credentials found in explicit, missing: ${missing}`,
    );
  }
  return { id, secret: new Secret(secret), token: token === undefined ? undefined : new Secret(token) };
}
