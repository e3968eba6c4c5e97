/** The requests to Parameter Store. A file of its own, loaded with the first: the client takes 60 ms. */

import {
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type Parameter,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { ClientOptions } from './client-options.ts';

export type ParameterRequests = {
  /** Those of up to ten parameters that exist, by full name. */
  readonly get: (names: readonly string[], options: ParameterOptions) => Promise<readonly ReadParameter[]>;
  /** One parameter, by name or ARN; undefined when the service sends none. */
  readonly getOne: (name: string, options: ParameterOptions) => Promise<ReadParameter | undefined>;
  /** The next page of those below a path. */
  readonly below: (
    path: string,
    options: ParameterOptions & { readonly isRecursive: boolean; readonly token: string | undefined },
  ) => Promise<{ readonly parameters: readonly ReadParameter[]; readonly token: string | undefined }>;
  readonly close: () => void;
};

export type ParameterOptions = { readonly isDecrypted: boolean; readonly signal: AbortSignal };

/** `value` is sealed where it was not decrypted; `type` is AWS's own word. */
export type ReadParameter = {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly arn: string;
};

/** A client; without a region, for that of the environment. */
export function createParameterRequests(options: ClientOptions): ParameterRequests {
  const client = new SSMClient(options);
  return {
    get: async (names, { isDecrypted, signal }) => {
      const command = new GetParametersCommand({ Names: [...names], WithDecryption: isDecrypted });
      const { Parameters: parameters = [] } = await client.send(command, { abortSignal: signal });
      return parameters.flatMap(readParameter);
    },
    getOne: async (name, { isDecrypted, signal }) => {
      const command = new GetParameterCommand({ Name: name, WithDecryption: isDecrypted });
      const { Parameter: parameter } = await client.send(command, { abortSignal: signal });
      return parameter === undefined ? undefined : readParameter(parameter)[0];
    },
    below: async (path, { isDecrypted, isRecursive, signal, token }) => {
      const command = new GetParametersByPathCommand({
        Path: path,
        Recursive: isRecursive,
        WithDecryption: isDecrypted,
        ...(token === undefined ? {} : { NextToken: token }),
      });
      const page = await client.send(command, { abortSignal: signal });
      return { parameters: (page.Parameters ?? []).flatMap(readParameter), token: page.NextToken };
    },
    close: () => client.destroy(),
  };
}

function readParameter(parameter: Parameter): ReadParameter[] {
  const { ARN: arn = '', Name: name, Type: type = '', Value: value } = parameter;
  return name === undefined || value === undefined ? [] : [{ name, type, value, arn }];
}
