/** Makes the key that seals what functions store, once for each deployment. Loaded when it is needed: the client takes 60 ms. */

import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Clock, systemClock } from '../base/clock.ts';
import { limits } from '../base/limits.ts';
import { askService } from './ask-service.ts';

export type StoreKeyPlace = {
  /** The deployment's prefix in Parameter Store, without a slash at the end. */
  readonly prefix: string;
  readonly region: string | undefined;
};

/**
 * Puts random bytes into the parameter `store-key` unless there is one: it is never replaced, since what was sealed with the
 * old one could not be opened any more. Throws FailureError when Parameter Store cannot be used.
 */
export async function makeStoreKey(
  { prefix, region }: StoreKeyPlace,
  clock: Clock = systemClock,
): Promise<'made' | 'was-there'> {
  const client = new SSMClient({ maxAttempts: 1, ...(region === undefined ? {} : { region }) });
  const name = `${prefix}/store-key`;
  const put = async (abortSignal: AbortSignal): Promise<'made' | 'was-there'> => {
    const Value = Buffer.from(clock.randomBytes(limits.storeKeyBytes)).toString('base64');
    try {
      await client.send(
        new PutParameterCommand({ Name: name, Value, Type: 'SecureString', Overwrite: false }),
        {
          abortSignal,
        },
      );
      return 'made';
    } catch (error) {
      if (error instanceof Error && error.name === 'ParameterAlreadyExists') return 'was-there';
      throw error;
    }
  };
  try {
    return await askService(put, { clock, place: name, permission: 'ssm:PutParameter' });
  } finally {
    client.destroy();
  }
}
