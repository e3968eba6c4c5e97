/** Parameter Store: the calls by which parameters are written and read, in memory. */

import type { RequestListener } from 'node:http';
import { AwsError } from './aws-error.ts';
import { awsLimits } from './aws-limits.ts';
import { localAccount, localRegion } from './function-config.ts';
import {
  type JsonArguments,
  type JsonCall,
  requiredText,
  serveJson,
  textOf,
  textsOf,
} from './json-service.ts';
import { type KeptMap, openKeptMap } from './kept-map.ts';

type Parameter = {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly version: number;
  readonly modifiedAt: number;
};

/** Values that are there from the start, by name; a function makes one where there is none yet. */
export type InitialParameters = Readonly<Record<string, string | (() => string)>>;

export type ParameterServiceOptions = {
  readonly now: () => number;
  /** Refuses more requests in a second than AWS does by default. */
  readonly isThrottled: boolean;
  /** Where parameters are kept; in memory without it. */
  readonly file: string | undefined;
  readonly initial: InitialParameters;
};

/** Names in one GetParameters, and parameters in one answer of GetParametersByPath. */
const NAMES_MAX = 10;

export function serveParameters(options: ParameterServiceOptions): RequestListener {
  const { file, initial, isThrottled, now } = options;
  const kept = openKeptMap<Parameter>(file);
  const parameters = kept.entries;
  for (const [name, value] of Object.entries(initial)) {
    if (typeof value === 'function' && parameters.has(name)) continue;
    const text = typeof value === 'function' ? value() : value;
    kept.set(name, { name, value: text, type: 'SecureString', version: 1, modifiedAt: now() });
  }
  const admit = isThrottled ? createThrottle(now) : () => undefined;
  const calls: readonly (readonly [string, JsonCall])[] = [
    ['GetParameter', (given) => ({ Parameter: describe(find(parameters, given), given) })],
    ['GetParameters', (given) => getParameters(parameters, given)],
    ['GetParametersByPath', (given) => getByPath(parameters, given)],
    ['PutParameter', (given) => putParameter(kept, given, now())],
    ['DeleteParameter', (given) => deleteParameter(kept, given)],
  ];
  return serveJson(
    new Map(
      calls.map(([name, call]) => [
        name,
        (given) => {
          admit();
          return call(given);
        },
      ]),
    ),
  );
}

function getParameters(parameters: ReadonlyMap<string, Parameter>, given: JsonArguments): unknown {
  const names = textsOf(given, 'Names');
  if (names.length > NAMES_MAX) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to ${NAMES_MAX}`,
    );
  }
  return {
    Parameters: names.flatMap((name) => {
      const parameter = parameters.get(name);
      return parameter === undefined ? [] : [describe(parameter, given)];
    }),
    InvalidParameters: names.filter((name) => !parameters.has(name)),
  };
}

function getByPath(parameters: ReadonlyMap<string, Parameter>, given: JsonArguments): unknown {
  const prefix = `${requiredText(given, 'Path').replace(/\/+$/, '')}/`;
  const isRecursive = given.Recursive === true;
  const found = [...parameters.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .filter(({ name }) => isRecursive || !name.slice(prefix.length).includes('/'))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const from = Number(textOf(given, 'NextToken') ?? 0);
  const max = Math.min(Number(given.MaxResults ?? NAMES_MAX), NAMES_MAX);
  return {
    Parameters: found.slice(from, from + max).map((parameter) => describe(parameter, given)),
    ...(from + max < found.length ? { NextToken: String(from + max) } : {}),
  };
}

function putParameter(kept: KeptMap<Parameter>, given: JsonArguments, now: number): unknown {
  const name = requiredText(given, 'Name');
  const existing = kept.entries.get(name);
  if (existing !== undefined && given.Overwrite !== true) {
    throw new AwsError('ParameterAlreadyExists', 'The parameter already exists.');
  }
  const version = (existing?.version ?? 0) + 1;
  const type = textOf(given, 'Type') ?? existing?.type ?? 'String';
  kept.set(name, { name, value: requiredText(given, 'Value'), type, version, modifiedAt: now });
  return { Version: version, Tier: 'Standard' };
}

function deleteParameter(kept: KeptMap<Parameter>, given: JsonArguments): unknown {
  kept.delete(find(kept.entries, given).name);
  return {};
}

function find(parameters: ReadonlyMap<string, Parameter>, given: JsonArguments): Parameter {
  const name = requiredText(given, 'Name');
  const parameter = parameters.get(name);
  if (parameter === undefined) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
  return parameter;
}

/** Without decryption, a SecureString shows something that is of no use. */
function describe(parameter: Parameter, given: JsonArguments): unknown {
  const { modifiedAt, name, type, value, version } = parameter;
  const isSealed = type === 'SecureString' && given.WithDecryption !== true;
  return {
    Name: name,
    Type: type,
    Value: isSealed ? Buffer.from(`sealed:${name}`).toString('base64') : value,
    Version: version,
    LastModifiedDate: modifiedAt / 1000,
    ARN: `arn:aws:ssm:${localRegion}:${localAccount}:parameter/${name.replace(/^\//, '')}`,
    DataType: 'text',
  };
}

function createThrottle(now: () => number): () => void {
  let second = 0;
  let requests = 0;
  return () => {
    const current = Math.floor(now() / 1000);
    requests = current === second ? requests + 1 : 1;
    second = current;
    if (requests > awsLimits.parameterRequestsPerSecond) {
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    }
  };
}
