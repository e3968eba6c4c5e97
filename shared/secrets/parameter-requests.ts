/** The request to Parameter Store that secrets are read by. A file of its own, loaded with the first: the client takes 60 ms. */

import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';

export type ParameterRequests = {
  /** Those of up to ten parameters that exist, by full name. */
  readonly get: (
    names: readonly string[],
    options: { readonly isDecrypted: boolean; readonly signal: AbortSignal },
  ) => Promise<readonly ReadParameter[]>;
  readonly close: () => void;
};

/** `value` is sealed where it was not decrypted; `type` is AWS's own word. */
export type ReadParameter = { readonly name: string; readonly value: string; readonly type: string };

export type ParameterClient = { readonly region: string | undefined; readonly maxAttempts: number };

/** A client for the region, or for that of the environment. */
export function createParameterRequests({ maxAttempts, region }: ParameterClient): ParameterRequests {
  const client = new SSMClient({ maxAttempts, ...(region === undefined ? {} : { region }) });
  return {
    get: async (names, { isDecrypted, signal }) => {
      const command = new GetParametersCommand({ Names: [...names], WithDecryption: isDecrypted });
      const { Parameters: parameters = [] } = await client.send(command, { abortSignal: signal });
      return parameters.flatMap(({ Name: name, Type: type = '', Value: value }) =>
        name === undefined || value === undefined ? [] : [{ name, type, value }],
      );
    },
    close: () => client.destroy(),
  };
}
